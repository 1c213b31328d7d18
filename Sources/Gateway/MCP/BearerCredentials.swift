import HTTPTypes
import Hummingbird
import Logging
import Registry
import Wire

/// What a request says about who sends it (RFC 6750 section 2.1). A token is taken from the `Authorization` header alone.
enum BearerCredentials {
    case none
    case token(String)
    /// A `Bearer` that can't be a token.
    case malformed
    /// Several headers: readers of the first and of the last would disagree.
    case several

    init(_ headers: HTTPFields) {
        let values = headers[values: .authorization]
        guard let value = values.first else {
            self = .none
            return
        }
        guard values.count == 1 else {
            self = .several
            return
        }
        let parts = value.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard let scheme = parts.first, String(Substring(scheme)).lowercased() == "bearer" else {
            self = .none
            return
        }
        guard let token = parts.dropFirst().first, token.allSatisfy(Self.isTokenByte) else {
            self = .malformed
            return
        }
        self = .token(String(Substring(token)))
    }

    /// `b64token`.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        case _:
            false
        }
    }
}

extension MCPServer {
    /// The client that this request comes from, if its token is one for this endpoint.
    ///
    /// What isn't the token's organization has no agents; what isn't the token's agent is refused before anybody looks
    /// whether there is one. So neither answer tells anything that the token's holder didn't know.
    func authenticate(_ request: Request, for resource: MCPResource?) async throws(MCPRefusal) -> AuthenticatedClient {
        if request.namesTokenInQuery {
            throw .tokenInQuery(challenge: challenge(resource, error: "invalid_request"))
        }
        let token: String
        switch BearerCredentials(request.headers) {
        case .token(let text): token = text
        case .none: throw .unauthenticated(challenge: invitation(resource))
        case .malformed: throw .invalidToken(challenge: invitation(resource, error: "invalid_token"))
        case .several: throw .badCredentials(challenge: challenge(resource, error: "invalid_request"))
        }
        let found: AuthenticatedClient?
        do {
            found = try await tokens.client(bearing: token)
        } catch {
            log.error("token could not be looked up", metadata: ["error": "\(error)"])
            throw .unavailable("the gateway can't read its own state")
        }
        guard let found, found.surface == .mcp else {
            throw .invalidToken(challenge: invitation(resource, error: "invalid_token"))
        }
        if let audience = found.audience {
            // Given for one URL, and for no other spelling of it: what was given for another endpoint isn't one here.
            guard audience == publicURL + (resource?.path ?? "") else {
                throw .invalidToken(challenge: invitation(resource, error: "invalid_token"))
            }
        }
        guard let resource, found.organization == resource.organization else { throw .noSuchAgent() }
        guard found.agents.contains(resource.agent) else {
            throw .insufficientScope(challenge: challenge(resource, error: "insufficient_scope"))
        }
        return found
    }
}

extension Request {
    /// Whether the URL brings a token (RFC 6750 section 2.3), where logs and histories would keep it.
    var namesTokenInQuery: Bool {
        guard let query = uri.query else { return false }
        return query.split(separator: "&").contains { pair in
            PercentEncoding.decode(String(pair.prefix { $0 != "=" })) == "access_token"
        }
    }
}

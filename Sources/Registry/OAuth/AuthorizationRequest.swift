import Authority
import Wire

/// A client's request for a person's leave (OAuth 2.1 section 4.1.1), with everything checked that doesn't depend on the
/// person.
public struct AuthorizationRequest: Sendable {
    public let client: OAuthClient
    public let answer: AnswerPlace
    public let resource: AgentResource
    public let scope: OAuthScope
    let challenge: CodeChallenge
    let nonce: String?
    /// How many seconds ago the person may have signed in (OpenID Connect Core section 3.1.2.1); nil for any time.
    let maxAge: Int64?
}

/// Where an answer goes, and what it carries whatever it says.
public struct AnswerPlace: Sendable {
    public let redirect: RedirectURI
    let state: String?
    /// RFC 9207: so that a client with several servers knows whose answer it is.
    let issuer: String

    public func url(refusing refusal: OAuthRefusal) -> String {
        redirect.adding([("error", refusal.code.rawValue), ("error_description", refusal.description)] + rest)
    }

    func url(with code: String) -> String { redirect.adding([("code", code)] + rest) }

    private var rest: [(String, String)] { (state.map { [("state", $0)] } ?? []) + [("iss", issuer)] }
}

/// Why there is nothing to ask a person.
public enum AuthorizationProblem: Error, Sendable {
    /// Nobody knows where an answer would go, so a page says it.
    case shown(OAuthRefusal)
    /// The client may be told.
    case answered(OAuthRefusal, AnswerPlace, OAuthClient)
}

extension OAuthDesk {
    /// - Parameter organization: the person's, in which the client must be known.
    func request(
        _ parameters: OAuthParameters, in person: SignedInPerson
    ) async throws(AuthorizationProblem) -> AuthorizationRequest {
        let client: OAuthClient
        let place: AnswerPlace
        do throws(OAuthRefusal) {
            client = try await self.client(OAuthClientID(try parameters.required("client_id")), in: person.organization)
            guard let redirect = RedirectURI(try parameters.required("redirect_uri")), client.covers(redirect) else {
                throw OAuthRefusal(.invalidRequest, "`redirect_uri` isn't one that this client registered")
            }
            place = AnswerPlace(redirect: redirect, state: parameters["state"], issuer: settings.issuer())
        } catch {
            throw .shown(error)
        }
        do throws(OAuthRefusal) {
            return try rest(parameters, client, place, person)
        } catch {
            throw .answered(error, place, client)
        }
    }

    private func rest(
        _ parameters: OAuthParameters, _ client: OAuthClient, _ place: AnswerPlace, _ person: SignedInPerson
    ) throws(OAuthRefusal) -> AuthorizationRequest {
        guard parameters["response_type"] == "code" else {
            throw OAuthRefusal(.unsupportedResponseType, "`response_type` must be code")
        }
        guard parameters["response_mode"] ?? "query" == "query", parameters["request"] == nil,
            parameters["request_uri"] == nil
        else { throw OAuthRefusal(.invalidRequest, "answers go into the query, and requests into parameters") }
        if parameters["prompt"] == "none" {
            throw OAuthRefusal(.interactionRequired, "a person is asked each time")
        }
        for name in ["state", "nonce"] where parameters[name]?.utf8.count ?? 0 > 1_000 {
            throw OAuthRefusal(.invalidRequest, "`\(name)` is longer than 1000 bytes")
        }
        let maxAge = try AuthorizationRequest.maxAge(parameters)
        let challenge = try CodeChallenge(parameters)
        let resource = try self.resource(parameters)
        guard resource.organization == person.organization else { throw OAuthDesk.noSuchResource }
        return AuthorizationRequest(
            client: client, answer: place, resource: resource, scope: try OAuthScope(parameters["scope"]),
            challenge: challenge, nonce: parameters["nonce"], maxAge: maxAge)
    }

    func resource(_ parameters: OAuthParameters) throws(OAuthRefusal) -> AgentResource {
        guard let url = parameters.resources.first, parameters.resources.count == 1 else {
            throw OAuthRefusal(.invalidTarget, "`resource` must name one agent's MCP URL (RFC 8707)")
        }
        guard let resource = AgentResource(url, under: settings.issuer(), home: settings.home) else {
            throw OAuthDesk.noSuchResource
        }
        return resource
    }

    /// Of a foreign resource, an agent that there isn't, and one that isn't for this person alike.
    static let noSuchResource = OAuthRefusal(.invalidTarget, "`resource` isn't an agent's MCP URL that you may use")

    /// The client of this name, with its metadata as they are now.
    func client(_ id: OAuthClientID, in organization: OrganizationID) async throws(OAuthRefusal) -> OAuthClient {
        let known = try await read { try await store.oauthClient(id, in: organization) }
        let revoked = OAuthRefusal(.unauthorizedClient, "this client was revoked here")
        if let known, known.isRevoked { throw revoked }
        if let known, known.origin != .document { return known }
        let document = try await documents.document(at: id.raw)
        return OAuthClient(
            id: id, organization: organization, origin: .document, name: document.name, redirects: document.redirects,
            authentication: .none, secret: nil, ceiling: known?.ceiling ?? .all, isRevoked: false,
            created: known?.created ?? now)
    }
}

extension AuthorizationRequest {
    /// Whoever signs in has to get here and read the page: so nothing is older than a minute that isn't.
    static let leastAge: Int64 = 60

    fileprivate static func maxAge(_ parameters: OAuthParameters) throws(OAuthRefusal) -> Int64? {
        let wantsLogin = parameters["prompt"]?.split(separator: " ").contains("login") == true
        guard let text = parameters["max_age"] else { return wantsLogin ? leastAge : nil }
        guard text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains), let seconds = Int64(text) else {
            throw OAuthRefusal(.invalidRequest, "`max_age` is a number of seconds")
        }
        return wantsLogin ? leastAge : max(leastAge, min(seconds, 1 << 32))
    }
}

import Wire

/// What a server says of a token (RFC 7662 section 2.2).
public enum Introspection: Sendable, Hashable {
    /// Unknown, ended or not for us: which of these isn't said.
    case dead
    case active(ActiveToken)

    /// - Throws: `TokenFailure` when the server didn't answer the question.
    public init(status: Int, retryAfter: Int?, body: [UInt8]) throws(TokenFailure) {
        guard let answer = try? JSON.parse(body), answer.objectValue != nil else {
            throw TokenFailure(.transient(retryAfter), code: nil, status: status)
        }
        if let failure = TokenFailure(status: status, retryAfter: retryAfter, answer) { throw failure }
        guard let isActive = answer["active"]?.boolValue else {
            throw TokenFailure(.transient(nil), code: nil, status: status)
        }
        // Whatever else stands beside `false` means nothing.
        self = isActive ? .active(ActiveToken(answer)) : .dead
    }
}

/// A token that was active when the server was asked. But for that, a server needn't say anything.
public struct ActiveToken: Sendable, Hashable {
    public let subject: String?
    public let username: String?
    public let clientID: String?
    public let issuer: String?
    public let audiences: [String]
    public let scopes: Set<String>?
    /// Seconds since 1970.
    public let expires: Int64?

    init(_ answer: JSON) {
        subject = answer["sub"]?.stringValue
        username = answer["username"]?.stringValue
        clientID = answer["client_id"]?.stringValue
        issuer = answer["iss"]?.stringValue
        audiences =
            answer["aud"]?.stringValue.map { [$0] } ?? answer["aud"]?.arrayValue?.compactMap(\.stringValue) ?? []
        scopes = answer["scope"]?.stringValue.map { Set($0.split(separator: " ").map(String.init)) }
        expires = answer["exp"]?.integerValue
    }
}

extension TokenRequest {
    /// RFC 7662 section 2.1: it has no `grant_type`.
    public static func introspect(_ token: TokenText, hint: String) -> TokenRequest {
        TokenRequest(to: "introspect", [("token", token.text), ("token_type_hint", hint)])
    }
}

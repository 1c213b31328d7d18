import Wire

/// What came of asking a provider to end a token (RFC 7009 section 2.2).
public enum RevocationOutcome: Sendable, Hashable {
    /// It is dead, or was: the server says the same of a token that it doesn't know.
    case revoked
    /// It still lives, and the server wants to be asked again after these seconds, where it says some.
    case alive(retryAfter: Int?)
    /// The server ends no tokens of this kind: it lives until it expires.
    case unsupported
    /// The server won't have it from us. Its own word, where it has one.
    case refused(String?)

    /// - Parameters:
    ///   - retryAfter: of the answer's header, in seconds.
    ///   - body: as it came; read only where the status alone doesn't say.
    public init(status: Int, retryAfter: Int?, body: [UInt8]) {
        let answer = (try? JSON.parse(body)) ?? [:]
        let failure = TokenFailure(status: status, retryAfter: retryAfter, answer)
        switch (failure?.code, status) {
        case (nil, 200..<300): self = .revoked
        // Google answers so to a token that is dead.
        case ("invalid_token", _), ("invalid_grant", _), ("token_revoked", _), ("account_inactive", _): self = .revoked
        case ("unsupported_token_type", _), (_, 404), (_, 405), (_, 501): self = .unsupported
        case (_, 429), (_, 500...), ("temporarily_unavailable", _): self = .alive(retryAfter: retryAfter)
        case (let code, _): self = .refused(code)
        }
    }

    /// Whether it may be our app that the server doesn't take, and not the token.
    public var isAppRefused: Bool {
        switch self {
        case .refused(let code): code.map { TokenFailure.kind($0, 400, nil, [:]) == .registration } ?? true
        case .revoked, .alive, .unsupported: false
        }
    }

    /// For the ledger.
    public var word: String {
        switch self {
        case .revoked: "revoked"
        case .alive: "alive"
        case .unsupported: "unsupported"
        case .refused: "refused"
        }
    }
}

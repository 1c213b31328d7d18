/// A credential that a service has issued.
struct Token: Sendable {
    let service: ServiceName
    let owner: String
    let secret: String
    let scopes: Set<String>
    var isRevoked = false
}

/// What a service knows of the credential that a call brought.
enum Standing: Sendable {
    case absent
    case unknown
    case revoked(Token)
    case good(Token)

    /// Whose token it is or was; nil when nobody's.
    var owner: String? {
        switch self {
        case .absent, .unknown: nil
        case .revoked(let token), .good(let token): token.owner
        }
    }
}

/// Somebody's account at a service, before it has a token.
struct Account: Sendable {
    let service: ServiceName
    let owner: String
    let scopes: Set<String>
    let shape: SecretShape
}

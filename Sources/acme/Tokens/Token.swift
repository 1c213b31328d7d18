import Foundation

/// A credential that a service has issued.
struct Token: Sendable {
    let service: ServiceName
    let owner: String
    let secret: String
    var scopes: Set<String>
    var isRevoked = false
    /// The app it was issued to; nil for the tokens of the start.
    var client: String?
    /// The authorization it comes from.
    var family: Int?
    /// The API it is for, where one service issues tokens for several: Microsoft.
    var audience: String?
    /// Who acts with it on the owner's behalf, where it says so: the strict server's exchanges.
    var actor: String?
    var issued = Date()
    /// Nil when it never ends.
    var expires: Date?
}

/// What a service knows of the credential that a call brought.
enum Standing: Sendable {
    case absent
    case unknown
    case revoked(Token)
    case expired(Token)
    case good(Token)

    /// Whose token it is or was; nil when nobody's.
    var party: Party {
        switch self {
        case .absent, .unknown: Party()
        case .revoked(let token), .expired(let token), .good(let token):
            Party(owner: token.owner, client: token.client, family: token.family, actor: token.actor)
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

import Foundation

/// One authorization: what an account allowed an app once, and every token that came of it.
struct Family: Sendable {
    /// Counted from 1 within the service.
    let id: Int
    let client: String
    /// Nobody's for an app that acts as itself.
    let owner: String?
    var scopes: [String]
    let made: Date
    /// Why it is over; nil while it lives.
    var ended: String?
    /// The access tokens that may still be good.
    var access: [String] = []
    /// Requests to refresh that came in, whatever became of them.
    var posts = 0
    /// Requests to refresh that gave tokens.
    var refreshes = 0
    /// How often a refresh token came that had been replaced.
    var reuses = 0

    var json: JSON {
        [
            "family": .int(id), "client": .string(client), "owner": .text(owner), "scopes": .texts(scopes),
            "posts": .int(posts), "refreshes": .int(refreshes), "reuses": .int(reuses), "ended": .text(ended),
        ]
    }
}

/// A code on its way from the browser to the token endpoint.
struct AuthorizationCode: Sendable {
    let family: Int
    let redirectURI: String
    let challenge: String?
    let nonce: String?
    let expires: Date
    var isSpent = false
    /// What the service remembers from the request to authorize.
    let request: Form
}

struct RefreshToken: Sendable {
    let family: Int
    let made: Date
    let expires: Date?
    /// When another took its place.
    var replaced: Date?
    /// Whom its access tokens are, and what they may: Slack keeps a bot's and a user's apart within one authorization.
    let owner: String?
    var scopes: [String]
    /// False when it was silently dropped.
    var isLive = true
}

/// What becomes of a refresh token when it is used.
enum Rotation: Sendable {
    /// It stays, and no other is issued: Google.
    case none
    /// Another is issued, and it stays good: Microsoft.
    case adds
    /// Another takes its place; it may come again for so many seconds.
    case replaces(leeway: Int)
}

enum CodeFault: Error {
    case unknown
    case expired
    /// It was redeemed before: by whom it was made, for the server that ends the authorization then.
    case spent(family: Int)
    case otherRedirectURI
    case missingVerifier
    case wrongVerifier
}

enum RefreshFault: Error, Equatable {
    case unknown
    case expired
    case ended(cause: String)
    /// It had been replaced.
    case reused(family: Int)
}

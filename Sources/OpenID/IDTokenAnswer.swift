public import Wire

/// What the token endpoint answered: the ID token, and the access token that it may name.
public struct IDTokenAnswer: Sendable {
    public let idToken: String
    public let accessToken: String?

    /// Nil when there is no ID token in it.
    public init?(_ json: JSON) {
        guard let idToken = json["id_token"]?.stringValue else { return nil }
        self.idToken = idToken
        accessToken = json["access_token"]?.stringValue
    }
}

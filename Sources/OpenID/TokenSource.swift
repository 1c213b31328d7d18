import Wire

/// An issuer whose word about people is taken, as its tokens have to name it.
public struct TokenSource: Sendable {
    public let issuer: String
    /// The signatures that are taken of it.
    public let algorithms: Set<SigningAlgorithm>
    /// The claim that names the person: `sub`, unless the issuer names them otherwise.
    public let subject: String

    public init(issuer: String, algorithms: Set<SigningAlgorithm>, subject: String) {
        self.issuer = issuer
        self.algorithms = algorithms
        self.subject = subject
    }

    /// Whom a token is about.
    func subject(_ claims: JSONObject) throws(TokenRefusal) -> String {
        guard let name = try Claims.name(claims[subject]) else { throw .subject }
        return name
    }

    /// A token that only the holder of a key may use, or that is good for less than it seems, isn't taken for one that
    /// anybody may bring (RFC 7800, RFC 9396).
    static func checkPlain(_ claims: JSONObject) throws(TokenRefusal) {
        guard claims["cnf"] == nil, claims["authorization_details"] == nil else { throw .restricted }
    }
}

/// What a token says of itself before anybody believes it: enough to find whose keys to ask, and for nothing else.
public struct UnverifiedToken: Sendable {
    public let issuer: String
    /// Where it is to be used, if it says one place.
    public let resource: String?

    /// Nil for what isn't a signed token that names its issuer.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard text.utf8.count <= SignedToken.longest, parts.count == 3,
            let claims = try? SignedToken.object(parts[1]), let issuer = claims["iss"]?.stringValue
        else { return nil }
        self.issuer = issuer
        resource = claims["resource"]?.single
    }
}

extension JSON {
    /// A text, alone or as the only one of a list.
    var single: String? {
        if let stringValue { return stringValue }
        guard let list = arrayValue, list.count == 1 else { return nil }
        return list[0].stringValue
    }
}

import Wire

/// What we sign to stand for an authorization (RFC 7523 section 3), where a provider knows our key by itself: us, or somebody
/// whom it lets us be.
public struct AuthorizationAssertion: Sendable {
    public enum Subject: Sendable, Hashable {
        /// The client, or the account that signs.
        case ourselves
        /// A person, by their own address: whoever makes one takes it from the registry, for that person's connection.
        case person(mail: String)
        case delegated(DelegatedSubject)
    }

    public let issuer: String
    public let subject: Subject
    public let audience: AssertionAudience
    public let keyID: String?

    /// In seconds: what most servers take at most.
    public static let lifetime: Int64 = 300

    public init(issuer: String, subject: Subject, audience: AssertionAudience, keyID: String?) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.keyID = keyID
    }

    /// - Parameter now: seconds since 1970.
    public func signed(
        by key: AssertionKey, _ algorithm: AssertionAlgorithm, _ id: AssertionID, now: Int64
    ) throws(GrantFault) -> TokenText {
        let sub: String =
            switch subject {
            case .ourselves: issuer
            case .person(let mail): mail
            case .delegated(let subject): subject.mail
            }
        var header: [(String, JSON)] = [("typ", "JWT")]
        if let keyID { header.append(("kid", .string(keyID))) }
        return try SignedAssertion.sign(
            [
                "iss": .string(issuer), "sub": .string(sub), "aud": .string(audience.text), "jti": .string(id.text),
                "iat": .seconds(now), "exp": .seconds(now + AuthorizationAssertion.lifetime),
            ], header: header, by: key, algorithm)
    }
}

import Wire

/// For whom an assertion is made out. One name and never a list: one that names several servers could be used by each of
/// them at the others.
public enum AssertionAudience: Sendable, Hashable {
    /// The validated name of the server.
    case issuer(Issuer)
    /// Exactly its token endpoint, for servers that take nothing else. Its key is for this server alone.
    case tokenEndpoint(Endpoint)

    /// Which of both a provider wants: data of its manifest.
    public enum Rule: String, Sendable, CaseIterable {
        case issuer
        case tokenEndpoint = "token_endpoint"
    }

    public init(_ rule: Rule, of server: AuthorizationServer) throws(GrantFault) {
        switch rule {
        case .issuer:
            guard let issuer = server.issuer.flatMap({ try? Issuer($0) }) else { throw .noIssuer }
            self = .issuer(issuer)
        case .tokenEndpoint: self = .tokenEndpoint(server.token)
        }
    }

    var text: String {
        switch self {
        case .issuer(let issuer): issuer.text
        case .tokenEndpoint(let endpoint): endpoint.url
        }
    }
}

/// Says who we are with a signature instead of a secret (`private_key_jwt`, RFC 7523 sections 2.2 and 3).
public struct ClientAssertion: Sendable {
    /// By what the server finds the public half of the key.
    public enum KeyName: Sendable, Hashable {
        case id(String)
        /// `x5t#S256`, which Entra wants.
        case certificate(ClientCertificate)
    }

    public let clientID: String
    public let audience: AssertionAudience
    public let key: AssertionKey
    public let name: KeyName
    public let algorithm: AssertionAlgorithm

    /// How long one holds, in seconds: enough for a slow clock, and for one request.
    public static let lifetime: Int64 = 300

    /// Signed in the best way that the key can.
    public init(clientID: String, audience: AssertionAudience, key: ClientKey) {
        self.clientID = clientID
        self.audience = audience
        self.key = key.key
        name = key.name
        algorithm = key.key.algorithms[0]
    }

    /// What says who we are, in a request's body. Made anew for each request.
    ///
    /// - Parameter now: seconds since 1970.
    public func fields(_ id: AssertionID, now: Int64) throws(GrantFault) -> [(name: String, value: String)] {
        [
            ("client_id", clientID),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", try signed(id, now: now).text),
        ]
    }

    func signed(_ id: AssertionID, now: Int64) throws(GrantFault) -> TokenText {
        try signed(about: clientID, id, now: now)
    }

    /// - Parameter subject: whom it is about, as we say.
    func signed(about subject: String, _ id: AssertionID, now: Int64) throws(GrantFault) -> TokenText {
        let naming: (String, JSON)
        switch name {
        case .id(let id): naming = ("kid", .string(id))
        case .certificate(let certificate):
            guard (certificate.notBefore...certificate.notAfter).contains(now) else { throw .certificate }
            naming = ("x5t#S256", .string(certificate.thumbprint))
        }
        return try SignedAssertion.sign(
            [
                "aud": .string(audience.text), "iss": .string(clientID), "sub": .string(subject),
                "jti": .string(id.text), "nbf": .seconds(now), "iat": .seconds(now),
                "exp": .seconds(now + ClientAssertion.lifetime),
            ], header: [("typ", "JWT"), naming], by: key, algorithm)
    }
}

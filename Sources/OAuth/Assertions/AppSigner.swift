import Wire

/// What an app signs with its own key, for its one server: who it is, whom it stands for, and who acts.
public struct AppSigner: Sendable {
    private let client: ClientAssertion
    /// Seconds since 1970.
    private let now: @Sendable () -> Int64

    public init(_ client: ClientAssertion, now: @escaping @Sendable () -> Int64) {
        self.client = client
        self.now = now
    }

    /// Who the app is, in a request's body (RFC 7523 section 2.2).
    public func fields() throws(GrantFault) -> [(name: String, value: String)] {
        try client.fields(.fresh(), now: now())
    }

    /// An authorization (RFC 7523 section 2.1).
    public func authorization(for subject: AuthorizationAssertion.Subject) throws(GrantFault) -> TokenText {
        let keyID: String? =
            switch client.name {
            case .id(let id): id
            case .certificate: nil
            }
        return try AuthorizationAssertion(
            issuer: client.clientID, subject: subject, audience: client.audience, keyID: keyID
        ).signed(by: client.key, client.algorithm, .fresh(), now: now())
    }

    /// The `actor_token` of an exchange (RFC 8693 section 2.1).
    ///
    /// - Parameter agent: who acts; nil for the app itself, while nobody does yet.
    public func actor(_ agent: String?) throws(GrantFault) -> TokenText {
        try client.signed(about: agent.map { "agent:\($0)" } ?? client.clientID, .fresh(), now: now())
    }
}

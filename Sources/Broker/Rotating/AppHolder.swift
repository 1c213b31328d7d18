import Authority
import Gate
import OAuth
import Vault
import Wire

/// Our app at a provider that knows it by a certificate, and lets it change that for a proof by one that it has.
struct AppHolder: RotationHolder {
    let apps: AppDesk
    let record: AppRecord
    let unmoved: EpochReading
    let server: AuthorizationServer
    let graph: GraphKeys
    let scopes: [String]
    let key: CertifiedKey
    /// The one before, while it rests.
    let before: CertifiedKey?
    let end: SecretEnd?

    var name: String { key.certificate.thumbprint }
    var isResting: Bool { before != nil }

    private func key(of signer: RotationSigner) -> CertifiedKey? {
        switch signer {
        case .now: key
        case .before: before
        case .next(let new, id: _): new
        }
    }

    func token(
        by signer: RotationSigner, _ errands: any TokenErrands, at time: Timestamp
    ) async throws(RotationStop) -> TokenText? {
        guard let key = key(of: signer) else { return nil }
        let app: ProviderApp
        do throws(GrantFault) {
            let audience = try AssertionAudience(server.assertions, of: server)
            let assertion = ClientAssertion(clientID: record.clientID, audience: audience, key: ClientKey(key))
            app = ProviderApp(
                organization: record.organization, provider: record.provider, clientID: record.clientID,
                authentication: .privateKey, secret: nil, signer: AppSigner(assertion, now: { time.seconds }),
                issuer: record.issuer)
            // One that has ended is refused here, before anybody is asked.
            _ = try app.signing().fields()
        } catch {
            if error == .certificate { return nil }
            throw .problem(RotationStop.notOurs)
        }
        return try await RotationStop.token { () throws(TokenProblem) in
            try await errands.ask(
                .clientCredentials(scopes, dialect: server.dialect), at: server.token, as: app, in: server.dialect)
        } isOfKey: {
            if case .registration = $0 { true } else { false }
        }
    }

    func adding(_ new: CertifiedKey, provedBy signer: RotationSigner, now: Int64) throws(GrantFault) -> KeyRequest {
        try graph.adding(
            new.certificate, named: "deputy \(new.certificate.notBefore)", provedBy: key(of: signer) ?? key, now: now)
    }

    func id(in answer: KeyAnswer) throws(RotationStop) -> String? { GraphKeys.id(in: answer) }

    func removing(_ id: String, now: Int64) throws(GrantFault) -> KeyRequest {
        try graph.removing(id, provedBy: key, now: now)
    }

    func found(_ new: CertifiedKey, by desk: RotationDesk) async throws(RotationStop) -> RotationFound {
        try await desk.token(by: .next(new, id: nil), self) == nil ? .missing : .taken
    }

    /// Where nobody said it: the app may read that only with a permission that it needs for nothing else.
    func idBefore(_ said: String?, _ token: TokenText, by desk: RotationDesk) async throws(RotationStop) -> String? {
        if let said { return said }
        guard let before else { return nil }
        let answer = try await desk.ask(with: token) { () throws(GrantFault) in try graph.listing() }
        guard !answer.isTransient else { throw answer.stop }
        return GraphKeys.id(of: before.certificate, in: answer)
    }

    func install(_ new: CertifiedKey, _ next: KeyRotation, at time: Timestamp) async throws(BrokerError) {
        var pair = SecretPair.bytes(now: ClientKey(new).stored.bytes(), before: ClientKey(key).stored.bytes())
        defer { wipe(&pair) }
        let ends = Timestamp(microseconds: new.certificate.notAfter * 1_000_000)
        let record = record.holding(try apps.sealed(pair, record.id), isRotating: true)
        try await apps.commit(
            [AppChange.keep(record), try await apps.change(of: ends, record), RotationChange.step(next)],
            "app.key.replaced", record, under: unmoved, by: "gateway",
            more: next.named.merging(["certificate": .string(new.certificate.thumbprint)]))
    }

    func finish(
        _ changes: [any StoredChange], at time: Timestamp, isLeft: Bool, _ more: JSONObject
    ) async throws(BrokerError) {
        var bytes = ClientKey(key).stored.bytes()
        defer { wipe(&bytes) }
        let record = record.holding(try apps.sealed(bytes, record.id), isRotating: false)
        try await apps.commit(
            [AppChange.keep(record)] + changes,
            isLeft ? "app.key.left" : "app.key.removed", record, under: unmoved, by: "gateway", more: more)
    }
}

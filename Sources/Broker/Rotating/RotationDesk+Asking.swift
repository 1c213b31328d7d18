import Authority
import Gate
import Ledger
import OAuth
import Vault
import Wire

extension RotationDesk {
    /// The key that follows, unsealed.
    func following(_ rotation: KeyRotation) throws(RotationStop) -> CertifiedKey {
        do throws(VaultError) {
            var bytes = try keys.openPayload(rotation.sealed, id: rotation.id)
            defer { wipe(&bytes) }
            if let key = (try? JSON.parse(bytes)).flatMap(ClientKey.init(stored:))?.certified { return key }
        } catch {
            throw .later(nil)
        }
        throw .problem(RotationStop.notOurs)
    }

    /// An access token for the interface, and the key that it was given to.
    func token(
        _ now: RotationSituation, orBefore: Bool = true
    ) async throws(RotationStop) -> (TokenText, CertifiedKey) {
        if let token = try await token(as: now.key, now) { return (token, now.key) }
        if orBefore, let before = now.before, let token = try await token(as: before, now) { return (token, before) }
        throw .problem(RotationStop.oldRefused)
    }

    /// Whether the provider gives a token to this key.
    func isTaken(_ key: CertifiedKey, _ now: RotationSituation) async throws(RotationStop) -> Bool {
        try await token(as: key, now) != nil
    }

    /// - Returns: nil when the provider refuses the key.
    private func token(as key: CertifiedKey, _ now: RotationSituation) async throws(RotationStop) -> TokenText? {
        let app: ProviderApp
        do throws(GrantFault) {
            let audience = try AssertionAudience(now.server.assertions, of: now.server)
            let assertion = ClientAssertion(
                clientID: now.record.clientID, audience: audience, key: ClientKey(key))
            app = ProviderApp(
                organization: now.record.organization, provider: now.record.provider, clientID: now.record.clientID,
                authentication: .privateKey, secret: nil,
                signer: AppSigner(assertion, now: { [world] in world.now().seconds }), issuer: now.record.issuer)
            // One that has ended is refused here, before anybody is asked.
            _ = try app.signing().fields()
        } catch {
            if error == .certificate { return nil }
            throw .problem(RotationStop.notOurs)
        }
        do throws(TokenProblem) {
            return try await errands.ask(
                .clientCredentials(now.scopes, dialect: now.server.dialect), at: now.server.token, as: app,
                in: now.server.dialect
            ).access
        } catch {
            switch error {
            case .notSent, .lost: throw .later(nil)
            case .answered(let failure):
                switch failure.kind {
                case .registration: return nil
                case .transient(let wait): throw .later(wait)
                case .dead, .needsUser, .scope, .policy: throw .problem(failure.code ?? "HTTP \(failure.status)")
                }
            }
        }
    }

    func ask(
        with token: TokenText, _ question: () throws(GrantFault) -> KeyRequest
    ) async throws(RotationStop) -> KeyAnswer {
        let made: KeyRequest
        do throws(GrantFault) { made = try question() } catch { throw .problem(RotationStop.notOurs) }
        do throws(TokenProblem) { return try await management.manage(made, with: token) } catch { throw .later(nil) }
    }

    /// What the provider calls the key before: as it said, or as it lists it where this app may read that.
    func id(
        of key: CertifiedKey, _ rotation: KeyRotation, _ now: RotationSituation, _ token: TokenText
    ) async throws(RotationStop) -> String? {
        if let id = rotation.keyID { return id }
        let answer = try await ask(with: token) { () throws(GrantFault) in try now.graph.listing() }
        guard !answer.isTransient else { throw answer.stop }
        return GraphKeys.id(of: key.certificate, in: answer)
    }

    /// Writes a step down that changes nothing but the rotation.
    func keep(
        _ next: KeyRotation, _ what: String, _ now: RotationSituation, _ fields: JSONObject
    ) async throws(RotationStop) {
        guard let leaf = leaf(what, next, fields) else { throw .later(nil) }
        do {
            try await commits.commit(
                Transaction(requires: [now.unmoved], changes: [RotationChange.step(next)], leaves: [leaf]))
        } catch {
            throw .elsewhere
        }
    }

    func leaf(_ what: String, _ rotation: KeyRotation, _ more: JSONObject) -> PlacedLeaf? {
        var fields: JSONObject = [
            "change": .string(what), "by": "gateway", "provider": .string(rotation.provider.raw),
        ]
        for (name, value) in more.members { fields[name] = value }
        guard let leaf = try? Leaf(kind: .authority, time: world.now().microseconds, fields: fields) else { return nil }
        return PlacedLeaf(leaf, in: .organization(rotation.organization))
    }
}

extension KeyAnswer {
    var stop: RotationStop { isTransient ? .later(retryAfter) : .problem(code) }
}

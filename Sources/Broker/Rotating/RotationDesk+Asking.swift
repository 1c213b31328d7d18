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

    /// An access token for the interface, and by which key it was given.
    func token(
        _ now: some RotationHolder, orBefore: Bool = true
    ) async throws(RotationStop) -> (TokenText, RotationSigner) {
        if let token = try await token(by: .now, now) { return (token, .now) }
        if orBefore, let token = try await token(by: .before, now) { return (token, .before) }
        throw .problem(RotationStop.oldRefused)
    }

    /// - Returns: nil when the provider refuses the key, and where there is none.
    func token(by signer: RotationSigner, _ now: some RotationHolder) async throws(RotationStop) -> TokenText? {
        try await now.token(by: signer, errands, at: world.now())
    }

    func ask(
        with token: TokenText, _ question: () throws(GrantFault) -> KeyRequest
    ) async throws(RotationStop) -> KeyAnswer {
        let made: KeyRequest
        do throws(GrantFault) { made = try question() } catch { throw .problem(RotationStop.notOurs) }
        do throws(TokenProblem) { return try await management.manage(made, with: token) } catch { throw .later(nil) }
    }

    /// Writes a step down that changes nothing but the rotation.
    ///
    /// - Parameter what: what happened to the key, such as `added`.
    func keep(
        _ next: KeyRotation, _ what: String, _ now: any RotationHolder, _ fields: JSONObject
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
            "change": .string("\(rotation.word).\(what)"), "by": "gateway", "provider": .string(rotation.provider.raw),
        ]
        fields["connection"] = rotation.connection.map { .string($0.raw) }
        for (name, value) in more.members { fields[name] = value }
        guard let leaf = try? Leaf(kind: .authority, time: world.now().microseconds, fields: fields) else { return nil }
        return PlacedLeaf(leaf, in: .organization(rotation.organization))
    }
}

extension KeyAnswer {
    var stop: RotationStop { isTransient ? .later(retryAfter) : .problem(code) }
}

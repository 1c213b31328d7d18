import Authority
import Gate
import Ledger
import OAuth
import Vault
import Wire

/// A service account of Google's, by whose key a connection was made, and which may change its own keys there.
struct AccountHolder: RotationHolder {
    let desk: ConnectionDesk
    let record: ConnectionRecord
    let tokens: TokenSet
    let kept: KeptAccount
    let unmoved: EpochReading
    let server: AuthorizationServer
    let google: GoogleKeys
    let scopes: [String]
    let end: SecretEnd?

    var name: String { kept.account.keyID }
    var isResting: Bool { kept.before != nil }

    /// As the account itself, and as nobody whom it may be.
    func token(
        by signer: RotationSigner, _ errands: any TokenErrands, at time: Timestamp
    ) async throws(RotationStop) -> TokenText? {
        let account: ServiceAccountKey? =
            switch signer {
            case .now: kept.account
            case .before: kept.before
            case .next(let new, let id): id.map { kept.account.holding(new.key, keyID: $0) }
            }
        guard let account else { return nil }
        return try await RotationStop.token { () throws(TokenProblem) in
            let request: TokenRequest
            do throws(GrantFault) {
                request = try .serviceAccount(account, as: nil, scopes: scopes, now: time.seconds)
            } catch {
                throw .notSent(error.message)
            }
            return try await errands.ask(
                request, at: server.token, as: .nobody(at: record.provider, in: record.organization), in: server.dialect
            )
        } isOfKey: {
            if case .dead = $0 { true } else { false }
        }
    }

    func adding(_ new: CertifiedKey, provedBy signer: RotationSigner, now: Int64) throws(GrantFault) -> KeyRequest {
        try google.uploading(new.certificate)
    }

    /// Without its id nothing is signed with a key: an answer that has none is as good as lost.
    func id(in answer: KeyAnswer) throws(RotationStop) -> String? {
        guard let id = GoogleKeys.id(in: answer) else { throw .later(nil) }
        return id
    }

    func removing(_ id: String, now: Int64) throws(GrantFault) -> KeyRequest { try google.removing(id) }

    func found(_ new: CertifiedKey, by desk: RotationDesk) async throws(RotationStop) -> RotationFound {
        let (token, _) = try await desk.token(self)
        let listed = try await desk.ask(with: token) { () throws(GrantFault) in try google.listing() }
        guard listed.isGood else { throw listed.stop }
        for id in GoogleKeys.uploaded(in: listed) {
            let answer = try await desk.ask(with: token) { () throws(GrantFault) in try google.reading(id) }
            // One may have gone since it was listed.
            guard answer.isGood || answer.status == 404 else { throw answer.stop }
            if GoogleKeys.isAbout(new.certificate, answer) { return .listed(id) }
        }
        return .missing
    }

    /// Only what somebody said, and what Deputy uploaded, is removed: whatever a row says, it is the one that is sealed behind the
    /// one in use.
    func idBefore(_ said: String?, _ token: TokenText, by desk: RotationDesk) async throws(RotationStop) -> String? {
        guard let before = kept.before?.keyID, before == said, before != kept.account.keyID else { return nil }
        return before
    }

    func install(_ new: CertifiedKey, _ next: KeyRotation, at time: Timestamp) async throws(BrokerError) {
        guard let id = next.nextID else { throw .crossed }
        let held = KeptAccount(kept, now: kept.account.holding(new.key, keyID: id), before: kept.account)
        let ends = SecretEnd.new(
            next.subject, at: record.provider, in: record.organization, given: time,
            said: Timestamp(microseconds: new.certificate.notAfter * 1_000_000), every: end?.every)
        try await commit(
            held,
            [
                ends.map { HealthChange.ends($0) } ?? .endless(next.subject, record.organization),
                RotationChange.step(next),
            ],
            "connection.key.replaced",
            next.named.merging(["certificate": .string(new.certificate.thumbprint)]), at: time)
    }

    func finish(
        _ changes: [any StoredChange], at time: Timestamp, isLeft: Bool, _ more: JSONObject
    ) async throws(BrokerError) {
        try await commit(
            KeptAccount(kept, now: kept.account, before: nil), changes,
            isLeft ? "connection.key.left" : "connection.key.removed", more, at: time)
    }

    /// The same grant and the same token: what the next one is asked with is another writing of the tokens.
    private func commit(
        _ held: KeptAccount, _ changes: [any StoredChange], _ what: String, _ more: JSONObject, at time: Timestamp
    ) async throws(BrokerError) {
        guard let text = held.text else { throw .crossed }
        let sealing = TokenSealing(keys: desk.keys, fingerprints: desk.fingerprints)
        let written: TokenSet
        do throws(VaultError) {
            written = try sealing.moved(tokens, from: record.use, to: record.use, keeping: text)
        } catch {
            throw BrokerError(.unavailable, "the key can't be sealed: \(error.message)", hint: error.hint)
        }
        do {
            let leaves = try [
                more.merging([
                    "change": .string(what), "by": "gateway", "provider": .string(record.provider.raw),
                    "connection": .string(record.id.raw),
                ]),
                [
                    "change": "tokens.renewed", "by": "gateway", "connection": .string(record.id.raw),
                    "provider": .string(record.provider.raw), "of": .number(JSONNumber(tokens.generation)),
                    "tokens": .string(written.fingerprint), "generation": .number(JSONNumber(written.generation)),
                ],
            ].map { try Leaf(kind: .authority, time: time.microseconds, fields: $0) }
            try await desk.commits.commit(
                Transaction(
                    requires: [unmoved],
                    changes: [TokenSetChange.renew(written)] + changes,
                    leaves: leaves.map { PlacedLeaf($0, in: .organization(record.organization)) }))
        } catch CommitError.moved, CommitError.exists {
            throw .crossed
        } catch {
            throw BrokerError(.unavailable, "the ledger can't be written", hint: "see `deputy doctor`")
        }
    }
}

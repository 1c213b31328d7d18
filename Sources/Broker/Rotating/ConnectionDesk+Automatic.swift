public import Authority
import Definition
import Gate
import Ledger
import OAuth
import Vault
import Wire

// A connection whose service account's keys go round by themselves.
extension ConnectionDesk {
    /// Has the key of a service account replaced by itself every so many days, from now on. The account needs a right at Google
    /// for it that it needs for nothing else: to make and delete keys of its own.
    ///
    /// - Parameters:
    ///   - days: from 1 to 3,650.
    ///   - removesFirst: whether the key that somebody else made is removed too; what is made here always is.
    ///   - grace: seconds, from 0 to 30 days.
    public func goRound(
        _ id: ConnectionID, in organization: OrganizationID, every days: Int64, removesFirst: Bool, grace: Int64,
        by: String
    ) async throws(BrokerError) -> KeyRotation {
        try SecretSchedule.check(days)
        try RotationGrace.check(grace)
        let account = try await account(id, in: organization)
        let earlier = try await read { try await marks.rotation(of: .key(id), in: organization) }
        guard earlier.map({ $0.step == .waiting }) ?? true else {
            throw BrokerError(
                .refused, "a new key of `\(id)` is under way",
                hint: "see how far with `deputy connections list`; then set it anew")
        }
        let said = account.end?.said
        guard
            let end = SecretEnd.new(
                .key(id), at: account.record.provider, in: organization, given: world.now(), said: said, every: days)
        else { throw .crossed }
        // What was uploaded from here is known from then.
        let isOurs = earlier?.keyID == account.kept.account.keyID
        let rotation = KeyRotation(
            organization: organization, subject: .key(id), provider: account.record.provider,
            place: RotationPlace(object: account.kept.account.email, tenant: nil), grace: grace, step: .waiting,
            keyID: isOurs || removesFirst ? account.kept.account.keyID : nil, nextID: nil, sealed: [], attempts: 0,
            due: KeyRotation.due(every: days, said: said, given: world.now()), problem: nil,
            version: (earlier?.version ?? 0) + 1)
        try await commit(
            [HealthChange.ends(end), earlier == nil ? RotationChange.add(rotation) : .step(rotation)],
            "connection.schedule.automatic", account, by: by,
            ["every_days": .number(JSONNumber(days)), "removes_first": .bool(rotation.keyID != nil)])
        return rotation
    }

    /// Begins the next one now.
    public func goRoundNow(
        _ id: ConnectionID, in organization: OrganizationID, by: String
    ) async throws(BrokerError) -> KeyRotation {
        let account = try await account(id, in: organization)
        guard let rotation = try await read({ try await marks.rotation(of: .key(id), in: organization) }) else {
            throw BrokerError(
                .invalid, "the keys of `\(id)` don't go round by themselves",
                hint: "have them: `deputy connections rotate \(id) --every 90d --automatic`")
        }
        let next = rotation.hurried(at: world.now())
        try await commit([RotationChange.step(next)], "connection.key.due", account, by: by, [:])
        return next
    }

    /// - Throws: where its keys go round by themselves, which one that somebody gives would get in the way of.
    func checkByHand(_ record: ConnectionRecord) async throws(BrokerError) {
        let subject = HealthSubject.key(record.id)
        guard let rotation = try await read({ try await marks.rotation(of: subject, in: record.organization) }) else {
            return
        }
        guard rotation.step != .ending else {
            throw BrokerError(
                .refused, "a key of `\(record.id)` that was under way is being taken back",
                hint: "see how far with `deputy connections show \(record.id)`; then give yours")
        }
        throw BrokerError(
            .refused, "the keys of `\(record.id)` go round by themselves",
            hint: "have the next one made now with `--now`, or end that first: `deputy connections rotate \(record.id) "
                + "--every never`")
    }

    /// The account, as a step of a rotation finds it.
    func holder(of rotation: KeyRotation, _ id: ConnectionID) async throws(BrokerError) -> AccountHolder {
        let account = try await account(id, in: rotation.organization)
        guard account.kept.account.email == rotation.place.object else { throw ConnectionDesk.unfit(id) }
        return account
    }

    private func account(
        _ id: ConnectionID, in organization: OrganizationID
    ) async throws(BrokerError) -> AccountHolder {
        guard let found = try await read({ try await store.connection(id) }), found.organization == organization else {
            throw BrokerError.noConnection(id)
        }
        let unmoved = await commits.reading(.connections(organization, found.owner, found.provider))
        guard let row = try await read({ try await store.connection(id) }), row.health == .healthy,
            row.kind == OwnGrant.accountKind, let tokens = try await read({ try await self.tokens.tokens(of: id) }),
            tokens.grant == row.fingerprint
        else { throw ConnectionDesk.unfit(id) }
        let server = try await manifest(of: row.provider, in: organization).oauth
        guard let server, let own = server.ownKeys, own.interface == .googleIAM else {
            throw BrokerError(
                .invalid, "`\(row.provider)` has no interface by which a service account replaces its own keys",
                hint: "keep the schedule, and replace them by hand: `deputy connections rotate \(id) --every 90d`")
        }
        let text: TokenText?
        do throws(VaultError) {
            text = try TokenSealing(keys: keys, fingerprints: fingerprints).refresh(of: tokens, for: row.use)
        } catch {
            throw BrokerError(.unavailable, "the key can't be opened: \(error.message)", hint: error.hint)
        }
        guard let kept = text.flatMap(KeptAccount.init), kept.account.email == tokens.clientID,
            let google = GoogleKeys(own, email: kept.account.email)
        else { throw ConnectionDesk.unfit(id) }
        return AccountHolder(
            desk: self, record: row, tokens: tokens, kept: kept, unmoved: unmoved, server: server, google: google,
            scopes: own.scopes, end: try await read { try await marks.secretEnd(of: .key(id), in: organization) })
    }

    private static func unfit(_ id: ConnectionID) -> BrokerError {
        BrokerError(
            .invalid, "`\(id)` isn't the connection of a service account that works",
            hint: "see `deputy connections show \(id)`")
    }

    private func commit(
        _ changes: [any StoredChange], _ what: String, _ account: AccountHolder, by: String, _ more: JSONObject
    ) async throws(BrokerError) {
        do {
            let leaf = try Leaf(
                kind: .authority, time: world.now().microseconds,
                fields: more.merging([
                    "change": .string(what), "by": .string(by), "connection": .string(account.record.id.raw),
                    "provider": .string(account.record.provider.raw),
                ]))
            try await commits.commit(
                Transaction(
                    requires: [account.unmoved], changes: changes,
                    leaves: [PlacedLeaf(leaf, in: .organization(account.record.organization))]))
        } catch CommitError.moved, CommitError.exists {
            throw BrokerError.crossed
        } catch {
            throw BrokerError(.unavailable, "the ledger can't be written", hint: "see `deputy doctor`")
        }
    }
}

/// For how long the key before may be kept.
enum RotationGrace {
    static func check(_ seconds: Int64) throws(BrokerError) {
        guard !(0...30 * 86_400).contains(seconds) else { return }
        throw BrokerError(.invalid, "a key can't be kept for \(seconds) seconds", hint: "give from 0s to 30d")
    }
}

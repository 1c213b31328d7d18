public import Authority
import Gate
import OAuth
import Vault
import Wire

// An app whose certificates go round by themselves.
extension AppDesk {
    /// Has the app's certificate replaced by itself every so many days, from now on.
    ///
    /// - Parameters:
    ///   - days: from 1 to 3,650.
    ///   - keyID: what the provider calls the certificate in use; without it the one that is there now may have to be removed
    ///     by hand.
    ///   - grace: seconds, from 0 to 30 days.
    public func goRound(
        _ provider: ProviderID, in organization: OrganizationID, of agent: AgentID? = nil, every days: Int64,
        at place: RotationPlace,
        keyID: String?, grace: Int64, by: String
    ) async throws(BrokerError) -> KeyRotation {
        try SecretSchedule.check(days)
        try RotationGrace.check(grace)
        for id in [place.object, place.tenant, keyID].compactMap(\.self) where !GraphKeys.isID(id) {
            throw BrokerError(
                .invalid, "`\(id)` isn't an id of a directory",
                hint: "it is written as `11111111-2222-3333-4444-555555555555`; the portal shows it")
        }
        let (record, unmoved) = try await current(provider, organization, agent)
        let server = try await server(of: provider, in: organization)
        try check(record, server, place)
        let subject = record.subject
        let earlier = try await read { try await store.rotation(of: subject, in: organization) }
        guard earlier.map({ $0.step == .waiting }) ?? true else { throw AppDesk.underWay(provider) }
        let before = try await read { try await store.secretEnd(of: subject, in: organization) }
        let said = before?.said ?? certificateEnd(of: record)
        guard
            let end = SecretEnd.new(
                subject, at: provider, in: organization, given: world.now(), said: said, every: days)
        else { throw .crossed }
        let rotation = KeyRotation(
            organization: organization, subject: subject, provider: provider, place: place, grace: grace,
            step: .waiting, keyID: keyID ?? earlier?.keyID, nextID: nil, sealed: [], attempts: 0,
            due: KeyRotation.due(every: days, said: said, given: world.now()), problem: nil,
            version: (earlier?.version ?? 0) + 1)
        try await commit(
            [HealthChange.ends(end), earlier == nil ? RotationChange.add(rotation) : .step(rotation)],
            "app.schedule.automatic", record, under: unmoved, by: by, every: days,
            more: ["object": .string(place.object)])
        return rotation
    }

    /// Begins the next one now.
    public func goRoundNow(
        _ provider: ProviderID, in organization: OrganizationID, of agent: AgentID? = nil, by: String
    ) async throws(BrokerError) -> KeyRotation {
        let (record, unmoved) = try await current(provider, organization, agent)
        guard
            var rotation = try await read({ try await store.rotation(of: record.subject, in: organization) })
        else {
            throw BrokerError(
                .invalid, "the keys of `\(provider)` don't go round by themselves",
                hint: "have them: `deputy apps rotate \(provider) --every 90d --automatic --object-id ID`")
        }
        rotation.due = world.now()
        rotation.version += 1
        try await commit([RotationChange.step(rotation)], "app.key.due", record, under: unmoved, by: by)
        return rotation
    }

    /// Those that go round by themselves.
    public func rotations(in organization: OrganizationID) async throws(BrokerError) -> [HealthSubject: KeyRotation] {
        let all = try await read { try await store.rotations(in: organization) }
        return Dictionary(all.map { ($0.subject, $0) }) { $1 }
    }

    /// - Throws: where keys go round by themselves, which one that somebody gives would get in the way of.
    func checkByHand(_ record: AppRecord) async throws(BrokerError) {
        let provider = record.provider
        guard try await read({ try await store.rotation(of: record.subject, in: record.organization) }) != nil else {
            return
        }
        throw BrokerError(
            .refused, "the keys of `\(provider)` go round by themselves",
            hint:
                "have the next one made now with `--now`, or end that first: `deputy apps rotate \(provider) --every never`"
        )
    }

    /// The app, as a step of a rotation finds it.
    func holder(of rotation: KeyRotation) async throws(BrokerError) -> AppHolder {
        let (record, unmoved) = try await current(rotation.provider, rotation.organization, rotation.agent)
        let server = try await server(of: rotation.provider, in: rotation.organization)
        try check(record, server, rotation.place)
        var kept = try secrets(of: record)
        var earlier = kept.before ?? []
        kept.before = nil
        defer {
            wipe(&kept.now)
            wipe(&earlier)
        }
        let tenants = rotation.place.tenant.map { server.inTenant($0) } ?? server
        guard let own = server.ownKeys, let graph = GraphKeys(own, objectID: rotation.place.object), let tenants,
            let key = try key(in: kept.now).certified
        else { throw AppDesk.unfit(record) }
        let before = earlier.isEmpty ? nil : try self.key(in: earlier).certified
        return AppHolder(
            apps: self, record: record, unmoved: unmoved, server: tenants, graph: graph, scopes: own.scopes, key: key,
            before: before,
            end: try await read { try await store.secretEnd(of: rotation.subject, in: rotation.organization) })
    }

    private func check(
        _ record: AppRecord, _ server: AuthorizationServer, _ place: RotationPlace
    ) throws(BrokerError) {
        guard server.ownKeys?.interface == .microsoftGraph else {
            throw BrokerError(
                .invalid, "`\(record.provider)` has no interface by which an app replaces its own keys",
                hint: "keep the schedule, and replace them by hand: `deputy apps rotate \(record.provider) --every 90d`"
            )
        }
        guard record.authentication == .privateKey, certificateEnd(of: record) != nil else {
            throw AppDesk.unfit(record)
        }
        guard !server.isOfEveryTenant || place.tenant != nil else {
            throw BrokerError(
                .invalid, "`\(record.provider)` asks for tokens of every directory, and an app's own are of one",
                hint: "name the directory that the app is registered in: `--tenant ID`")
        }
    }

    private func certificateEnd(of record: AppRecord) -> Timestamp? {
        guard record.authentication == .privateKey, var kept = try? secrets(of: record) else { return nil }
        defer { wipe(&kept.now) }
        return (try? key(in: kept.now))?.certified.map {
            Timestamp(microseconds: $0.certificate.notAfter * 1_000_000)
        }
    }

    private static func unfit(_ record: AppRecord) -> BrokerError {
        BrokerError(
            .invalid, "`\(record.provider)` doesn't know this home by a certificate",
            hint: "only an app that signs with one can prove that it may have another: give one with `--key-file`")
    }

    private static func underWay(_ provider: ProviderID) -> BrokerError {
        BrokerError(
            .refused, "a new key of `\(provider)` is under way",
            hint: "see how far with `deputy apps list`; then set it anew")
    }
}

public import Authority
import Gate
import Wire

extension Administration {
    /// Who would gain which reach through whose account. Changes nothing.
    public func preflight(
        _ agent: AgentID, with grantee: Grantee, rights: Set<ShareRight>, channels: Set<SharedPlace>? = nil,
        in organization: OrganizationID
    ) async throws(RegistryError) -> Preflight {
        let accounts = try await heldAccounts(in: organization)
        let view = try await self.agent(agent, in: organization)
        let sharing = try await read { try await store.sharing(in: organization) }
        let covered = try await people(of: grantee, sharing, in: organization)
        let everybody = try await people(in: organization)
        let gaining = covered.filter {
            rights.contains(.use) && !view.definition.lists($0)
                && !sharing.reach(of: $0, on: agent).covers(channels.map(ShareReach.only) ?? .everywhere)
        }
        return Preflight(
            view, gaining: gaining.sorted(), joining: joining(grantee, view, rights, sharing), people: everybody,
            accounts: accounts)
    }

    /// What people can join later, and gain by it what nobody was warned of yet.
    private func joining(
        _ grantee: Grantee, _ view: AgentView, _ rights: Set<ShareRight>, _ sharing: Sharing
    ) -> String? {
        let isShared = sharing.shares(of: view.record.id).contains {
            $0.grantee == grantee && $0.rights.contains(.use)
        }
        guard rights.contains(.use), !isShared, view.definition.users != .everyone else { return nil }
        return switch grantee {
        case .person: nil
        case .group(let id): "`group:\(id)`"
        case .organization: "the organization"
        }
    }

    /// Shares an agent. One that acts with a human's own account waits until that was acknowledged.
    ///
    /// - Parameter channels: where alone it may be used by this; nil for everywhere.
    public func share(
        _ agent: AgentID, with grantee: Grantee, rights: Set<ShareRight>, channels: Set<SharedPlace>? = nil,
        acknowledged: Bool, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> Preflight {
        guard !rights.isEmpty else {
            throw RegistryError(.invalid, "a share gives at least one right", hint: "add `--right use`")
        }
        guard channels == nil || rights == [.use] && channels?.isEmpty == false else {
            throw RegistryError(
                .invalid, "only `use` can be limited to channels", hint: "share the other rights by themselves")
        }
        let edit = await SharingEdit(self, organization)
        let unmoved =
            await connectionReadings(of: agent, in: organization)
            + [reading(.agent(organization, agent)), reading(.organization(organization))]
        let preflight = try await preflight(agent, with: grantee, rights: rights, channels: channels, in: organization)
        if !acknowledged { try preflight.warnings.requireAcknowledgement() }
        let sharing = try await read { try await store.sharing(in: organization) }
        let before = sharing.shares.first { $0.agent == agent && $0.grantee == grantee }
        let record = ShareRecord(
            organization: organization, agent: agent, grantee: grantee, rights: rights.union(before?.rights ?? []),
            channels: try places(before, giving: rights, channels), by: administrator.text, at: world.now())
        var next = edit.adding(
            [SharingChange.share(record)], affecting: try await people(of: grantee, sharing, in: organization))
        next.transaction.requires += unmoved
        var fields = self.fields(of: record)
        if !preflight.warnings.isEmpty {
            fields["acknowledged"] = .array(preflight.warnings.map { .string($0.sentence) })
        }
        try await commit(next, "agent.shared", fields, by: administrator)
        return preflight
    }

    /// Where it may be used by a share with what is given now.
    private func places(
        _ before: ShareRecord?, giving rights: Set<ShareRight>, _ channels: Set<SharedPlace>?
    ) throws(RegistryError) -> Set<SharedPlace>? {
        guard let before, before.rights.contains(.use) else { return channels }
        guard rights.contains(.use) else { return before.channels }
        guard let channels else { return nil }
        guard let there = before.channels else {
            throw RegistryError(
                .exists, "`\(before.agent)` is shared with `\(before.grantee.text)` everywhere already",
                hint: "take that back with `deputy agents unshare`, and share it again")
        }
        return there.union(channels)
    }

    /// Takes rights back; without any named, all of them. Whoever loses the agent by it loses what goes with it.
    ///
    /// - Parameter owner: whose agent it has to be; nil for whosever it is. Another's is answered as one that isn't there.
    public func unshare(
        _ agent: AgentID, with grantee: Grantee, rights: Set<ShareRight>, channels: Set<SharedPlace> = [],
        owner: PersonID? = nil, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        var edit = await SharingEdit(self, organization)
        edit.transaction.requires.append(await reading(.agent(organization, agent)))
        let view = try await self.agent(agent, in: organization)
        if let owner, view.definition.owner != owner {
            throw RegistryError(
                .unknown, "no agent of yours is called `\(agent)`", hint: "its owner takes it back, or an administrator"
            )
        }
        let before = try await read { try await store.sharing(in: organization) }
        guard let record = before.shares.first(where: { $0.agent == agent && $0.grantee == grantee }) else {
            throw RegistryError(
                .unknown, "`\(agent)` isn't shared with `\(grantee.text)`", hint: "see `deputy agents shares \(agent)`")
        }
        var left = rights.isEmpty ? [] : record.rights.subtracting(rights)
        var places = record.channels
        if !channels.isEmpty {
            guard let limited = places, limited.isSuperset(of: channels) else {
                throw RegistryError(
                    .unknown, "`\(agent)` isn't shared with `\(grantee.text)` in \(SharedPlace.list(channels)) alone",
                    hint: "see `deputy agents shares \(agent)`")
            }
            let rest = limited.subtracting(channels)
            left = rest.isEmpty ? record.rights.subtracting([.use]) : record.rights
            places = rest.isEmpty ? nil : rest
        }
        let next = ShareRecord(
            organization: organization, agent: agent, grantee: grantee, rights: left,
            channels: left.contains(.use) ? places : nil, by: administrator.text,
            at: world.now())
        let people = try await people(of: grantee, before, in: organization)
        let rest = before.shares.filter { $0 != record }
        edit = edit.adding(
            [left.isEmpty ? SharingChange.unshare(organization, agent, grantee) : .share(next)], affecting: people)
        edit.transaction.requires.append(await reading(.organization(organization)))
        try await end(
            &edit, people, before, Sharing(groups: before.groups, shares: left.isEmpty ? rest : rest + [next]),
            because: "`\(agent)` is shared no more", by: administrator)
        try await commit(edit, "agent.unshared", fields(of: next), by: administrator)
    }

    /// Of all agents that a person owns, by agent, then grantee.
    public func shares(
        ofAgentsOf owner: PersonID, in organization: OrganizationID
    ) async throws(RegistryError) -> [ShareRecord] {
        let own = Set(try await agents(in: organization).filter { $0.definition.owner == owner }.map(\.record.id))
        return try await read { try await store.sharing(in: organization) }.shares.filter { own.contains($0.agent) }
    }

    public func shares(
        of agent: AgentID, in organization: OrganizationID
    ) async throws(RegistryError) -> [ShareRecord] {
        _ = try await requireAgent(agent, in: organization)
        return try await read { try await store.sharing(in: organization) }.shares(of: agent)
    }

    private func people(
        of grantee: Grantee, _ sharing: Sharing, in organization: OrganizationID
    ) async throws(RegistryError) -> Set<PersonID> {
        switch grantee {
        case .person(let person): return [try await requirePerson(person, in: organization).id]
        case .group(let id): return try found(id, in: sharing).members
        case .organization: return Set(try await people(in: organization).map(\.id))
        }
    }

    private func fields(of share: ShareRecord) -> JSONObject {
        var fields: JSONObject = [
            "agent": .string(share.agent.raw), "with": .string(share.grantee.text),
            "rights": .array(share.rights.map(\.rawValue).sorted().map { .string($0) }),
        ]
        fields["channels"] = share.channels.map { .array($0.sorted().map { .string($0.text) }) }
        return fields
    }
}

extension SharedPlace {
    static func list(_ places: Set<SharedPlace>) -> String {
        places.sorted().map { "`\($0.text)`" }.joined(separator: ", ")
    }
}

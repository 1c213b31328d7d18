import Authority
import Broker
import FoundationEssentials
import Gate
import Gateway
import Glibc
import Ledger
import Logging
import Registry
import Storage
import Wire

/// Settles a restored database before it is used: verified, voided and signed.
struct RestoredHome {
    let home: Home
    let world: World

    /// - Parameters:
    ///   - old: what was taken away since, where that is known.
    ///   - superseded: how far the replaced ledger was signed.
    func settle(_ old: TakenAway?, superseding superseded: [(tree: String, size: Int64)]) async throws -> JSONObject {
        let ledger = try await LedgerDesk(store: home.store, keys: home.ledger, now: SystemWorld.make().now).verify()
        guard ledger["intact"]?.boolValue == true else {
            let fault = ledger["trees"]?.arrayValue?.first { $0["intact"]?.boolValue == false }
            throw CommandFailure(
                .unproven, "ledger",
                "the ledger in the backup doesn't verify: "
                    + (fault?["message"]?.stringValue ?? "it can't be read"), hint: "use another backup")
        }
        let until = try await home.store.lastLeafTime()
        let connections = try await home.store.connections(in: home.organization, of: nil)
        var end = Transaction(
            bumps: [.home], changes: [RestoreChange.restored, ApprovalChange.void(.everything, reason: Self.reason)])
        let open = try await home.store.openCalls()
        for call in old?.calls ?? [] where !open.contains(where: { $0.id == call.id || $0.identity == call.identity }) {
            end.changes.append(GateChange.open(call.unknown))
        }
        let revoked = connections.filter { $0.health != .revoked && old?.connections.contains($0.id) == true }
        for row in revoked { try revoke(row, &end) }
        let names = try await stand(old, &end)
        let unlinked = try await forgetLogins(old, &end)
        try await hush(old, &end)
        try await forgetSenders(old, &end)
        try await keepOut(old, &end)
        try await distrustIssuers(old, &end)
        try await endReaders(old, &end)
        let forgotten = try await forget(old, &end)
        end.leaves.append(
            try leaf(
                [
                    "change": "home.restored", "by": .string(Self.by), "until": .number(JSONNumber(until.microseconds)),
                    "superseded": .array(
                        superseded.map { ["tree": .string($0.tree), "size": .number(JSONNumber($0.size))] }),
                ], in: .system))
        try await home.store.commit(end)
        let findings = try await VaultAudit(
            connections: home.store, ledger: home.store, commits: home.store, keys: home.keys, signing: home.ledger,
            world: world
        ).quarantine(in: home.organization)
        try await Checkpointer(store: home.store, keys: home.ledger, log: Logger(label: "restore")).signAll()
        return [
            "until": .string(Date(timeIntervalSince1970: Double(until.microseconds) / 1e6).formatted(.iso8601)),
            "organization": .string(home.organization.raw),
            "connections": .number(
                JSONNumber(
                    try await home.store.connections(in: home.organization, of: nil).count { $0.health == .healthy })),
            "revoked": .array(revoked.map { .string($0.id.raw) }), "suspended": .array(names.map { .string($0) }),
            "unlinked": .number(JSONNumber(unlinked)), "forgotten": .number(JSONNumber(forgotten)),
            "findings": .array(findings.map { ["code": .string($0.code), "message": .string($0.message)] }),
            "knew_since": .bool(old != nil),
        ]
    }

    static let by = Administrator.systemUser(uid: UInt32(geteuid())).text
    private static let reason = "the home was restored from a backup"

    private func revoke(_ row: ConnectionRecord, _ end: inout Transaction) throws {
        end.bumps.append(.connections(home.organization, row.owner, row.provider))
        end.changes += ConnectionDesk.revoking(row, by: world)
        end.leaves.append(
            try leaf(
                [
                    "change": "connection.revoked", "by": .string(Self.by), "connection": .string(row.id.raw),
                    "was": row.told, "because": "it was revoked after the backup",
                ], in: .organization(home.organization)))
    }

    /// Who was suspended or removed since stays so.
    private func stand(_ old: TakenAway?, _ end: inout Transaction) async throws -> [String] {
        guard let old else { return [] }
        var names: [String] = []
        if old.organization != .active, let row = try await home.store.organization(home.organization),
            row.standing == .active
        {
            names.append("organization:\(row.id)")
            end.changes.append(
                RegistryChange.replaceOrganization(
                    OrganizationRecord(id: row.id, name: row.name, domains: row.domains, standing: old.organization)))
            end.leaves.append(try standingLeaf("organization.\(old.organization.rawValue)", "organization", row.id.raw))
        }
        for person in try await home.store.people(in: home.organization) where person.standing == .active {
            guard let standing = old.people[person.id] else { continue }
            names.append("person:\(person.id)")
            end.changes.append(
                RegistryChange.replacePerson(
                    PersonRecord(
                        id: person.id, organization: person.organization, name: person.name, email: person.email,
                        subjects: person.subjects, standing: standing)))
            end.leaves.append(try standingLeaf("person.\(standing.rawValue)", "person", person.id.raw))
        }
        for agent in try await home.store.agents(in: home.organization) where agent.standing == .active {
            guard let standing = old.agents[agent.id] else { continue }
            names.append("agent:\(agent.id)")
            end.changes.append(
                RegistryChange.replaceAgent(
                    AgentRecord(
                        id: agent.id, organization: agent.organization, definition: agent.definition,
                        standing: standing)))
            end.leaves.append(try standingLeaf("agent.\(standing.rawValue)", "agent", agent.id.raw))
        }
        return names
    }

    private func standingLeaf(_ change: String, _ kind: String, _ name: String) throws -> PlacedLeaf {
        var fields: JSONObject = [
            "change": .string(change), "by": .string(Self.by), "because": "it was so before the restore",
        ]
        fields[kind] = .string(name)
        return try leaf(fields, in: .organization(home.organization))
    }

    func leaf(_ fields: JSONObject, in tree: TreeID) throws -> PlacedLeaf {
        PlacedLeaf(try Leaf(kind: .authority, time: world.now().microseconds, fields: fields), in: tree)
    }
}

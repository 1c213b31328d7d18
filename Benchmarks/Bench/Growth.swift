import Authority
import Broker
import Definition
import Foundation
import Gate
import Ledger
import Registry
import Storage
import Vault
import Wire

/// A home that grows: agents, as many people with one share each, connections and leaves, in percent of the size that it is to have in the end.
struct Growth {
    static let agents = 100_000
    static let connections = 1_000_000
    static let providers = 10
    static let batch = 250

    let store: SQLStore
    let organization: OrganizationID
    let keys: KeyRing
    let ledger: LedgerKeys
    let leaves: Int

    var tree: TreeID { .organization(organization) }

    /// Opens the home at `path`, whose store is in a shared database if there is a URL.
    init(at path: String, database: String?, leaves: Int) async throws {
        let file = path + "/deputy.sqlite"
        let hold = try HomeLock(database: file)
        store =
            if let database {
                try await SQLStore.open(databaseAt: database, name: "bench", holding: hold) { print($0) }
            } else {
                try SQLStore.open(at: file, takingOver: hold) { print($0) }
            }
        keys = try KeyRing(file: path + "/keys/vault.key")
        guard let name = try await store.value("home"), let organization = try await store.value("organization"),
            let seed = try await store.value(SealedValue.ledgerSeed.rawValue)
        else { throw BenchError("there is no home at \(path); make one with `deputy init`") }
        self.organization = OrganizationID(String(decoding: organization, as: UTF8.self))
        ledger = LedgerKeys(
            name: String(decoding: name, as: UTF8.self),
            seed: try keys.openPayload(seed, id: SealedValue.ledgerSeed.sealID))
        self.leaves = leaves
    }

    static func agent(_ number: Int) -> AgentID { AgentID("grown\(number)") }
    static func person(_ number: Int) -> PersonID { PersonID("grown\(number)") }
    static func email(_ number: Int) -> String { "grown\(number)@acme.test" }
    static func provider(_ number: Int) -> ProviderID { ProviderID("grown\(number % providers)") }

    /// Fills up what lies between two percentages, and signs the tree.
    func fill(from: Int, to: Int) async throws {
        try await each(Growth.agents, from, to) { number in
            let share = ShareRecord(
                organization: organization, agent: Growth.agent(number), grantee: .person(Growth.person(number)),
                rights: [.use], by: "operator:0", at: Timestamp(microseconds: now))
            return Transaction(changes: [
                RegistryChange.addAgent(try agent(number)), RegistryChange.addPerson(person(number)),
                SharingChange.share(share),
            ])
        }
        try await each(Growth.connections, from, to, connection)
        try await each(leaves - Growth.connections, from, to) { _ in
            Transaction(leaves: [PlacedLeaf(try Leaf(kind: .decision, time: now, fields: Bench.fields), in: tree)])
        }
        let head = try await store.head(of: tree)
        let checkpoint = Checkpoint(origin: ledger.origin(of: tree), size: head.size, root: head.root)
        let note = try checkpoint.signed(by: try ledger.key(of: tree)).description
        try await store.keep(checkpoint: note, size: head.size, of: tree)
    }

    var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// As many at a time as one group of busy callers would be.
    private func each(_ total: Int, _ from: Int, _ to: Int, _ make: (Int) throws -> Transaction) async throws {
        var number = total * from / 100
        let end = total * to / 100
        while number < end {
            var all = Transaction()
            for next in number..<min(number + Growth.batch, end) {
                let one = try make(next)
                all.bumps += one.bumps
                all.changes += one.changes
                all.leaves += one.leaves
            }
            try await store.commit(all)
            number += Growth.batch
        }
    }

    private func agent(_ number: Int) throws -> AgentRecord {
        var definition = AgentDefinition(
            organization: organization, agent: Growth.agent(number), owner: PersonID("alice"))
        definition.actsAs = .claw
        definition.users = .everyone
        return AgentRecord(
            id: Growth.agent(number), organization: organization, definition: definition.json, standing: .active)
    }

    private func person(_ number: Int) -> PersonRecord {
        PersonRecord(
            id: Growth.person(number), organization: organization, name: "Grown", email: Growth.email(number),
            subjects: [:], standing: .active)
    }

    /// As `ConnectionDesk` writes one, so that the audit at the start finds nothing wrong with it.
    private func connection(_ number: Int) throws -> Transaction {
        let (agent, provider) = (Growth.agent(number / Growth.providers), Growth.provider(number))
        let id = ConnectionID("con_grown\(number)")
        let context = SealContext(
            organization: organization.raw, ownerKind: "agent", owner: agent.raw, provider: provider.raw,
            host: "https://grown.example", issuer: "", account: "account\(number)",
            connection: id.raw, kind: "bearer", generation: 1)
        let row = ConnectionRecord(
            id: id, organization: organization, owner: .agent(agent), provider: provider,
            origin: "https://grown.example", kind: "bearer", account: "account\(number)", accountName: "Account",
            email: "account\(number)@acme.test", scopes: [], generation: 1, fingerprint: "fp_\(number)",
            sealed: try keys.seal(Secret.random(count: 40), context).bytes, health: .healthy,
            created: Timestamp(microseconds: now))
        let leaf = try Leaf(
            kind: .authority, time: now,
            fields: [
                "change": "connection.added", "by": "operator:0", "connection": .string(id.raw),
                "owner": .string("agent:\(agent)"), "provider": .string(provider.raw),
                "account": .string(row.account), "generation": 1, "fingerprint": .string(row.fingerprint),
            ])
        return Transaction(
            bumps: [.connections(organization, row.owner, provider)], changes: [BrokerChange.add(row)],
            leaves: [PlacedLeaf(leaf, in: tree)])
    }
}

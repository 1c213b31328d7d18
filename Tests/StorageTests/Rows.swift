import Authority
import Broker
import Gate
import Ledger
import Registry
import Wire

enum Rows {
    static let acme = OrganizationID("acme")
    static let tree = TreeID.organization(acme)

    static func agent(_ id: String) -> AgentRecord {
        AgentRecord(id: AgentID(id), organization: acme, definition: ["name": .string(id)], standing: .active)
    }

    static func call(_ id: String) -> OpenCall {
        OpenCall(
            id: CallID(id), organization: acme, agent: AgentID("email"), requester: "person alice", tool: "gmail.send",
            effect: .send, identity: nil, state: .open, opened: Timestamp(microseconds: 1))
    }

    static func connection(_ id: String, sealed: [UInt8]) -> ConnectionRecord {
        ConnectionRecord(
            id: ConnectionID(id), organization: acme, owner: .person(PersonID("alice")), provider: ProviderID("notion"),
            origin: "https://api.notion.test", kind: "bearer", account: "U1", accountName: "Alice", email: nil,
            scopes: [], generation: 1, fingerprint: "fp", sealed: sealed, health: .healthy,
            created: Timestamp(microseconds: 1))
    }

    static func leaf(in tree: TreeID = tree, size: Int = 8, at time: Int64 = 1) throws -> PlacedLeaf {
        let fields: JSONObject = ["change": .string(String(repeating: "x", count: size))]
        return PlacedLeaf(try Leaf(kind: .authority, time: time, fields: fields), in: tree)
    }

    /// A transaction that keeps the writer busy for a while, so that others gather behind it.
    static func long() throws -> Transaction {
        Transaction(leaves: try (0..<5_000).map { _ in try leaf(in: .system) })
    }

    static let keys = LedgerKeys(name: "store.test", seed: [UInt8](repeating: 5, count: 32))
}

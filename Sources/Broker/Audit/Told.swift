import Authority
import Gate
public import Wire

/// What the ledger says of a connection.
struct Told: Sendable, Equatable {
    let owner: String
    let provider: String
    let account: String
    let generation: Int64
    let fingerprint: String
    var health = ConnectionHealth.healthy
    /// It was added a second time, which no gateway does: ids never come twice.
    var isTwice = false
    /// Which writing of the tokens beside it is the last; 0 for none.
    var tokens: Int64 = 0
    /// Whether the store has it too.
    var isThere = false

    /// Stands in every leaf that tells of a connection.
    static let mark = Array("\"change\":\"connection.".utf8)

    /// What a leaf says when every connection of its `owner` was revoked at once.
    static let allRevoked = "connection.revoked-all"
    private static let allRevokedMark = Array("\"change\":\"\(allRevoked)\"".utf8)

    static func isAdded(_ leaf: JSON) -> Bool {
        let change = leaf["change"]?.stringValue
        return leaf["kind"]?.stringValue == "authority"
            && (change == "connection.added" || change == "connection.added-shared-with-owner")
    }

    /// The leaf of a record that tells of a connection, and which one.
    static func leaf(_ record: [UInt8]) -> (connection: String, leaf: JSON)? {
        guard let leaf = try? JSON.parse(record), leaf["kind"]?.stringValue == "authority",
            let id = leaf["connection"]?.stringValue
        else { return nil }
        return (id, leaf)
    }

    /// Whose connections a record says were all revoked at once.
    static func ownerOfRevoked(_ record: [UInt8]) -> String? {
        guard record.holds(allRevokedMark), let leaf = try? JSON.parse(record),
            leaf["kind"]?.stringValue == "authority", leaf["change"]?.stringValue == allRevoked
        else { return nil }
        return leaf["owner"]?.stringValue
    }

    /// Whether what is told after a leaf may be something else than before.
    static func changes(_ leaf: JSON) -> Bool {
        switch leaf["change"]?.stringValue {
        case "connection.reconnected", "connection.named", "connection.broken", "connection.recovered",
            "connection.revoked":
            true
        case _: isAdded(leaf)
        }
    }

    static func take(_ leaf: JSON, _ told: inout Told?) {
        let step = TokenStep(leaf, now: told?.tokens)
        defer { if let step { told?.tokens = step.to } }
        switch leaf["change"]?.stringValue {
        case _ where isAdded(leaf):
            if told == nil { told = Told(leaf) } else { told?.isTwice = true }
        case "connection.reconnected", "connection.named":
            // The same connection with a new grant, or its account by another id; a revoked one never comes back.
            if let earlier = told, earlier.health != .revoked { told = Told(leaf) }
        case "connection.broken":
            if told?.health == .healthy { told?.health = .broken }
        case "connection.recovered":
            if told?.health == .broken { told?.health = .healthy }
        case "connection.revoked": told?.health = .revoked
        case _: return
        }
    }

    init(_ leaf: JSON) {
        owner = leaf["owner"]?.stringValue ?? ""
        provider = leaf["provider"]?.stringValue ?? ""
        account = leaf["account"]?.stringValue ?? ""
        generation = leaf["generation"]?.integerValue ?? 1
        fingerprint = leaf["fingerprint"]?.stringValue ?? ""
    }

    init(_ row: ConnectionRecord) {
        owner = row.owner.text
        provider = row.provider.raw
        account = row.account
        generation = row.generation
        fingerprint = row.fingerprint
        health = row.health
    }

    /// What was told before a leaf changed it. Nil where the leaf doesn't say.
    init?(before leaf: JSON) {
        guard let was = leaf["was"], let health = was["health"]?.stringValue.flatMap(ConnectionHealth.init(told:))
        else { return nil }
        self.init(was)
        self.health = health
    }
}

extension ConnectionRecord {
    /// For the leaf of a change: what it was before. With it an audit goes on from a mark without reading what came earlier.
    public var told: JSON {
        [
            "owner": .string(owner.text), "provider": .string(provider.raw), "account": .string(account),
            "generation": .number(JSONNumber(generation)), "fingerprint": .string(fingerprint),
            "health": .string(health.told),
        ]
    }
}

extension ConnectionHealth {
    /// As leaves name it.
    var told: String {
        switch self {
        case .healthy: "healthy"
        case .broken: "broken"
        case .revoked: "revoked"
        }
    }

    init?(told name: String) {
        switch name {
        case "healthy": self = .healthy
        case "broken": self = .broken
        case "revoked": self = .revoked
        case _: return nil
        }
    }
}

extension ConnectionUse {
    /// The same of a connection that is used, which is healthy.
    var told: JSON {
        [
            "owner": .string(facts.owner.text), "provider": .string(facts.provider.raw),
            "account": .string(facts.account), "generation": .number(JSONNumber(generation)),
            "fingerprint": .string(fingerprint), "health": .string(ConnectionHealth.healthy.told),
        ]
    }
}

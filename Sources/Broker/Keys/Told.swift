import Authority
import Wire

/// What the ledger says of a connection.
struct Told {
    let owner: String
    let provider: String
    let account: String
    let generation: Int64
    let fingerprint: String
    var health = ConnectionHealth.healthy
    /// It was added a second time, which no gateway does: ids never come twice.
    var isTwice = false

    /// Stands in every leaf that tells of a connection.
    static let mark = Array("\"change\":\"connection.".utf8)

    static func isAdded(_ leaf: JSON) -> Bool {
        let change = leaf["change"]?.stringValue
        return leaf["kind"]?.stringValue == "authority"
            && (change == "connection.added" || change == "connection.added-shared-with-owner")
    }

    static func take(_ record: [UInt8], _ told: inout [String: Told]) {
        guard let leaf = try? JSON.parse(record), leaf["kind"]?.stringValue == "authority",
            let id = leaf["connection"]?.stringValue
        else { return }
        switch leaf["change"]?.stringValue {
        case _ where isAdded(leaf):
            if told[id] == nil { told[id] = Told(added: leaf) } else { told[id]?.isTwice = true }
        case "connection.reconnected":
            // The same connection with a new grant; a revoked one never comes back.
            if let earlier = told[id], earlier.health != .revoked { told[id] = Told(added: leaf) }
        case "connection.broken":
            if told[id]?.health == .healthy { told[id]?.health = .broken }
        case "connection.revoked": told[id]?.health = .revoked
        case _: return
        }
    }

    init(added leaf: JSON) {
        owner = leaf["owner"]?.stringValue ?? ""
        provider = leaf["provider"]?.stringValue ?? ""
        account = leaf["account"]?.stringValue ?? ""
        generation = leaf["generation"]?.integerValue ?? 1
        fingerprint = leaf["fingerprint"]?.stringValue ?? ""
    }
}

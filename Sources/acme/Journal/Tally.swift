/// Calls per service, owner and operation.
struct Tally: Sendable {
    private struct Key: Hashable {
        let service: ServiceName
        let owner: String
        let operation: String
    }

    private var counts: [Key: Int] = [:]

    mutating func add(_ entry: Entry) {
        let key = Key(
            service: entry.service, owner: entry.party.owner ?? "nobody", operation: entry.operation ?? "unknown")
        counts[key, default: 0] += 1
    }

    /// `{"slack": {"alice": {"slack.chat.postMessage": 1}}}`; calls with nobody's token are under `nobody`.
    var json: JSON {
        var tree = JSON.object([])
        for service in ServiceName.allCases {
            let here = counts.filter { $0.key.service == service }
            if !here.isEmpty { tree = tree.with(service.rawValue, Self.owners(here)) }
        }
        return tree
    }

    private static func owners(_ counts: [Key: Int]) -> JSON {
        var owners = JSON.object([])
        for owner in Set(counts.keys.map(\.owner)).sorted() {
            let calls = counts.filter { $0.key.owner == owner }.sorted { $0.key.operation < $1.key.operation }
            owners = owners.with(
                owner, .object(calls.map { JSON.Member(name: $0.key.operation, value: .int($0.value)) }))
        }
        return owners
    }
}

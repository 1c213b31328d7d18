import Authority
import Broker
import Gate
import Wire

/// Reads a person's calls from the newest leaf back to a time.
struct WeekReader {
    let ledger: any LedgerStore
    let organization: OrganizationID
    let person: PersonID
    /// The connections whose account is this person's, whoever owns them.
    let connections: Set<String>
    let since: Timestamp
    /// How many leaves are read, and how many calls are told of, at most: what is older is left out, and said so.
    var mostLeaves: Int64 = 50_000
    var mostCalls = 500

    private static let batch: Int64 = 1_000

    func read() async throws -> WeekCalls {
        let tree = TreeID.organization(organization)
        let size = try await ledger.head(of: tree).size
        var calls = WeekFolder(person: person, connections: connections)
        var first = size
        var oldest: Timestamp?
        while first > 0 {
            guard size - first < mostLeaves, calls.told.count < mostCalls else {
                return WeekCalls(calls: calls.told, wholeSince: oldest)
            }
            let start = max(0, first - WeekReader.batch)
            for record in try await ledger.records(of: tree, from: start, limit: Int(first - start)).reversed() {
                guard let leaf = try? JSON.parse(record.bytes), let time = leaf["time"]?.integerValue else { continue }
                guard time >= since.microseconds else { return WeekCalls(calls: calls.told, wholeSince: nil) }
                oldest = Timestamp(microseconds: time)
                calls.add(leaf, at: Timestamp(microseconds: time))
            }
            first = start
        }
        return WeekCalls(calls: calls.told, wholeSince: nil)
    }
}

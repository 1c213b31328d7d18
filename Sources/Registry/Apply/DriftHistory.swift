import Authority
import Gate
import Wire

/// Who changed a field last, by the leaves of authority, newest first.
struct DriftHistory {
    private struct Change {
        let by: String
        let at: Timestamp
        let fields: JSON
    }

    /// Newest first.
    private var changes: [Change] = []

    /// Reads back to the oldest apply that counts, or so many records.
    init(_ ledger: any LedgerStore, _ organization: OrganizationID, since: Timestamp) async throws {
        let tree = TreeID.organization(organization)
        var end = try await ledger.head(of: tree).size
        let first = max(0, end - DriftHistory.most)
        while end > first {
            let start = max(first, end - DriftHistory.page)
            let records = try await ledger.records(of: tree, from: start, limit: Int(end - start))
            for record in records.reversed() {
                let leaf = try JSON.parse(record.bytes)
                guard let time = leaf["time"]?.integerValue, time >= since.microseconds else { return }
                guard leaf["kind"]?.stringValue == "authority", let by = leaf["by"]?.stringValue else { continue }
                changes.append(Change(by: by, at: Timestamp(microseconds: time), fields: leaf))
            }
            end = start
        }
    }

    private static let page: Int64 = 1000
    private static let most: Int64 = 50_000

    func explained(_ drift: Drift) -> Drift {
        var drift = drift
        let change = changes.first { $0.at >= drift.since && isOf(drift, $0.fields) }
        drift.by = change?.by
        drift.at = change?.at
        return drift
    }

    private func isOf(_ drift: Drift, _ leaf: JSON) -> Bool {
        let change = leaf["change"]?.stringValue ?? ""
        switch drift.subject {
        case .organization: return change == "models.set" || change == "models.migrated"
        case .person(let person): return change == "person.changed" && leaf["person"]?.stringValue == person.raw
        case .agent(let agent):
            guard leaf["agent"]?.stringValue == agent.raw else { return false }
            switch change {
            case "agent.identity": return ["actsAs", "tier", "principals"].contains(drift.key)
            case "agent.grants-ended": return drift.key == "grants"
            // The leaf has the whole definition: the edit that brought what is there now, or took it away.
            case "agent.edited", "agent.person-left", "agent.migrated":
                return leaf["changed"]?.arrayValue?.contains(.string(drift.key)) == true
            default: return false
            }
        }
    }
}

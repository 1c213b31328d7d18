import Authority
import Broker
import Console
import Gate
import Hummingbird
import Wire

extension PageServer {
    @Sendable func week(_ visit: Visit) async throws -> Response {
        let own = try await desks.connections.list(in: visit.organization, of: .person(visit.person))
        let calls = try await WeekReader(
            ledger: desks.ledger, organization: visit.organization, person: visit.person,
            connections: Set(own.map(\.id.raw)), since: settings.now().adding(seconds: -7 * 86_400)
        ).calls()
        return page(WeekView(rows: calls.reversed().map(\.row)), visit, place: "week")
    }
}

/// One call as the ledger's leaves tell it.
private struct LedgerCall {
    var time: Timestamp
    var agent = ""
    var tool = ""
    var requester = ""
    var principal: String?
    var connection: String?
    var account: String?
    var verdict = ""
    var outcome: String?

    var row: WeekView.Row {
        WeekView.Row(
            time: time.shown, agent: Inert.text(agent), tool: Inert.text(tool), account: Inert.text(account ?? "–"),
            requester: Inert.text(requester), outcome: Inert.text(result))
    }

    private var result: String {
        if let outcome { return outcome == "done" ? "done" : outcome.replacing("_", with: " ") }
        return switch verdict {
        case "permit": "under way"
        case "ask": "waited for an answer"
        case "connect": "something was missing"
        case _: "denied"
        }
    }
}

/// Reads a person's calls from the newest leaves, back to a time.
private struct WeekReader {
    let ledger: any LedgerStore
    let organization: OrganizationID
    let person: PersonID
    let connections: Set<String>
    let since: Timestamp

    private static let batch: Int64 = 1_000
    /// Beyond these many leaves the page would be of no use to anybody.
    private static let most: Int64 = 50_000

    func calls() async throws -> [LedgerCall] {
        let tree = TreeID.organization(organization)
        let size = try await ledger.head(of: tree).size
        var first = size
        var leaves: [[JSON]] = []
        while first > 0, size - first < WeekReader.most {
            let start = max(0, first - WeekReader.batch)
            let batch = try await ledger.records(of: tree, from: start, limit: Int(first - start)).compactMap {
                try? JSON.parse($0.bytes)
            }
            leaves.append(batch)
            first = start
            if let oldest = batch.first?["time"]?.integerValue, oldest < since.microseconds { break }
        }
        return told(by: leaves.reversed().flatMap { $0 })
    }

    private func told(by leaves: [JSON]) -> [LedgerCall] {
        var calls: [String: LedgerCall] = [:]
        var order: [String] = []
        for leaf in leaves {
            guard let id = leaf["call"]?.stringValue, let time = leaf["time"]?.integerValue else { continue }
            switch leaf["kind"]?.stringValue {
            case "decision":
                var call = LedgerCall(time: Timestamp(microseconds: time))
                call.agent = leaf["agent"]?.stringValue ?? ""
                call.tool = leaf["tool"]?.stringValue ?? ""
                call.requester = leaf["requester"]?.stringValue ?? ""
                call.principal = leaf["principal"]?.stringValue
                call.verdict = leaf["verdict"]?.stringValue ?? ""
                if calls.updateValue(call, forKey: id) == nil { order.append(id) }
            case "intent":
                calls[id]?.connection = leaf["credential"]?["connection"]?.stringValue
                calls[id]?.account = leaf["credential"]?["account"]?.stringValue
            case "outcome":
                calls[id]?.outcome = leaf["outcome"]?.stringValue
            case _:
                continue
            }
        }
        return order.compactMap { calls[$0] }.filter { isMine($0) && $0.time >= since }
    }

    private func isMine(_ call: LedgerCall) -> Bool {
        call.requester == "person:\(person)" || call.principal == person.raw
            || call.connection.map(connections.contains) == true
    }
}

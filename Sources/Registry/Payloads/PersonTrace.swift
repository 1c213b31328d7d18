import Authority
import Gate
import Wire

/// What the ledger tells of one person's or guest's calls: which there are, and which are under way.
struct PersonTrace {
    /// As leaves have it.
    private let requester: String
    /// For whom others asked too.
    private let principal: PersonID?
    private(set) var calls: Set<String> = []
    private(set) var approvals: Set<String> = []
    /// With an intent, and no outcome yet.
    private(set) var open: Set<String> = []

    init(of requester: Requester) {
        self.requester = requester.text
        principal = requester.person
    }

    /// The payloads of all of it.
    var payloads: [String] {
        calls.sorted().flatMap { ["\($0)/arguments", "\($0)/result", "\($0)/file"] }
            + approvals.sorted().flatMap { ["\($0)/arguments", "\($0)/answer"] }
    }

    /// Takes the next record, from the first to the last.
    mutating func take(_ bytes: [UInt8]) throws {
        let leaf = try JSON.parse(bytes)
        let call = leaf["call"]?.stringValue ?? ""
        switch leaf["kind"]?.stringValue {
        case "decision":
            let isFor = principal.map { leaf["principal"]?.stringValue == $0.raw } ?? false
            guard leaf["requester"]?.stringValue == requester || isFor else { return }
            calls.insert(call)
            if let approval = leaf["approval"]?.stringValue { approvals.insert(approval) }
        case "intent": if calls.contains(call) { open.insert(call) }
        case "outcome": open.remove(call)
        case "approval":
            guard let approval = leaf["approval"]?.stringValue, approvals.contains(approval) else { return }
            if let replacement = leaf["replacement"]?.stringValue { approvals.insert(replacement) }
        default: break
        }
    }
}

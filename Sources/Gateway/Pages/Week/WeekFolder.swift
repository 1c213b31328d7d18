import Authority
import Gate
import Wire

/// Makes calls of leaves, which come newest first: what became of a call is known before the call itself.
struct WeekFolder {
    let person: PersonID
    let connections: Set<String>
    private(set) var told: [WeekCall] = []

    private var outcomes: [String: String] = [:]
    private var credentials: [String: (connection: String, account: String)] = [:]
    /// What became of an approval last.
    private var ends: [String: String] = [:]
    /// The approval that took the place of an edited one.
    private var replacements: [String: String] = [:]
    /// The approvals whose call is told of.
    private var toldOf: Set<String> = []

    init(person: PersonID, connections: Set<String>) {
        self.person = person
        self.connections = connections
    }

    mutating func add(_ leaf: JSON, at time: Timestamp) {
        switch leaf["kind"]?.stringValue {
        case "decision": addDecision(leaf, at: time)
        case "approval": addApproval(leaf)
        case "intent":
            guard let call = leaf["call"]?.stringValue, let connection = leaf["credential"]?["connection"]?.stringValue
            else { return }
            credentials[call] = (connection, leaf["credential"]?["account"]?.stringValue ?? "")
        case "outcome":
            guard let call = leaf["call"]?.stringValue else { return }
            outcomes[call] = leaf["outcome"]?.stringValue?.replacing("_", with: " ")
        case _: return
        }
    }

    private mutating func addApproval(_ leaf: JSON) {
        guard let id = leaf["approval"]?.stringValue, let change = leaf["change"]?.stringValue else { return }
        if let replacement = leaf["replacement"]?.stringValue { replacements[id] = replacement }
        let by = leaf["by"]?.stringValue.map(WeekFolder.name) ?? "somebody"
        let end: String? =
            switch change {
            case "approval.agreed": "\(by) agreed"
            case "approval.denied": "\(by) denied it"
            case "approval.expired": "nobody answered in time"
            case "approval.void": "not done: what it stood on changed"
            case _: nil
            }
        if let end, ends[id] == nil { ends[id] = end }
    }

    private mutating func addDecision(_ leaf: JSON, at time: Timestamp) {
        guard let call = leaf["call"]?.stringValue else { return }
        let (outcome, credential) = (outcomes.removeValue(forKey: call), credentials.removeValue(forKey: call))
        let requester = leaf["requester"]?.stringValue ?? ""
        guard
            requester == "person:\(person)" || leaf["principal"]?.stringValue == person.raw
                || credential.map({ connections.contains($0.connection) }) == true
        else { return }
        let approval = leaf["approval"]?.stringValue.map(last)
        if let approval, !toldOf.insert(approval).inserted { return }
        told.append(
            WeekCall(
                time: time, agent: leaf["agent"]?.stringValue ?? "", tool: leaf["tool"]?.stringValue ?? "",
                effect: leaf["effect"]?.stringValue ?? "", requester: WeekFolder.name(requester),
                account: credential?.account, outcome: outcome ?? standing(leaf, approval)))
    }

    private func standing(_ leaf: JSON, _ approval: String?) -> String {
        switch leaf["verdict"]?.stringValue {
        case "permit": "under way"
        case "ask": approval.flatMap { ends[$0] } ?? "waits for an answer"
        case "connect": "something was missing"
        case _: "refused"
        }
    }

    /// The approval at the end of a row of edits.
    private func last(_ approval: String) -> String {
        var approval = approval
        while let next = replacements[approval] { approval = next }
        return approval
    }

    /// `person:bob` is `bob`; guests and schedules are named as they are.
    private static func name(_ text: String) -> String {
        text.hasPrefix("person:") ? String(text.dropFirst("person:".count)) : text
    }
}

import Gate
import Wire

/// What a gateway tells the others of a commit, on the channel `deputy`: which epochs moved, and whether people's answers
/// or notices did. It is a hint that saves them a wait; what is trusted is compared in each commit.
struct ChangeMessage {
    /// PostgreSQL refuses a payload of 8,000 bytes or more.
    private static let mostBytes = 7_900

    let gateway: Int64
    /// Nil when there were too many for one message: read them all.
    let epochs: [String: Int64]?
    let wakesApprovals: Bool

    /// Nil when there is nothing to tell. Epochs of sessions are left out: they move with every new label, and a gateway
    /// that meets one learns it from its own commit.
    init?(from gateway: Int64, _ changes: MemoryChanges, _ group: [Transaction]) {
        let epochs = changes.epochs.filter { !$0.key.hasPrefix("session/") }
        let wakes = group.contains { $0.changes.contains { $0 is ApprovalChange || $0 is NoticeChange } }
        guard !epochs.isEmpty || wakes else { return nil }
        self.gateway = gateway
        self.epochs = epochs
        wakesApprovals = wakes
    }

    init?(text: String) {
        guard let json = try? JSON.parse(Array(text.utf8)), let gateway = json["gateway"]?.integerValue else {
            return nil
        }
        self.gateway = gateway
        wakesApprovals = json["approvals"] == true
        epochs = json["epochs"]?.objectValue.map { object in
            Dictionary(
                object.members.compactMap { member in member.value.integerValue.map { (member.key, $0) } },
                uniquingKeysWith: { first, _ in first })
        }
    }

    var text: String {
        let text = json(epochs).text
        return text.utf8.count <= ChangeMessage.mostBytes ? text : json(nil).text
    }

    private func json(_ epochs: [String: Int64]?) -> JSON {
        var object: JSONObject = ["gateway": .number(JSONNumber(gateway)), "approvals": .bool(wakesApprovals)]
        if let epochs {
            object["epochs"] = .object(
                JSONObject(epochs.sorted { $0.key < $1.key }.map { ($0.key, .number(JSONNumber($0.value))) }))
        }
        return .object(object)
    }
}

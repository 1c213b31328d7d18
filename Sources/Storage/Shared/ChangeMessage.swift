import Authority
import Gate
import Turns
import Wire

/// What a gateway tells the others of a commit, on the channel `deputy`: which epochs moved, whether people's answers or notices
/// did, and which turns. It is a hint that saves them a wait; what is trusted is compared in each commit.
struct ChangeMessage {
    /// PostgreSQL refuses a payload of 8,000 bytes or more.
    private static let mostBytes = 7_900

    let gateway: Int64
    /// Nil when there were too many for one message: read them all.
    let epochs: [String: Int64]?
    let news: StoreNews

    /// Nil when there is nothing to tell. Epochs of sessions are left out: they move with every new label, and a gateway
    /// that meets one learns it from its own commit.
    init?(from gateway: Int64, _ changes: MemoryChanges, _ group: [Transaction]) {
        let epochs = changes.epochs.filter { !$0.key.hasPrefix("session/") }
        let news = StoreNews(of: group)
        guard !epochs.isEmpty || !news.isEmpty else { return nil }
        self.gateway = gateway
        self.epochs = epochs
        self.news = news
    }

    init?(text: String) {
        guard let json = try? JSON.parse(Array(text.utf8)), let gateway = json["gateway"]?.integerValue else {
            return nil
        }
        self.gateway = gateway
        news = StoreNews(
            hasAnswers: json["approvals"] == true,
            moved: Dictionary(
                (json["moved"]?.objectValue?.members ?? []).compactMap { member in
                    member.value.stringValue.map { (ConversationID(raw: member.key), TurnID($0)) }
                }, uniquingKeysWith: { first, _ in first }),
            stopped: Set((json["stopped"]?.arrayValue ?? []).compactMap(\.stringValue).map { TurnID($0) }))
        epochs = json["epochs"]?.objectValue.map { object in
            Dictionary(
                object.members.compactMap { member in member.value.integerValue.map { (member.key, $0) } },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// Of what is too much for one message, turns go first: they are looked at anyway.
    var text: String {
        let candidates = [json(epochs, hasTurns: true), json(epochs, hasTurns: false)].map(\.text)
        return candidates.first { $0.utf8.count <= ChangeMessage.mostBytes } ?? json(nil, hasTurns: false).text
    }

    private func json(_ epochs: [String: Int64]?, hasTurns: Bool) -> JSON {
        var object: JSONObject = ["gateway": .number(JSONNumber(gateway)), "approvals": .bool(news.hasAnswers)]
        if hasTurns, !news.moved.isEmpty {
            object["moved"] = .object(
                JSONObject(news.moved.map { ($0.key.raw, .string($0.value.raw)) }.sorted { $0.0 < $1.0 }))
        }
        if hasTurns, !news.stopped.isEmpty { object["stopped"] = .array(news.stopped.sorted().map { .string($0.raw) }) }
        if let epochs {
            object["epochs"] = .object(
                JSONObject(epochs.sorted { $0.key < $1.key }.map { ($0.key, .number(JSONNumber($0.value))) }))
        }
        return .object(object)
    }
}

extension StoreNews {
    init(of group: [Transaction]) {
        for change in group.lazy.flatMap(\.changes) {
            switch change {
            case is ApprovalChange, is NoticeChange: hasAnswers = true
            case TurnChange.begin(let turn), TurnChange.move(let turn, from: _): moved[turn.conversation] = turn.id
            case TurnChange.stop(let turn, from: _):
                moved[turn.conversation] = turn.id
                stopped.insert(turn.id)
            default: break
            }
        }
    }
}

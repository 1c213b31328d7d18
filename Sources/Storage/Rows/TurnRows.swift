import Authority
import Gate
import Turns
import Wire

// The rows of conversations. Words aren't in them: those are payloads.

extension ChannelAccountID {
    init(row: Row) throws {
        guard let kind = ChannelKind(rawValue: try row["kind"]) else {
            throw StorageError(.corrupt, "the channel of a message can't be read")
        }
        self.init(organization: OrganizationID(try row["organization"]), kind: kind, name: try row["account"])
    }

    var values: [any Storable] { [organization.raw, kind.rawValue, name] }
}

extension InboxEntry {
    init(row: Row) throws {
        guard let state = InboxState(rawValue: try row["state"]) else {
            throw StorageError(.corrupt, "the state of a message can't be read")
        }
        self.init(
            id: InboxID(try row["id"]), account: try ChannelAccountID(row: row), event: try row["event"],
            conversation: ConversationID(raw: try row["conversation"]), isStop: try row["is_stop"] as Int64 == 1,
            received: Timestamp(microseconds: try row["received"]), writer: try row["writer"], state: state,
            attempts: try row["attempts"],
            notBefore: Timestamp(microseconds: try row["not_before"]), reason: try row["reason"])
    }
}

extension OutboxEntry {
    init(row: Row) throws {
        guard let state = OutboxState(rawValue: try row["state"]) else {
            throw StorageError(.corrupt, "the state of a message can't be read")
        }
        self.init(
            id: OutboxID(try row["id"]), account: try ChannelAccountID(row: row),
            conversation: ConversationID(raw: try row["conversation"]),
            turn: (try row["turn"] as String?).map { TurnID($0) }, created: Timestamp(microseconds: try row["created"]),
            state: state, attempts: try row["attempts"], notBefore: Timestamp(microseconds: try row["not_before"]),
            parts: try row["parts"], external: try row["external"], reason: try row["reason"],
            approval: (try row["approval"] as String?).map { ApprovalID($0) }, told: try row["told"],
            about: (try row["about"] as String?).map { ApprovalID($0) })
    }
}

extension Turn {
    init(row: Row) throws {
        func json(_ column: String) throws -> JSON { try JSON.parse(Array((row[column] as String).utf8)) }
        guard let requester = Requester(try json("requester")), let place = Place(json: try json("place")),
            let reply = try json("reply").objectValue,
            let state = TurnState(name: try row["state"], approval: try row["approval"])
        else { throw StorageError(.corrupt, "a turn can't be read") }
        self.init(
            id: TurnID(try row["id"]), account: try ChannelAccountID(row: row),
            conversation: ConversationID(raw: try row["conversation"]), message: InboxID(try row["message"]),
            agent: AgentID(try row["agent"]),
            requester: requester, sender: (try row["sender"] as String?).map { SenderID($0) }, place: place,
            reply: reply, began: Timestamp(microseconds: try row["began"]), state: state, steps: try row["steps"],
            touched: Timestamp(microseconds: try row["touched"]),
            ceiling: (try row["ceiling"] as Int64?).map { EffectSet(rawValue: UInt16(clamping: $0)) } ?? .all)
        if (try row["labels"] as String?) != nil { labels = try Labels(stored: row["labels"]) }
        looked = (try row["looked"] as Int64?).map { Timestamp(microseconds: $0) }
        attempts = try row["attempts"]
        notBefore = (try row["not_before"] as Int64?).map { Timestamp(microseconds: $0) }
        reason = try row["reason"]
    }

    var values: [any Storable] {
        [id.raw] + account.values + [
            conversation.raw, message.raw, session.raw, agent.raw, requester.json.text, requester.person?.raw,
            sender?.raw,
            place.json.text, JSON.object(reply).text, began.microseconds, state.name, state.approval, steps,
            touched.microseconds, Int64(ceiling.rawValue), labels.stored.text,
        ]
    }
}

extension TurnState {
    var approval: String? {
        switch self {
        case .parked(.approval(let id)): id.raw
        case .parked(.connection), .ready, .ended: nil
        }
    }

    init?(name: String, approval: String?) {
        switch name {
        case "ready": self = .ready
        case "parked": self = .parked(approval.map { .approval(ApprovalID($0)) } ?? .connection)
        default:
            guard let ending = TurnEnding(rawValue: name) else { return nil }
            self = .ended(ending)
        }
    }
}

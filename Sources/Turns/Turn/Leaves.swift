import Authority
import Gate
import Ledger
import Wire

/// The leaves of turns. They name who and what, never words.
enum Leaves {
    static func began(_ turn: Turn, at time: Timestamp) throws(LedgerError) -> Leaf {
        var fields: JSONObject = [
            "change": "turn.began", "turn": .string(turn.id.raw), "agent": .string(turn.agent.raw),
            "requester": .string(turn.requester.text), "client": .string(turn.session.client.raw),
        ]
        if let sender = turn.sender { fields["sender"] = .string(sender.raw) }
        return try Leaf(kind: .session, time: time.microseconds, fields: fields)
    }

    static func asks(
        _ turn: Turn, _ endpoint: ModelEndpoint, step: Int, _ labels: Labels, _ purpose: String? = nil,
        pictures: Int = 0, isUnseen: Bool = false, at time: Timestamp
    ) throws(LedgerError) -> Leaf {
        var fields: JSONObject = [
            "turn": .string(turn.id.raw), "step": .number(JSONNumber(step)), "agent": .string(turn.agent.raw),
            "requester": .string(turn.requester.text), "endpoint": .string(endpoint.name),
            "model": .string(endpoint.model), "integrity": .string(labels.integrity.name),
            "classes": .array(labels.classes.names.map { .string($0) }),
        ]
        if let purpose { fields["purpose"] = .string(purpose) }
        if pictures > 0 { fields["pictures"] = .number(JSONNumber(pictures)) }
        if isUnseen { fields["pictures_refused"] = true }
        if !endpoint.base.isEmpty { fields["at"] = .string(endpoint.base) }
        if let key = endpoint.slot.key, let use = endpoint.key {
            fields["key"] = .string(key.text)
            fields["connection"] = .string(use.facts.id.raw)
        }
        return try Leaf(kind: .model, time: time.microseconds, fields: fields)
    }

    /// What was said before is shown in fewer words from now on, and these are its labels.
    static func summarized(_ turn: Turn, _ summary: Summary, turns: Int, at time: Timestamp) throws(LedgerError) -> Leaf
    {
        try Leaf(
            kind: .session, time: time.microseconds,
            fields: [
                "change": "conversation.summarized", "turn": .string(turn.id.raw), "agent": .string(turn.agent.raw),
                "requester": .string(turn.requester.text), "turns": .number(JSONNumber(turns)),
                "integrity": .string(summary.labels.integrity.name),
                "classes": .array(summary.labels.classes.names.map { .string($0) }),
            ])
    }

    /// An errand: what is said goes out by this account.
    static func sends(_ entry: OutboxEntry, at time: Timestamp) throws(LedgerError) -> Leaf {
        var fields: JSONObject = [
            "change": "message.sending", "message": .string(entry.id.raw), "account": .string("\(entry.account)"),
            "attempt": .number(JSONNumber(entry.attempts)),
        ]
        if let turn = entry.turn { fields["turn"] = .string(turn.raw) }
        return try Leaf(kind: .session, time: time.microseconds, fields: fields)
    }

    /// An errand: the bytes of files go to where their channel shows them from.
    static func uploads(
        _ entry: OutboxEntry, _ files: [OutboundFile], at time: Timestamp
    ) throws(LedgerError) -> Leaf {
        var fields: JSONObject = [
            "change": "files.sending", "message": .string(entry.id.raw), "account": .string("\(entry.account)"),
            "attempt": .number(JSONNumber(entry.attempts)), "calls": .array(files.map { .string($0.call.raw) }),
        ]
        if let turn = entry.turn { fields["turn"] = .string(turn.raw) }
        return try Leaf(kind: .session, time: time.microseconds, fields: fields)
    }

    /// An errand: what waits for this approver goes to this sender, who is theirs.
    static func shows(
        _ card: OwedCard, _ outcome: CardOutcome, _ entry: OutboxEntry, to sender: SenderID, at time: Timestamp
    ) throws(LedgerError) -> Leaf {
        try Leaf(
            kind: .session, time: time.microseconds,
            fields: [
                "change": "card.\(outcome.rawValue)", "approval": .string(card.approval.raw),
                "person": .string(card.person.raw), "sender": .string(sender.raw), "message": .string(entry.id.raw),
                "account": .string("\(entry.account)"),
            ])
    }

    static func ended(
        _ turn: Turn, _ ending: TurnEnding, _ usage: ModelUsage, at time: Timestamp
    ) throws(LedgerError) -> Leaf {
        try Leaf(
            kind: .session, time: time.microseconds,
            fields: [
                "change": "turn.ended", "turn": .string(turn.id.raw), "agent": .string(turn.agent.raw),
                "requester": .string(turn.requester.text), "ending": .string(ending.rawValue),
                "input_tokens": .number(JSONNumber(usage.input)), "output_tokens": .number(JSONNumber(usage.output)),
            ])
    }
}

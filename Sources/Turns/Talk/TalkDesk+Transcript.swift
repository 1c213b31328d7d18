public import Authority
import Gate
public import Wire

extension TalkDesk {
    /// Turns of one transcript, the newest.
    private static let most = 10_000

    /// Of what a person wrote to agents, on every channel, oldest first: theirs alone.
    ///
    /// - Parameter session: one session's alone, by ``StoredSession/id``.
    public func transcript(
        of person: PersonID, in organization: OrganizationID, session: String? = nil
    ) async throws -> [Turn] {
        try await store.turns(of: person, in: organization, limit: TalkDesk.most).reversed()
            .filter { turn in session.map { $0 == turn.session.id } ?? true }
    }

    /// What was written and said in a turn. What tools answered isn't in it: an agent may read with accounts that aren't the
    /// person's.
    ///
    /// - Returns: objects with `session`, `agent`, `channel`, `turn`, `role` (`person`, `agent` or `deputy`), `time` in
    ///   microseconds, `text` (null when it was erased) and `labels`: what the session had seen by the turn's end.
    public func transcript(of turn: Turn) async throws -> [JSON] {
        let asked = try await payloads.open(turn.payload(of: 0)).flatMap(InboundMessage.init(json:))
        var lines = [turn.line("person", at: turn.began, asked?.text)]
        for entry in try await store.outbox(of: turn.id) {
            let said = try await payloads.open(entry.payload).flatMap(OutboundMessage.init(json:))
            lines.append(
                turn.line(
                    said?.content.role ?? "agent", at: entry.created, said?.content.plain, files: said?.files ?? []))
        }
        return lines
    }
}

extension Turn {
    fileprivate func line(
        _ role: String, at time: Timestamp, _ text: String?, files: [OutboundFile] = []
    ) -> JSON {
        var line: JSONObject = [
            "session": .string(session.id), "agent": .string(agent.raw), "channel": .string("\(account)"),
            "turn": .string(id.raw), "role": .string(role), "time": .number(JSONNumber(time.microseconds)),
            "text": text.map { .string($0) } ?? .null,
            "labels": [
                "integrity": .string(labels.integrity.name), "readers": labels.readers.json,
                "classes": .array(labels.classes.names.map { .string($0) }),
            ],
        ]
        if !files.isEmpty { line["files"] = .array(files.map(\.json)) }
        return .object(line)
    }
}

extension OutboundContent {
    fileprivate var role: String {
        switch self {
        case .words: "agent"
        case .notice, .approval: "deputy"
        }
    }

    /// Without links: those were for that moment.
    public var plain: String {
        switch self {
        case .words(let text), .notice(let text, _): text
        case .approval(let notice): ([notice.title] + notice.lines).joined(separator: "\n")
        }
    }
}

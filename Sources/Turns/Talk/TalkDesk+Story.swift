public import Authority
import Gate
import Wire

/// One message that was sent, and all that may be told of what became of it.
public struct TalkStory: Sendable, Hashable {
    public let state: InboxState
    /// Whether it was a stop, which begins no turn.
    public let isStop: Bool
    /// Nil until a turn has begun with it.
    public let turn: Turn?
    /// Empty until then. It only grows at its end.
    public let moments: [TurnMoment]
    /// What was written; nil when it was erased.
    public let text: String?
    /// What came with it.
    public let attachments: [Attachment]
}

extension TalkDesk {
    /// Nil when this person sent no message under this id here.
    public func story(of event: String, in talk: TalkPlace, by person: PersonID) async throws -> TalkStory? {
        let name = TalkDesk.event(event, of: person)
        guard let entry = try await store.inboxEntry(event: name, of: talk.account),
            entry.conversation == talk.conversation(of: person)
        else { return nil }
        let message = try await payloads.open(entry.payload).flatMap(InboundMessage.init(json:))
        let (text, attachments) = (message?.text, message?.attachments ?? [])
        guard let turn = try await store.turn(with: entry.id) else {
            return TalkStory(
                state: entry.state, isStop: entry.isStop, turn: nil, moments: [], text: text, attachments: attachments)
        }
        let moments: [TurnMoment]
        do {
            let log = try await OpenTurn(turn, payloads).log
            moments = TurnMoment.all(of: log, turn.state, said: try await said(in: turn))
        } catch TurnError.erased {
            moments = TurnMoment.all(of: TurnLog([]), turn.state, said: [])
        }
        return TalkStory(
            state: entry.state, isStop: entry.isStop, turn: turn, moments: moments, text: text, attachments: attachments
        )
    }
}

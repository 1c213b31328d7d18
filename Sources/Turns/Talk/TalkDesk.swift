public import Authority
public import Gate
import Wire

/// Conversations of people who have signed in, on pages and from the command line.
public struct TalkDesk: Sendable {
    private let store: any TurnStore & OutboxStore
    private let payloads: PayloadKeeper
    private let inbox: InboxDesk
    public let events: TurnEvents

    public init(store: any TurnStore & OutboxStore, payloads: PayloadKeeper, inbox: InboxDesk, events: TurnEvents) {
        self.store = store
        self.payloads = payloads
        self.inbox = inbox
        self.events = events
    }

    /// Scalars of one message.
    public static let longest = 32_000

    /// - Parameter event: equal for each attempt to send the same message.
    /// - Throws: `CommitError` when it can't be stored.
    public func write(
        _ text: String, in talk: TalkPlace, by person: PersonID, event: String, at now: Timestamp
    ) async throws -> InboxDesk.Taken {
        try await inbox.take(
            InboundMessage(
                account: talk.account, event: "\(person)/\(event)", place: talk.place(of: person),
                sender: .person(person), agent: talk.agent, text: text, sent: now, isAddressed: true, reply: [:]))
    }

    /// What was said in a conversation, oldest first.
    ///
    /// - Parameter limit: of turns, the newest.
    public func lines(in talk: TalkPlace, of person: PersonID, limit: Int = 50) async throws -> [TalkTurn] {
        let turns = try await store.turns(of: talk.session(of: person), limit: limit)
        var lines: [TalkTurn] = []
        for turn in turns.reversed() {
            let question = try await payloads.open(turn.payload(of: 0)).flatMap(InboundMessage.init(json:))?.text
            var said: [OutboundContent] = []
            for entry in try await store.outbox(of: turn.id) {
                guard let message = try await payloads.open(entry.payload).flatMap(OutboundMessage.init(json:)) else {
                    continue
                }
                said.append(message.content)
            }
            lines.append(TalkTurn(turn: turn, question: question, said: said))
        }
        return lines
    }

    /// The conversations that a person had here, the newest first, each with its last turn.
    public func conversations(
        of person: PersonID, through kind: ChannelKind, in organization: OrganizationID
    ) async throws -> [(talk: TalkPlace, last: Turn)] {
        var seen: Set<TalkPlace> = []
        var found: [(talk: TalkPlace, last: Turn)] = []
        for turn in try await store.turns(of: person, in: organization, limit: 500) where turn.account.kind == kind {
            guard let talk = TalkPlace(of: turn), seen.insert(talk).inserted else { continue }
            found.append((talk, turn))
        }
        return found
    }
}

/// One conversation of a signed-in person with an agent: which channel, which agent, and the conversation's own name.
public struct TalkPlace: Sendable, Hashable {
    public let organization: OrganizationID
    public let kind: ChannelKind
    public let agent: AgentID
    public let name: String

    /// Nil for a name that isn't 1 to 64 letters, digits, `-` and `_`.
    public init?(organization: OrganizationID, kind: ChannelKind, agent: AgentID, name: String) {
        let isPlain = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "_")
        }
        guard isPlain, (1...64).contains(name.utf8.count) else { return nil }
        self.organization = organization
        self.kind = kind
        self.agent = agent
        self.name = name
    }

    init?(of turn: Turn) {
        guard let thread = turn.place.thread else { return nil }
        self.init(
            organization: turn.account.organization, kind: turn.account.kind, agent: turn.agent,
            name: String(thread.dropFirst(turn.agent.raw.count + 1)))
    }

    public var account: ChannelAccountID { ChannelAccountID(organization: organization, kind: kind, name: "main") }

    func place(of person: PersonID) -> Place {
        Place(peer: Place.Peer(kind: .direct, id: person.raw), thread: "\(agent)/\(name)")
    }

    public func conversation(of person: PersonID) -> ConversationID {
        ConversationID(in: place(of: person), of: account)
    }

    public func session(of person: PersonID) -> SessionKey {
        conversation(of: person).session(of: .person(person), with: agent, through: account)
    }
}

/// One question and what was said to it so far.
public struct TalkTurn: Sendable, Hashable {
    public let turn: Turn
    /// Nil when its words were erased.
    public let question: String?
    public let said: [OutboundContent]
}

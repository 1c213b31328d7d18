public import Authority
public import Gate
import Wire

/// Conversations of people who have signed in, on pages and over `/v1`.
public struct TalkDesk: Sendable {
    let store: any TurnStore & OutboxStore & InboxStore
    let payloads: PayloadKeeper
    private let inbox: InboxDesk
    public let events: TurnEvents

    public init(
        store: any TurnStore & OutboxStore & InboxStore, payloads: PayloadKeeper, inbox: InboxDesk, events: TurnEvents
    ) {
        self.store = store
        self.payloads = payloads
        self.inbox = inbox
        self.events = events
    }

    /// Scalars of one message.
    public static let longest = 32_000

    /// - Parameters:
    ///   - files: what comes with it, without a problem (``InboundFile/problem(of:)``).
    ///   - event: equal for each attempt to send the same message.
    ///   - ceiling: what may be done at the most on this message.
    ///   - most: messages of its account that may wait; nil for no bound.
    /// - Returns: nil when there is no room.
    /// - Throws: `CommitError` when it can't be stored.
    public func write(
        _ text: String, files: [InboundFile] = [], in talk: TalkPlace, by person: PersonID, event: String,
        ceiling: EffectSet = .all,
        most: Int? = nil, at now: Timestamp
    ) async throws -> InboxDesk.Taken? {
        let message = InboundMessage(
            account: talk.account, event: TalkDesk.event(event, of: person), place: talk.place(of: person),
            sender: .person(person), agent: talk.agent, text: text, sent: now, isAddressed: true, reply: [:],
            ceiling: ceiling)
        guard let most else { return try await inbox.take(message, files: files) }
        return try await inbox.take(message, files: files, most: most)
    }

    static func event(_ name: String, of person: PersonID) -> String { "\(person)/\(name)" }

    /// What was said in a conversation, oldest first.
    ///
    /// - Parameter limit: of turns, the newest.
    public func lines(in talk: TalkPlace, of person: PersonID, limit: Int = 50) async throws -> [TalkTurn] {
        let turns = try await store.turns(
            of: talk.session(of: person), in: talk.conversation(of: person), limit: limit)
        var lines: [TalkTurn] = []
        for turn in turns.reversed() {
            let question = try await payloads.open(turn.payload(of: 0)).flatMap(InboundMessage.init(json:))
            let said = try await said(in: turn).compactMap(\.self)
            let prefix = TalkDesk.event("", of: person)
            lines.append(
                TalkTurn(
                    turn: turn, event: question.map { String($0.event.dropFirst(prefix.count)) },
                    question: question?.text, attachments: question?.attachments ?? [], said: said))
        }
        return lines
    }

    /// In its order; nil for what was erased.
    func said(in turn: Turn) async throws -> [Said?] {
        var said: [Said?] = []
        for entry in try await store.outbox(of: turn.id) {
            let message = try await payloads.open(entry.payload).flatMap(OutboundMessage.init(json:))
            said.append(message.map { Said($0.content, files: $0.files) })
        }
        return said
    }

    /// The conversations that a person had here, the newest first, each with its last turn.
    public func conversations(
        of person: PersonID, through kind: ChannelKind, in organization: OrganizationID
    ) async throws -> [(talk: TalkPlace, last: Turn)] {
        newest(try await store.turns(of: person, in: organization, limit: 500).filter { $0.account.kind == kind })
    }

    /// Those of one token with one agent, the newest first.
    public func conversations(of session: SessionKey) async throws -> [(talk: TalkPlace, last: Turn)] {
        newest(try await store.turns(of: session, limit: 500))
    }

    private func newest(_ turns: [Turn]) -> [(talk: TalkPlace, last: Turn)] {
        var seen: Set<TalkPlace> = []
        var found: [(talk: TalkPlace, last: Turn)] = []
        for turn in turns {
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
    /// The account: over `/v1` the token, so that a conversation is one token's and one person's.
    private let through: String

    /// Nil for a name that isn't plain.
    public init?(organization: OrganizationID, kind: ChannelKind, agent: AgentID, name: String) {
        self.init(organization, kind, agent, name, through: "main")
    }

    /// A conversation over `/v1`, of whoever holds this token.
    public init?(organization: OrganizationID, token: ClientID, agent: AgentID, name: String) {
        self.init(organization, .api, agent, name, through: token.raw)
    }

    /// Whether it is 1 to 64 letters, digits, `-` and `_`.
    public static func isPlain(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "_")
        }
        return isPlain && (1...64).contains(name.utf8.count)
    }

    private init?(
        _ organization: OrganizationID, _ kind: ChannelKind, _ agent: AgentID, _ name: String, through: String
    ) {
        guard TalkPlace.isPlain(name) else { return nil }
        self.through = through
        self.organization = organization
        self.kind = kind
        self.agent = agent
        self.name = name
    }

    init?(of turn: Turn) {
        guard let thread = turn.place.thread else { return nil }
        self.init(
            turn.account.organization, turn.account.kind, turn.agent,
            String(thread.dropFirst(turn.agent.raw.count + 1)), through: turn.account.name)
    }

    public var account: ChannelAccountID { ChannelAccountID(organization: organization, kind: kind, name: through) }

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
    /// The id that it was sent under, and nil with its words.
    public let event: String?
    /// Nil when its words were erased.
    public let question: String?
    /// What came with it.
    public let attachments: [Attachment]
    public let said: [Said]
}

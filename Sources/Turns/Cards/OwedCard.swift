public import Authority
public import Gate

/// A card that one approver is to be shown of a call that waits for them. Committed together with the approval.
public struct OwedCard: Sendable, Hashable {
    public let approval: ApprovalID
    public let person: PersonID
    public let organization: OrganizationID
    /// Who asks through what: cards of one source are capped together.
    public let source: String
    public let created: Timestamp
    /// Accounts by which it couldn't be shown.
    public let tried: Set<String>

    public init(
        approval: ApprovalID, person: PersonID, organization: OrganizationID, source: String, created: Timestamp,
        tried: Set<String> = []
    ) {
        self.approval = approval
        self.person = person
        self.organization = organization
        self.source = source
        self.created = created
        self.tried = tried
    }

    func trying(_ tried: Set<String>) -> OwedCard {
        OwedCard(
            approval: approval, person: person, organization: organization, source: source, created: created,
            tried: tried)
    }

    /// One for everybody who may answer and hasn't. Whoever wrote the message that the call is for is told where they wrote.
    public static func changes(for approval: Approval) -> [any StoredChange] {
        let isTold = approval.call.trigger == .message
        return approval.approvers.subtracting(approval.yes).sorted()
            .filter { !isTold || $0 != approval.call.requester.person }
            .map { person in
                CardChange.owe(
                    OwedCard(
                        approval: approval.id, person: person, organization: approval.call.organization,
                        source: approval.source, created: approval.created))
            }
    }
}

/// What became of a card.
public enum CardOutcome: String, Sendable, CaseIterable {
    /// It went out by itself.
    case shown
    /// It was one too many: the person was told that more waits than they are shown.
    case told
    /// They had been told so a while before.
    case gathered
    /// Nobody has to be shown it any more, or no account can.
    case needless
    /// No account that could did.
    case undelivered

    /// Whether the person sees something of it.
    var isSeen: Bool {
        switch self {
        case .shown, .told: true
        case .gathered, .needless, .undelivered: false
        }
    }
}

public struct SettledCard: Sendable, Hashable {
    public let source: String
    public let outcome: CardOutcome
    public let at: Timestamp

    public init(source: String, outcome: CardOutcome, at: Timestamp) {
        self.source = source
        self.outcome = outcome
        self.at = at
    }
}

/// Cards of approvers, for reading.
public protocol CardStore: Sendable {
    /// Those that nobody has looked at, the oldest first.
    func owedCards(limit: Int) async throws -> [OwedCard]
    /// What became of a person's cards at this time or later, the oldest first.
    func settledCards(
        of person: PersonID, in organization: OrganizationID, since time: Timestamp
    ) async throws -> [SettledCard]
    /// Cards whose message failed, or may not have arrived, or waits and is older than this. Those that are oldest come first.
    func unseenCards(waitingSince time: Timestamp, limit: Int) async throws -> [UnseenCard]
    /// Whether this person sees what waits for them where they talk.
    func reach(of approval: ApprovalID, to person: PersonID) async throws -> ApproverReach
    /// Of the cards that are kept.
    func cardFigures() async throws -> CardFigures
}

/// A card that its reader doesn't see, and the message that should have shown it.
public struct UnseenCard: Sendable, Hashable {
    public let card: OwedCard
    /// As what the message was sent.
    public let outcome: CardOutcome
    public let message: OutboxID

    public init(card: OwedCard, outcome: CardOutcome, message: OutboxID) {
        self.card = card
        self.outcome = outcome
        self.message = message
    }
}

public struct CardFigures: Sendable, Hashable {
    public let owed: Int
    public let outcomes: [CardOutcome: Int]
    /// Those that went another way than the first.
    public let rerouted: Int
    /// Those that nothing showed, of approvals that wait still.
    public let unreached: Int

    public init(owed: Int, outcomes: [CardOutcome: Int], rerouted: Int, unreached: Int) {
        self.owed = owed
        self.outcomes = outcomes
        self.rerouted = rerouted
        self.unreached = unreached
    }
}

public enum CardChange: StoredChange {
    /// Refused as `exists` when it is owed already.
    case owe(OwedCard)
    /// Refused as `exists` when it isn't owed any more.
    ///
    /// - message: what shows it, if something does.
    case settle(OwedCard, CardOutcome, message: OutboxID?, at: Timestamp)
    /// Changes nothing. Refused as `exists` unless so many were shown to the person, or told of, at this time or later.
    case counted(PersonID, OrganizationID, since: Timestamp, seen: Int)
    /// Another way is taken than by this message. Refused as `exists` when it isn't shown by that one any more.
    ///
    /// - message: what shows it now, if something does.
    case reroute(UnseenCard, CardOutcome, tried: Set<String>, message: OutboxID?, at: Timestamp)
    /// Forgets what was settled before this time.
    case prune(settledBefore: Timestamp)
}

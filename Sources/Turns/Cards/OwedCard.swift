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

    public init(
        approval: ApprovalID, person: PersonID, organization: OrganizationID, source: String, created: Timestamp
    ) {
        self.approval = approval
        self.person = person
        self.organization = organization
        self.source = source
        self.created = created
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
}

public enum CardChange: StoredChange {
    /// Refused as `exists` when it is owed already.
    case owe(OwedCard)
    /// Refused as `exists` when it isn't owed any more.
    ///
    /// - message: what shows it, if something does.
    case settle(OwedCard, CardOutcome, message: OutboxID?, at: Timestamp)
    /// Forgets what was settled before this time.
    case prune(settledBefore: Timestamp)
}

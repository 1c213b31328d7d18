public import Authority
public import Gate

/// What waits for a turn. Changing it is a transaction's.
public protocol InboxStore: Sendable {
    /// Takes what may be looked at for this gateway, what it has already included: of each conversation without a ready turn
    /// its first waiting message, and every message that says stop. Those that wait longest come first. What another living
    /// gateway has taken isn't among them.
    ///
    /// - Parameter each: of one account at the most, and as many stops.
    func claimMessages(at now: Timestamp, limit: Int, each: Int) async throws -> [InboxEntry]
    func inboxEntry(_ id: InboxID) async throws -> InboxEntry?
    /// Nil when the account never had an event of this id, or has forgotten it.
    func inboxEntry(event: String, of account: ChannelAccountID) async throws -> InboxEntry?
    /// What was set aside, newest first.
    func setAside(in organization: OrganizationID, limit: Int) async throws -> [InboxEntry]
}

/// Turns, for reading.
public protocol TurnStore: Sendable {
    /// Whether this job is this gateway's, of several that share a store.
    func keepsHouse(_ job: HouseJob) async throws -> Bool
    func turn(_ id: TurnID) async throws -> Turn?
    /// Where a conversation is; nil when no turn began in it.
    func place(of conversation: ConversationID, in organization: OrganizationID) async throws -> Place?
    /// Takes turns that can go on now for this gateway, those that it has already included, in the order in which they began.
    /// What another living gateway runs isn't among them. It is given back by the commit that ends, parks or puts off the turn.
    ///
    /// - Parameter each: of one agent at the most.
    func claimTurns(at now: Timestamp, limit: Int, each: Int) async throws -> [Turn]
    /// The ready turns that this gateway has taken.
    func claimedTurns() async throws -> Set<TurnID>
    /// Turns that wait for an approval that waits for nobody any more, those looked at longest ago first.
    func answeredTurns(limit: Int) async throws -> [Turn]
    /// Turns that wait for somebody and weren't looked at since, those looked at longest ago first.
    func parkedTurns(lookedBefore time: Timestamp, limit: Int) async throws -> [Turn]
    /// Turns that failed for a reason that may pass, newest first.
    func stuckTurns(in organization: OrganizationID, limit: Int) async throws -> [Turn]
    /// By the agent, of all requesters.
    func tokensUsed(_ use: TokenUse) async throws -> Int
    /// By the agent, of this requester alone.
    func tokensUsedAlone(_ use: TokenUse) async throws -> Int
    /// The newest turns of a session, newest first.
    func turns(of session: SessionKey, limit: Int) async throws -> [Turn]
    /// Those of one conversation, newest first: a token's session has several.
    func turns(of session: SessionKey, in conversation: ConversationID, limit: Int) async throws -> [Turn]
    /// What stands for the old turns of a conversation; nil while there are few.
    func summary(of session: SessionKey, in conversation: ConversationID) async throws -> Summary?
    /// The turn that began with this message.
    func turn(with message: InboxID) async throws -> Turn?
    /// The turn in which this call sent something; nil for one that nobody noted.
    func turn(sending call: CallID) async throws -> Turn?
    /// The calls of a turn that sent something, by their ids.
    func calls(sentBy turn: TurnID) async throws -> [CallID]
    /// The newest turns of a person, of all their sessions, newest first.
    func turns(of person: PersonID, in organization: OrganizationID, limit: Int) async throws -> [Turn]
}

/// What is to be said, for reading.
public protocol OutboxStore: Sendable {
    /// Takes the first open message of each conversation for this gateway, those that it has already included, those that wait
    /// longest first. None of an account that is paused, and none that another living gateway sends.
    ///
    /// - Parameter each: of one account at the most.
    func claimOutbox(at now: Timestamp, limit: Int, each: Int) async throws -> [OutboxEntry]
    /// The messages of a turn, in their order.
    func outbox(of turn: TurnID) async throws -> [OutboxEntry]
    func outboxEntry(_ id: OutboxID) async throws -> OutboxEntry?
    /// Cards that stand though their approval was decided, or is gone. Those that wait longest come first.
    func decidedCards(limit: Int) async throws -> [OutboxEntry]
    /// The card that the channel knows by this id and that stands; nil for every other message.
    func standingCard(_ account: ChannelAccountID, shown external: String) async throws -> OutboxEntry?
    /// Every card that was delivered and stands, the oldest first, from the one after this on.
    func standingCards(after card: OutboxEntry?, limit: Int) async throws -> [OutboxEntry]
    /// What couldn't be delivered, or nobody knows whether it was, newest first.
    func undelivered(in organization: OrganizationID, limit: Int) async throws -> [OutboxEntry]
}

/// What conversations change in the store. What another living gateway has taken is refused as `exists`: a message that it
/// begins, a turn that it runs, an answer that it sends.
public enum TurnChange: StoredChange {
    /// Refused as `exists` when the account has had an event of this id already.
    case receive(InboxEntry)
    /// Changes nothing. Refused as `exists` when more messages of the account than that wait.
    case room(ChannelAccountID, most: Int)
    /// The same of one writer's messages to the account.
    case roomOfWriter(ChannelAccountID, writer: String, most: Int)
    /// This sender is told that they write too much. Refused as `exists` when they were told since then.
    case warn(OrganizationID, SenderID, at: Timestamp, unlessSince: Timestamp)
    /// Replaces a waiting one, which whoever comes first may take then. Refused as `exists` when it isn't waiting any more.
    case replace(InboxEntry)
    /// Has a message that was set aside tried again. Refused as `exists` when it isn't.
    case replay(InboxID, at: Timestamp)
    /// Nothing is done any more with a message that was set aside. Refused as `exists` when it isn't.
    case drop(InboxID)
    /// Has a message sent again that certainly wasn't delivered. Refused as `exists` when it isn't one.
    case sayAgain(OutboxID, at: Timestamp)
    /// Nobody is told any more of a message that wasn't delivered, or may not have been. Refused as `exists` when it isn't one.
    case forgo(OutboxID)
    /// Begins a turn with its message, which waits; this gateway runs it. Refused as `exists` when the message isn't waiting any
    /// more, a turn of its conversation is ready, or its session began after it: then it would count as forgotten.
    case begin(Turn)
    /// Where a turn stands now, and how many steps it has. While it is ready and isn't put off, this gateway runs it. Refused as
    /// `exists` when it has ended, or had another number of steps than this before.
    case move(Turn, from: Int)
    /// The same from outside, whoever runs it: it doesn't go on there.
    case stop(Turn, from: Int)
    /// Changes nothing. Refused as `exists` unless the turn is ready with so many steps, and no other gateway runs it.
    case hold(TurnID, steps: Int)
    /// This call of a turn sent something, to which somebody may answer.
    case sent(CallID, by: TurnID)
    /// Stands for the old turns of its conversation from now on. Refused as `exists` when the one that it takes the place of,
    /// by its payload, doesn't stand there.
    case summarize(Summary, replacing: String?)
    /// Adds to what is used on a day before it is. Refused as `exists` when it would be more than a limit then.
    case reserve(TokenUse, tokens: Int, within: TokenLimits)
    /// Adds to what was used on a day, or takes back what was reserved and not used.
    case used(TokenUse, tokens: Int)
    /// What it waited for has come, as far as can be seen: this gateway runs it. Nothing happens when it doesn't wait.
    case wake(TurnID, at: Timestamp)
    /// A parked turn was looked at.
    case looked(TurnID, at: Timestamp)
    /// Has a turn that failed with a reason go on where it was. Refused as `exists` when it isn't one.
    case resume(TurnID, at: Timestamp)
    /// Nobody is told any more of a turn that failed with a reason. Refused as `exists` when it isn't one.
    case abandon(TurnID)
    /// Refused as `exists` when its id is there already.
    case say(OutboxEntry)
    /// Refused as `exists` when it isn't open any more.
    case settle(OutboxEntry)
    /// The card of an approval doesn't stand any more. Refused as `exists` when it didn't.
    case takeDown(OutboxID)
    /// The card that the channel knows by this id doesn't stand any more, if it did.
    case takeDownShown(ChannelAccountID, String)
    /// Forgets events that started nothing and messages that no turn said, with their words, when they were settled before
    /// this time. What belongs to a turn stays with it.
    case prune(before: Timestamp)
}

extension TurnChange {
    /// Of which messages are counted that wait.
    public var countedAccount: ChannelAccountID? {
        switch self {
        case .room(let account, most: _), .roomOfWriter(let account, writer: _, most: _): account
        case .receive, .warn, .replace, .replay, .drop, .begin, .move, .stop, .hold, .wake, .looked, .sent, .resume,
            .abandon,
            .summarize, .reserve, .used, .say, .sayAgain, .forgo, .takeDown, .takeDownShown, .settle, .prune:
            nil
        }
    }
}

public import Authority
public import Gate
import Synchronization
public import Turns

extension MemoryStore: InboxStore, TurnStore, OutboxStore {
    public func claimMessages(at now: Timestamp, limit: Int, each: Int) async throws -> [InboxEntry] {
        claim(\.messageClaims, \.id) { state, isFree in
            let waiting = state.talk.inbox.values.filter { $0.state == .waiting }
                .sorted { ($0.received, $0.id) < ($1.received, $1.id) }
            let busy = Set(state.talk.turns.values.filter { $0.state == .ready }.map(\.conversation))
            var seen: Set<ConversationID> = []
            let heads = waiting.filter { entry in
                let isFirst = entry.isStop || seen.insert(entry.conversation).inserted
                return entry.notBefore <= now && (entry.isStop || isFirst && !busy.contains(entry.conversation))
                    && isFree(entry.id)
            }
            return Array(heads.most(each) { "\($0.account) \($0.isStop)" }.prefix(limit))
        }
    }

    public func inboxEntry(_ id: InboxID) async throws -> InboxEntry? { state.withLock { $0.talk.inbox[id] } }

    public func inboxEntry(event: String, of account: ChannelAccountID) async throws -> InboxEntry? {
        state.withLock { $0.talk.inbox.values.first { $0.account == account && $0.event == event } }
    }

    public func setAside(in organization: OrganizationID, limit: Int) async throws -> [InboxEntry] {
        state.withLock { state in
            Array(
                state.talk.inbox.values.filter { $0.account.organization == organization && $0.state == .aside }
                    .sorted { ($0.received, $0.id) > ($1.received, $1.id) }.prefix(limit))
        }
    }

    public func keepsHouse(_ job: HouseJob) async throws -> Bool { leads(job.name, lease) }

    /// Takes rows for this gateway, which has a lease where there are others.
    private func claim<Entry: Sendable, ID: Hashable>(
        _ claims: WritableKeyPath<TurnsState, [ID: Int64]>, _ id: (Entry) -> ID,
        _ due: (MemoryState, (ID) -> Bool) -> [Entry]
    ) -> [Entry] {
        state.withLock { state in
            let own = lease ?? 0
            guard lease == nil || state.gateways.leases[own] != nil else { return [] }
            let (claimed, leases) = (state.talk[keyPath: claims], state.gateways.leases)
            let rows = due(state) { id in claimed[id].map { $0 == own || leases[$0] == nil } ?? true }
            for row in rows { state.talk[keyPath: claims][id(row)] = own }
            return rows
        }
    }

    public func place(of conversation: ConversationID, in organization: OrganizationID) async throws -> Place? {
        state.withLock { state in
            state.talk.turns.values.first {
                $0.conversation == conversation && $0.account.organization == organization
            }?.place
        }
    }

    public func turn(_ id: TurnID) async throws -> Turn? { state.withLock { $0.talk.turns[id] } }

    public func claimTurns(at now: Timestamp, limit: Int, each: Int) async throws -> [Turn] {
        let taken = claim(\.turnClaims, \.id) { (state, isFree) -> [Turn] in
            Array(
                state.talk.turns.values
                    .filter { $0.state == .ready && ($0.notBefore.map { $0 <= now } ?? true) && isFree($0.id) }
                    .sorted { ($0.began, $0.id) < ($1.began, $1.id) }
                    .most(each) { "\($0.account.organization) \($0.agent)" }.prefix(limit))
        }
        let meanwhile = late.withLock { $0 }
        await meanwhile(taken.map(\.id))
        return taken
    }

    public func claimedTurns() async throws -> Set<TurnID> {
        let own = lease ?? 0
        return state.withLock { state in
            Set(state.talk.turns.values.filter { $0.state == .ready && state.talk.turnClaims[$0.id] == own }.map(\.id))
        }
    }

    public func answeredTurns(limit: Int) async throws -> [Turn] {
        parked(limit) { turn, approvals in
            switch turn.state {
            case .parked(.approval(let id)): approvals[id].map { !$0.state.isPending } ?? false
            case .parked(.connection), .ready, .ended: false
            }
        }
    }

    public func parkedTurns(lookedBefore time: Timestamp, limit: Int) async throws -> [Turn] {
        parked(limit) { turn, _ in
            switch turn.state {
            case .parked: turn.looked.map { $0 < time } ?? true
            case .ready, .ended: false
            }
        }
    }

    private func parked(_ limit: Int, where isMeant: (Turn, [ApprovalID: Approval]) -> Bool) -> [Turn] {
        let never = Timestamp(microseconds: 0)
        return state.withLock { state in
            Array(
                state.talk.turns.values.filter { isMeant($0, state.approvals) }
                    .sorted { ($0.looked ?? never, $0.id) < ($1.looked ?? never, $1.id) }.prefix(limit))
        }
    }

    public func stuckTurns(in organization: OrganizationID, limit: Int) async throws -> [Turn] {
        newest(limit) { $0.account.organization == organization && $0.isStuck }
    }

    public func tokensUsed(_ use: TokenUse) async throws -> Int {
        state.withLock { $0.talk.used(by: use) }
    }

    public func tokensUsedAlone(_ use: TokenUse) async throws -> Int { state.withLock { $0.talk.tokens[use] ?? 0 } }

    public func turns(of session: SessionKey, limit: Int) async throws -> [Turn] {
        newest(limit) { $0.session == session }
    }

    public func turns(
        of session: SessionKey, in conversation: ConversationID, limit: Int
    ) async throws -> [Turn] {
        newest(limit) { $0.session == session && $0.conversation == conversation }
    }

    public func summary(of session: SessionKey, in conversation: ConversationID) async throws -> Summary? {
        state.withLock { $0.talk.summaries[SummaryPlace(session: session, conversation: conversation)] }
    }

    public func turn(with message: InboxID) async throws -> Turn? {
        state.withLock { $0.talk.turns.values.first { $0.message == message } }
    }

    public func turn(sending call: CallID) async throws -> Turn? {
        state.withLock { state in state.talk.sent[call].flatMap { state.talk.turns[$0] } }
    }

    public func calls(sentBy turn: TurnID) async throws -> [CallID] {
        state.withLock { $0.talk.sent.filter { $0.value == turn }.keys.sorted { $0.raw < $1.raw } }
    }

    public func turns(of person: PersonID, in organization: OrganizationID, limit: Int) async throws -> [Turn] {
        newest(limit) { $0.account.organization == organization && $0.requester.person == person }
    }

    private func newest(_ limit: Int, where isMeant: (Turn) -> Bool) -> [Turn] {
        state.withLock { state in
            Array(
                state.talk.turns.values.filter(isMeant).sorted { ($0.began, $0.id) > ($1.began, $1.id) }.prefix(limit))
        }
    }

    public func claimOutbox(at now: Timestamp, limit: Int, each: Int) async throws -> [OutboxEntry] {
        claim(\.answerClaims, \.id) { state, isFree in
            var seen: Set<ConversationID> = []
            let paused = Set(state.channelAccounts.map(\.account).filter(\.isPaused).map(\.id))
            return Array(
                state.talk.outbox.values.filter(\.state.isOpen).sorted { ($0.created, $0.id) < ($1.created, $1.id) }
                    .filter { entry in
                        seen.insert(entry.conversation).inserted && entry.notBefore <= now
                            && !paused.contains(entry.account) && isFree(entry.id)
                    }.most(each) { "\($0.account)" }.prefix(limit))
        }
    }

    public func outbox(of turn: TurnID) async throws -> [OutboxEntry] {
        state.withLock { state in
            state.talk.outbox.values.filter { $0.turn == turn }.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
        }
    }

    public func standingCard(_ account: ChannelAccountID, shown external: String) async throws -> OutboxEntry? {
        state.withLock { state in
            state.talk.outbox.values.first {
                $0.account == account && $0.external == external && $0.approval != nil
            }
        }
    }

    public func standingCards(after card: OutboxEntry?, limit: Int) async throws -> [OutboxEntry] {
        state.withLock { state in
            let standing = state.talk.outbox.values.filter { $0.approval != nil && $0.state == .delivered }
                .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
            let later = standing.filter { entry in
                card.map { ($0.created, $0.id) < (entry.created, entry.id) } ?? true
            }
            return Array(later.prefix(limit))
        }
    }

    public func decidedCards(limit: Int) async throws -> [OutboxEntry] {
        state.withLock { state in
            Array(
                state.talk.outbox.values.filter { entry in
                    guard entry.state == .delivered, let approval = entry.approval else { return false }
                    return state.approvals[approval]?.state.isPending != true
                }.sorted { ($0.created, $0.id) < ($1.created, $1.id) }.prefix(limit))
        }
    }

    public func outboxEntry(_ id: OutboxID) async throws -> OutboxEntry? { state.withLock { $0.talk.outbox[id] } }

    public func undelivered(in organization: OrganizationID, limit: Int) async throws -> [OutboxEntry] {
        state.withLock { state in
            Array(
                state.talk.outbox.values.filter {
                    $0.account.organization == organization && ($0.state == .unknown || $0.state == .failed)
                }.sorted { ($0.created, $0.id) > ($1.created, $1.id) }.prefix(limit))
        }
    }
}

extension Array {
    /// The first so many of each kind, in their order.
    fileprivate func most(_ each: Int, _ kind: (Element) -> String) -> [Element] {
        var counts: [String: Int] = [:]
        return filter { element in
            counts[kind(element), default: 0] += 1
            return counts[kind(element), default: 0] <= each
        }
    }
}

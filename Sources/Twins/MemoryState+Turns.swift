import Authority
import Gate
import Turns

/// A sender, in their organization.
struct Flooder: Hashable, Sendable {
    let organization: OrganizationID
    let sender: SenderID
}

/// Conversations in memory.
struct TurnsState: Sendable {
    var inbox: [InboxID: InboxEntry] = [:]
    var turns: [TurnID: Turn] = [:]
    var outbox: [OutboxID: OutboxEntry] = [:]
    var sent: [CallID: TurnID] = [:]
    var tokens: [TokenUse: Int] = [:]
    var summaries: [SummaryPlace: Summary] = [:]
    /// When senders were told that they write too much.
    var warned: [Flooder: Timestamp] = [:]
    /// Which gateway does it; 0 or absent for none.
    var messageClaims: [InboxID: Int64] = [:]
    var turnClaims: [TurnID: Int64] = [:]
    var answerClaims: [OutboxID: Int64] = [:]

    /// - Parameter gateway: whose commit it is; 0 for the only one.
    mutating func apply(_ change: TurnChange, by gateway: Int64) throws(CommitError) {
        func isOurs(_ claim: Int64?) -> Bool { claim ?? 0 == 0 || claim == gateway }
        switch change {
        case .receive(let entry):
            if inbox.values.contains(where: { $0.account == entry.account && $0.event == entry.event }) {
                throw .exists(entry.event)
            }
            inbox[entry.id] = entry
        case .room(let account, let most):
            guard inbox.values.count(where: { $0.account == account && $0.state == .waiting }) <= most else {
                throw .exists(TurnChange.room(of: account))
            }
        case .roomOfWriter(let account, let writer, let most):
            let count = inbox.values.count {
                $0.account == account && $0.state == .waiting && $0.writer == writer
            }
            guard count <= most else { throw .exists(TurnChange.room(of: account, for: writer)) }
        case .warn(let organization, let sender, let now, let since):
            let flooder = Flooder(organization: organization, sender: sender)
            if let last = warned[flooder], last > since { throw .exists(sender.raw) }
            warned[flooder] = now
        case .replace(let entry):
            guard inbox[entry.id]?.state == .waiting, isOurs(messageClaims[entry.id]) else {
                throw .exists(entry.id.raw)
            }
            inbox[entry.id] = entry
            messageClaims[entry.id] = 0
        case .replay(let id, let time):
            guard var entry = inbox[id], entry.state == .aside else { throw .exists(id.raw) }
            entry.state = .waiting
            entry.attempts = 0
            entry.notBefore = time
            inbox[id] = entry
        case .drop(let id):
            guard inbox[id]?.state == .aside else { throw .exists(id.raw) }
            inbox[id]?.state = .ignored
            inbox[id]?.reason = "dropped"
        case .sayAgain(let id, let time):
            guard outbox[id]?.state == .failed else { throw .exists(id.raw) }
            outbox[id]?.state = .waiting
            outbox[id]?.attempts = 0
            outbox[id]?.notBefore = time
        case .forgo(let id):
            guard let state = outbox[id]?.state, [.failed, .unknown].contains(state) else { throw .exists(id.raw) }
            outbox[id]?.state = .dropped
        case .begin(let turn):
            let id = turn.message
            let isBusy = turns.values.contains { $0.conversation == turn.conversation && $0.state == .ready }
            guard inbox[id]?.state == .waiting, turns[turn.id] == nil, isOurs(messageClaims[id]), !isBusy else {
                throw .exists(id.raw)
            }
            messageClaims[id] = 0
            turnClaims[turn.id] = turn.holder(gateway)
            inbox[id]?.state = .begun
            inbox[id]?.reason = nil
            turns[turn.id] = turn
        case .move(let turn, let from):
            guard isOurs(turnClaims[turn.id]) else { throw .exists(turn.id.raw) }
            try move(turn, from: from, by: gateway)
        case .stop(let turn, let from): try move(turn, from: from, by: gateway)
        case .hold(let id, let steps):
            guard let turn = turns[id], turn.steps == steps, turn.state == .ready, isOurs(turnClaims[id]) else {
                throw .exists(id.raw)
            }
        case .wake(let id, let time):
            guard turns[id]?.state.isParked == true else { return }
            turns[id]?.state = .ready
            turns[id]?.touched = time
            turnClaims[id] = gateway
        case .looked(let id, let time):
            if turns[id]?.state.isParked == true { turns[id]?.looked = time }
        case .sent(let call, let turn): if sent[call] == nil { sent[call] = turn }
        case .resume(let id, let time):
            guard turns[id]?.isStuck == true else { throw .exists(id.raw) }
            turns[id]?.state = .ready
            turns[id]?.touched = time
            turns[id]?.attempts = 0
            turns[id]?.notBefore = nil
            turns[id]?.reason = nil
        case .abandon(let id):
            guard turns[id]?.isStuck == true else { throw .exists(id.raw) }
            turns[id]?.reason = nil
        case .summarize(let summary, let earlier):
            let place = SummaryPlace(session: summary.session, conversation: summary.conversation)
            guard summaries[place]?.payload == earlier else { throw .exists(summary.conversation.raw) }
            summaries[place] = summary
        case .reserve(let use, let more, let limits):
            let ofRequester = tokens[use, default: 0] + more
            guard limits.agent.map({ used(by: use) + more <= $0 }) ?? true,
                limits.requester.map({ ofRequester <= $0 }) ?? true
            else { throw .exists("tokens of `\(use.agent)`") }
            tokens[use] = ofRequester
        case .used(let use, let used): tokens[use, default: 0] += used
        case .say(let entry):
            guard outbox[entry.id] == nil else { throw .exists(entry.id.raw) }
            outbox[entry.id] = entry
        case .takeDown(let id):
            guard outbox[id]?.approval != nil else { throw .exists(id.raw) }
            outbox[id]?.approval = nil
        case .takeDownShown(let account, let external):
            for (id, entry) in outbox where entry.account == account && entry.external == external {
                outbox[id]?.approval = nil
            }
        case .settle(let entry):
            guard outbox[entry.id]?.state.isOpen == true, isOurs(answerClaims[entry.id]) else {
                throw .exists(entry.id.raw)
            }
            outbox[entry.id] = entry
            answerClaims[entry.id] = entry.state == .sending ? gateway : 0
        case .prune(let time):
            inbox = inbox.filter { _, entry in
                entry.received >= time || entry.state != .ignored
            }
            outbox = outbox.filter {
                $1.created >= time || $1.turn != nil || ![.delivered, .dropped].contains($1.state)
            }
        }
    }

    private mutating func move(_ turn: Turn, from: Int, by gateway: Int64) throws(CommitError) {
        guard let before = turns[turn.id], before.steps == from, before.state.isOpen else {
            throw .exists(turn.id.raw)
        }
        turns[turn.id] = turn
        turns[turn.id]?.looked = nil
        turnClaims[turn.id] = turn.holder(gateway)
    }

    /// By the agent, of all requesters, on its day.
    func used(by use: TokenUse) -> Int {
        tokens.filter {
            $0.key.organization == use.organization && $0.key.agent == use.agent && $0.key.day == use.day
        }.values.reduce(0, +)
    }

    /// Payloads that ``TurnChange/prune(before:)`` leaves without a row.
    func pruned(before time: Timestamp) -> [String] {
        inbox.values.filter { $0.received < time && $0.state == .ignored }.map(\.payload)
            + outbox.values.filter {
                $0.created < time && $0.turn == nil && [.delivered, .dropped].contains($0.state)
            }.map(\.payload)
    }
}

/// Where one summary stands.
struct SummaryPlace: Hashable, Sendable {
    let session: SessionKey
    let conversation: ConversationID
}

extension TurnsState {
    /// - Returns: its payload.
    mutating func forgetSummary(over turn: Turn) -> String? {
        let place = SummaryPlace(session: turn.session, conversation: turn.conversation)
        guard let summary = summaries[place], summary.first <= turn.began, turn.began <= summary.last else {
            return nil
        }
        summaries[place] = nil
        return summary.payload
    }

    /// - Returns: their payloads.
    mutating func forgetSummaries(of session: SessionKey) -> [String] {
        let found = summaries.filter { $0.key.session == session }
        for place in found.keys { summaries[place] = nil }
        return found.values.map(\.payload)
    }

    /// - Returns: their payloads.
    mutating func forgetSummaries(of person: PersonID, in organization: OrganizationID) -> [String] {
        let theirs = summaries.filter {
            $0.key.session.organization == organization && $0.key.session.requester.person == person
        }
        for place in theirs.keys { summaries[place] = nil }
        return theirs.values.map(\.payload)
    }
}

extension Turn {
    var isStuck: Bool { state == .ended(.failed) && reason != nil }

    /// Who runs it from now on.
    fileprivate func holder(_ gateway: Int64) -> Int64 { state == .ready && notBefore == nil ? gateway : 0 }
}

extension TurnState {
    fileprivate var isOpen: Bool {
        switch self {
        case .ready, .parked: true
        case .ended: false
        }
    }

    fileprivate var isParked: Bool {
        switch self {
        case .parked: true
        case .ready, .ended: false
        }
    }
}

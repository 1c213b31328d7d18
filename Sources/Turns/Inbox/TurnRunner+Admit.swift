import Authority
import Gate
import Logging
import Wire

extension TurnRunner {
    private static let tries = 5

    /// Begins a turn with every message that may have one now, without waiting for it: an account whose directory is slow holds
    /// up itself alone, and no stop.
    func admit() async throws {
        for entry in try await store.claimMessages(
            at: world.now(), limit: admitting.limit(atOnce: TurnRunner.atOnce), each: admitting.each)
        {
            admitting.start(entry.id, in: AdmissionLane(account: entry.account, isStop: entry.isStop)) {
                await admitAlone(entry)
                bell.ring()
            }
        }
    }

    private func admitAlone(_ entry: InboxEntry) async {
        do {
            // What it was when it was found may be long ago.
            guard let now = try await store.inboxEntry(entry.id), now.state == .waiting else { return }
            do {
                try await admit(now)
            } catch CommitError.exists {
                // Another gateway has it.
            } catch {
                if Task.isCancelled { return }
                try await setBack(now, "\(error)")
            }
        } catch {
            if Task.isCancelled { return }
            log.error("a message can't be begun", metadata: ["message": "\(entry.id)", "error": "\(error)"])
            await pause(.seconds(1))
        }
    }

    private func admit(_ entry: InboxEntry) async throws {
        guard let message = try await payloads.open(entry.payload).flatMap(InboundMessage.init(json:)) else {
            return try await settle(entry, .aside, "its words can't be read")
        }
        switch try await reception.receive(message) {
        case .ignored(let reason): try await settle(entry, .ignored, reason)
        case .told(let content, let sender):
            let said = try OutboxEntry.saying(
                content, to: sender, from: entry.account, in: entry.conversation, reply: message.reply, turn: nil,
                payloads, world)
            try await settle(entry, .ignored, "told", said)
            outbox.ring()
        case .turn(let agent, let requester, let sender):
            let turn = Turn(
                id: TurnID(world.newID("turn")), account: entry.account, conversation: entry.conversation,
                message: entry.id, agent: agent, requester: requester, sender: sender, place: message.place,
                reply: message.reply, began: world.now(),
                steps: 1, ceiling: message.ceiling)
            switch message.command {
            case .reset where requester.person != nil: try await reset(turn, entry)
            // A guest forgets nothing that the agent has seen.
            case .stop, .reset: try await stop(turn, entry, with: message.attachments)
            case nil: try await begin(turn, handingOn: message.forwarded != nil)
            }
        }
    }

    /// - Parameter handingOn: whether somebody else's words came with the requester's.
    private func begin(_ turn: Turn, handingOn: Bool) async throws {
        var transaction = Transaction(
            changes: [TurnChange.begin(turn)],
            leaves: [
                PlacedLeaf(try Leaves.began(turn, at: turn.began), in: .organization(turn.account.organization))
            ])
        // A guest's words are an outsider's, and so is what a person hands on: what the session does from now on is judged by
        // that. A person's are their own; what is remembered of the conversation is what its labels tell of.
        // What a schedule says stands in the agent's definition.
        let trigger = turn.account.kind.nature.trigger
        let isOutsiders = trigger.isAttended && turn.requester.person == nil || handingOn
        let labels =
            isOutsiders
            ? Labels(integrity: .outsider, readers: .organization)
            : trigger.isAttended ? .fresh : Labels(integrity: .agentDocuments, readers: .organization)
        transaction.changes.append(GateChange.saw(turn.session, labels, at: turn.began))
        if isOutsiders { transaction.bumps.append(.session(turn.session)) }
        try await store.commit(transaction)
        events.tell(.moved(turn.id), in: turn.conversation)
    }

    /// Ends what this requester has under way with this agent here. What was done is done.
    ///
    /// - Parameter attachments: what came with the stop, and is looked at by nobody.
    private func stop(_ asker: Turn, _ entry: InboxEntry, with attachments: [Attachment]) async throws {
        var count = 0
        for turn in try await store.turns(of: asker.session, in: asker.conversation, limit: 100) {
            guard case .ended = turn.state else {
                running.cancel(turn.id)
                count += try await sessions.stop(turn.id) ? 1 : 0
                continue
            }
        }
        let stopped = count == 0 ? "Nothing is under way." : "Stopped."
        let content = OutboundContent.notice(
            attachments.isEmpty ? stopped : "\(stopped) \(InboundFile.notTaken)", link: nil)
        let said =
            asker.isAnswered
            ? try OutboxEntry.saying(
                content, to: asker.sender, from: entry.account, in: entry.conversation, reply: asker.reply, turn: nil,
                payloads, world) : []
        try await settle(entry, .ignored, "stop", said)
        outbox.ring()
    }

    /// Ends what this person has under way with this agent here, and begins anew with them.
    private func reset(_ asker: Turn, _ entry: InboxEntry) async throws {
        for turn in try await store.turns(of: asker.session, limit: 100) { running.cancel(turn.id) }
        var settled = entry
        settled.state = .ignored
        settled.reason = "reset"
        let content = OutboundContent.notice(TurnRunner.anew, link: nil)
        let said = try OutboxEntry.saying(
            content, to: asker.sender, from: entry.account, in: entry.conversation, reply: asker.reply, turn: nil,
            payloads, world)
        _ = try await sessions.reset(
            asker.session, by: asker.requester.text, with: [TurnChange.replace(settled)] + said)
        outbox.ring()
    }

    static let anew =
        "We begin anew: what was said here before isn't shown to me again. What I was told to remember stays."

    private var sessions: SessionDesk {
        SessionDesk(store: store, payloads: payloads, events: events, world: world)
    }

    private func settle(
        _ entry: InboxEntry, _ state: InboxState, _ reason: String, _ more: [any StoredChange] = []
    ) async throws {
        var entry = entry
        entry.state = state
        entry.reason = reason
        // What starts nothing is known by its id alone from then on.
        let forgotten: [any StoredChange] =
            state == .ignored && !entry.isStop ? [ErasureChange.payloads(InboxEntry.payloads(of: entry.id))] : []
        try await store.commit(Transaction(changes: [TurnChange.replace(entry)] + more + forgotten))
    }

    /// A message that can't be begun is tried again, later each time, and set aside in the end. Nothing of it is lost.
    private func setBack(_ entry: InboxEntry, _ reason: String) async throws {
        var entry = entry
        entry.attempts += 1
        entry.reason = reason
        entry.notBefore = world.now().adding(seconds: 1 << entry.attempts)
        if entry.attempts >= TurnRunner.tries {
            entry.state = .aside
            log.error("a message was set aside", metadata: ["message": "\(entry.id)", "reason": "\(reason)"])
        }
        do {
            try await store.commit(Transaction(changes: [TurnChange.replace(entry)]))
        } catch CommitError.exists {
            // Another gateway has it.
        }
    }
}

/// Messages that are begun one beside the other, up to a number.
struct AdmissionLane: Hashable, Sendable {
    let account: ChannelAccountID
    let isStop: Bool
}

import Authority
import Broker
import Gate
import Registry
import Turns

extension MemoryState {
    mutating func apply(erasure change: ErasureChange) throws(CommitError) {
        switch change {
        case .payloads(let ids): for id in ids { payloads[id] = nil }
        case .approvals(let ids):
            for id in ids where approvals[id]?.state.isPending == false { approvals[id] = nil }
            for payload in cards.erase(where: { ids.contains($0.approval) }) { payloads[payload] = nil }
            windows = windows.filter { !ids.contains($0.value.approval) || $0.value.state == .open }
            for entry in talk.outbox.values where entry.about.map(ids.contains) ?? false { erase(entry) }
        case .notices(let organization, let person):
            notices = notices.filter { $0.value.organization != organization || $0.value.person != person }
        case .memory(let organization, let person):
            eraseMemory(of: person, in: organization, withWritten: false)
        case .words(let organization, let person):
            connectFlows = connectFlows.filter { _, flow in
                flow.aim.organization != organization || flow.aim.person != person
            }
            eraseConversations(of: person, in: organization)
            let shown = cards.erase { $0.organization == organization && $0.person == person }
            for payload in shown { payloads[payload] = nil }
            eraseMemory(of: person, in: organization, withWritten: true)
        case .sender(let organization, let sender, let words):
            let isSomebody = senderLinks.contains { $0.organization == organization && $0.sender.raw == sender }
            guard !isSomebody, self.words(of: sender, in: organization) == words else { throw .exists(sender) }
            eraseWords(of: sender, in: organization)
        }
    }

    func words(of sender: String, in organization: OrganizationID) -> SenderWords {
        SenderWords(
            messages: messages(of: sender, in: organization).count { payloads[$0.payload] != nil },
            answers: answers(to: sender, in: organization).count { payloads[$0.payload] != nil })
    }

    private func turns(ofGuest sender: String, in organization: OrganizationID) -> [Turn] {
        talk.turns.values.filter {
            $0.account.organization == organization && $0.requester.person == nil && $0.sender?.raw == sender
        }
    }

    private func messages(of sender: String, in organization: OrganizationID) -> [InboxEntry] {
        talk.inbox.values.filter { $0.account.organization == organization && $0.writer == sender }
    }

    private func answers(to sender: String, in organization: OrganizationID) -> [OutboxEntry] {
        let turns = Set(turns(ofGuest: sender, in: organization).map(\.id))
        return talk.outbox.values.filter { entry in
            entry.account.organization == organization
                && (entry.told == sender || entry.turn.map(turns.contains) ?? false
                    || isFromBefore(entry, in: organization, [sender]))
        }
    }

    /// Whether it was said beside turns where one of them wrote, before it was noted to whom.
    private func isFromBefore(_ entry: OutboxEntry, in organization: OrganizationID, _ writers: Set<String>) -> Bool {
        entry.told == nil && entry.turn == nil
            && talk.inbox.values.contains { message in
                message.account.organization == organization && message.conversation == entry.conversation
                    && message.writer.map(writers.contains) ?? false
            }
    }

    private mutating func eraseWords(of sender: String, in organization: OrganizationID) {
        for turn in turns(ofGuest: sender, in: organization) {
            for step in 0..<turn.steps { payloads[turn.payload(of: step)] = nil }
            payloads["\(turn.message)/files"] = nil
            for payload in talk.forgetSummaries(of: turn.session) { payloads[payload] = nil }
        }
        for entry in messages(of: sender, in: organization) { erase(entry) }
        for entry in answers(to: sender, in: organization) { erase(entry) }
    }

    /// Nothing is left to be begun, and nobody has to look at it any more.
    private mutating func erase(_ entry: InboxEntry) {
        payloads[entry.payload] = nil
        payloads["\(entry.id)/files"] = nil
        guard entry.state == .waiting || entry.state == .aside else { return }
        talk.inbox[entry.id]?.state = .ignored
        talk.inbox[entry.id]?.reason = "erased"
        talk.messageClaims[entry.id] = 0
    }

    /// As little is left to be sent.
    private mutating func erase(_ entry: OutboxEntry) {
        payloads[entry.payload] = nil
        guard [.waiting, .failed, .unknown].contains(entry.state) else { return }
        talk.outbox[entry.id]?.state = .dropped
        talk.outbox[entry.id]?.reason = "erased"
        talk.answerClaims[entry.id] = 0
    }

    private mutating func eraseConversations(of person: PersonID, in organization: OrganizationID) {
        for turn in talk.turns.values
        where turn.account.organization == organization && turn.requester.person == person {
            for step in 0..<turn.steps { payloads[turn.payload(of: step)] = nil }
            payloads["\(turn.message)/files"] = nil
            for entry in talk.outbox.values where entry.turn == turn.id { erase(entry) }
        }
        for payload in talk.forgetSummaries(of: person, in: organization) { payloads[payload] = nil }
        let senders = senderLinks.filter { $0.organization == organization && $0.person == person }.map(\.sender.raw)
        let writers = Set(senders + [InboxEntry.writer(.person(person))])
        for entry in talk.inbox.values
        where entry.account.organization == organization && writers.contains(entry.writer ?? "") {
            erase(entry)
        }
        for entry in talk.outbox.values
        where entry.account.organization == organization
            && (writers.contains(entry.told ?? "") || isFromBefore(entry, in: organization, writers)
                || entry.conversation.raw == "cards/\(entry.account)/\(person)")
        {
            erase(entry)
        }
    }
}

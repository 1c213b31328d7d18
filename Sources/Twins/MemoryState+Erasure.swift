import Authority
import Broker
import Gate
import Registry
import Turns

extension MemoryState {
    mutating func apply(erasure change: ErasureChange) {
        switch change {
        case .payloads(let ids): for id in ids { payloads[id] = nil }
        case .approvals(let ids):
            for id in ids where approvals[id]?.state.isPending == false { approvals[id] = nil }
            for payload in cards.erase(where: { ids.contains($0.approval) }) { payloads[payload] = nil }
            windows = windows.filter { !ids.contains($0.value.approval) || $0.value.state == .open }
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
        }
    }

    private mutating func eraseConversations(of person: PersonID, in organization: OrganizationID) {
        for turn in talk.turns.values
        where turn.account.organization == organization && turn.requester.person == person {
            for step in 0..<turn.steps { payloads[turn.payload(of: step)] = nil }
            for entry in talk.outbox.values where entry.turn == turn.id { payloads[entry.payload] = nil }
        }
        for payload in talk.forgetSummaries(of: person, in: organization) { payloads[payload] = nil }
        let senders = senderLinks.filter { $0.organization == organization && $0.person == person }.map(\.sender.raw)
        let writers = Set(senders + [InboxEntry.writer(.person(person))])
        for entry in talk.inbox.values
        where entry.account.organization == organization && writers.contains(entry.writer ?? "") {
            payloads[entry.payload] = nil
        }
    }
}

public import Authority
public import Gate
import Synchronization
public import Turns
public import Wire

extension MemoryState {
    mutating func apply(sender change: SenderChange) throws(CommitError) {
        switch change {
        case .offer(let offer):
            void(offer.sender, in: offer.organization)
            senderOffers.append(offer)
        case .take(let hash):
            guard let index = senderOffers.firstIndex(where: { $0.hash == hash }) else { throw .exists("link") }
            senderOffers.remove(at: index)
        case .link(let link):
            guard !senderLinks.contains(where: { $0.sender == link.sender && $0.organization == link.organization })
            else { throw .exists(link.sender.raw) }
            senderLinks.append(link)
            severedSenders.remove(MemberSender(organization: link.organization, sender: link.sender))
            void(link.sender, in: link.organization)
        case .unlink(let organization, let sender, let person):
            let index = senderLinks.firstIndex {
                $0.organization == organization && $0.sender == sender && $0.person == person
            }
            guard let index else { throw .exists(sender.raw) }
            senderLinks.remove(at: index)
            attribute([sender], to: person, in: organization)
            severedSenders.insert(MemberSender(organization: organization, sender: sender))
        case .unlinkAll(let organization, let person):
            let senders = senderLinks.filter { $0.organization == organization && $0.person == person }.map(\.sender)
            attribute(senders, to: person, in: organization)
            senderLinks.removeAll { $0.organization == organization && $0.person == person }
        case .forget(let time): senderOffers.removeAll { $0.expires < time }
        }
    }

    private mutating func attribute(_ senders: [SenderID], to person: PersonID, in organization: OrganizationID) {
        let names = Set(senders.map(\.raw))
        for (id, entry) in talk.inbox
        where entry.account.organization == organization && names.contains(entry.writer ?? "") {
            talk.inbox[id]?.writer = InboxEntry.writer(.person(person))
        }
        for (id, entry) in talk.outbox
        where entry.account.organization == organization && names.contains(entry.told ?? "") {
            talk.outbox[id] = entry.said(to: InboxEntry.writer(.person(person)))
        }
    }

    private mutating func void(_ sender: SenderID, in organization: OrganizationID) {
        senderOffers.removeAll { $0.organization == organization && $0.sender == sender }
    }
}

extension OutboxEntry {
    fileprivate func said(to told: String) -> OutboxEntry {
        OutboxEntry(
            id: id, account: account, conversation: conversation, turn: turn, created: created, state: state,
            attempts: attempts, notBefore: notBefore, parts: parts, external: external, reason: reason,
            approval: approval, told: told, about: about)
    }
}

struct MemberSender: Hashable {
    let organization: OrganizationID
    let sender: SenderID
}

extension MemoryStore: SenderStore {
    public func senderLink(_ sender: SenderID, in organization: OrganizationID) async throws -> SenderLink? {
        state.withLock(\.senderLinks).first { $0.organization == organization && $0.sender == sender }
    }

    public func senderLinks(in organization: OrganizationID) async throws -> [SenderLink] {
        state.withLock(\.senderLinks).filter { $0.organization == organization }.sorted { $0.sender < $1.sender }
    }

    public func isSevered(_ sender: SenderID, in organization: OrganizationID) async throws -> Bool {
        state.withLock { $0.severedSenders.contains(MemberSender(organization: organization, sender: sender)) }
    }

    public func words(of sender: SenderID, in organization: OrganizationID) async throws -> SenderWords {
        state.withLock { $0.words(of: sender.raw, in: organization) }
    }

    public func senderOffer(_ hash: Digest) async throws -> SenderOffer? {
        state.withLock(\.senderOffers).first { $0.hash == hash }
    }

    public func senderOffer(to sender: SenderID, in organization: OrganizationID) async throws -> SenderOffer? {
        state.withLock(\.senderOffers).first { $0.organization == organization && $0.sender == sender }
    }
}

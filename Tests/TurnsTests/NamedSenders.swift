import Authority
import Gate
import Synchronization
import Turns

/// `slack:T1/alice` is Alice, until she is unlinked.
final class NamedSenders: Senders {
    private let unlinked = Mutex<Set<SenderID>>([])

    func unlink(_ sender: SenderID) { _ = unlinked.withLock { $0.insert(sender) } }

    func person(of sender: Sender, in organization: OrganizationID) async throws -> KnownSender? {
        guard case .external(let id, let standing) = sender, !standing.isBot,
            !unlinked.withLock({ $0.contains(id) }), let name = id.raw.split(separator: "/").last
        else { return nil }
        let person = PersonID(String(name))
        return KnownSender(person: person, epoch: EpochReading(scope: .person(organization, person), value: 0))
    }
}

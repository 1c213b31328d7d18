public import Authority
public import Gate

/// Who a sender is.
public protocol Senders: Sendable {
    /// The person that a sender was proved to be, who is active; nil for everybody else. Never for a bot, nor for a name that
    /// anybody could have written.
    func person(of sender: Sender, in organization: OrganizationID) async throws -> KnownSender?
}

public struct KnownSender: Sendable, Hashable {
    public let person: PersonID
    /// Under which it was read: it moves when the sender is linked or unlinked, and when the person leaves.
    public let epoch: EpochReading

    public init(person: PersonID, epoch: EpochReading) {
        self.person = person
        self.epoch = epoch
    }
}

/// People, as far as senders are concerned.
public protocol SenderPeople: Sendable {
    /// Nil when there is nobody of this id.
    func standing(of person: PersonID, in organization: OrganizationID) async throws -> Standing?
    /// The active people whose address this is, whatever the case of its letters.
    func people(at address: String, in organization: OrganizationID) async throws -> [PersonID]
}

extension SenderDesk: Senders {
    public func person(of sender: Sender, in organization: OrganizationID) async throws -> KnownSender? {
        let id: SenderID
        switch sender {
        case .person(let person): return try await active(person, in: organization)
        case .external(let external, let standing):
            switch standing.proof {
            case .none: return nil
            case .platform, .aligned: break
            }
            guard !standing.isBot else { return nil }
            id = external
        }
        // Whose epoch to read is known only once the link was read, so it is read again under it.
        while let link = try await store.senderLink(id, in: organization) {
            let known = try await active(link.person, in: organization)
            if try await store.senderLink(id, in: organization) == link { return known }
        }
        return nil
    }

    private func active(_ person: PersonID, in organization: OrganizationID) async throws -> KnownSender? {
        let epoch = await commits.reading(.person(organization, person))
        guard try await people.standing(of: person, in: organization) == .active else { return nil }
        return KnownSender(person: person, epoch: epoch)
    }
}

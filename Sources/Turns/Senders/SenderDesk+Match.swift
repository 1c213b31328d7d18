public import Authority
import Gate
import Wire

/// Senders that somebody else than a person vouches for: the directory of a channel's own tenant, or its platform's sign-in.
extension SenderDesk {
    /// The one active person whose address the directory confirmed for a sender; from then on the sender is linked to them. Nil for
    /// a guest, somebody of another tenant, a bot, who left there, and a sender that was unlinked from somebody before: only a
    /// person's or an administrator's word links that one again.
    public func match(
        _ entry: DirectoryEntry, through account: ChannelAccountID
    ) async throws(TurnsError) -> KnownSender? {
        let organization = account.organization
        guard entry.standing.proof != .none, !entry.standing.isBot, !entry.standing.isForeign, !entry.isDeactivated,
            let address = entry.address
        else { return nil }
        let isSevered = try await read { try await store.isSevered(entry.sender, in: organization) }
        let owners = try await read { try await people.people(at: address, in: organization) }
        guard !isSevered, owners.count == 1, let person = owners.first else { return nil }
        try await link(entry.sender, to: person, .directory, taking: nil, by: "channel:\(account)", in: organization)
        return try await read {
            try await self.person(of: .external(entry.sender, entry.standing), in: organization)
        }
    }

    /// A platform signed this person in and said which members they are there. A sender that is another's stays theirs, and one
    /// that was unlinked before stays so.
    public func vouch(
        for senders: [SenderID], being person: PersonID, in organization: OrganizationID
    ) async throws(TurnsError) {
        for sender in senders {
            let known = try await read { try await store.senderLink(sender, in: organization) }
            let isSevered = try await read { try await store.isSevered(sender, in: organization) }
            guard known == nil, !isSevered else { continue }
            try await link(sender, to: person, .signIn, taking: nil, by: "person:\(person)", in: organization)
        }
    }

    /// The same, and the person said on a page that it is them: whosever it was, and whether or not it was unlinked before.
    public func claim(
        _ senders: [SenderID], as person: PersonID, in organization: OrganizationID
    ) async throws(TurnsError) {
        for sender in senders {
            let known = try await read { try await store.senderLink(sender, in: organization) }
            guard known?.person != person else { continue }
            try await link(sender, to: person, .signIn, taking: nil, by: "person:\(person)", in: organization)
        }
    }
}

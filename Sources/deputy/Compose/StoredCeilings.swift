import Authority
import Gate
import Registry
import Turns

/// What may be done through a channel's account at the most. What the gateway itself serves has no account to be set up.
struct StoredCeilings: ChannelCeilings {
    let store: any ChannelAccountStore & TurnStore & ScheduleStore & RegistryStore

    func peer(of conversation: String, in organization: OrganizationID) async throws -> String? {
        try await store.place(of: ConversationID(raw: conversation), in: organization)?.peer.id
    }

    func ceiling(of kind: String, _ name: String, in organization: OrganizationID) async throws -> EffectSet? {
        guard let kind = ChannelKind(rawValue: kind) else { return nil }
        if kind == .schedule { return try await ceiling(of: ScheduleID(name), in: organization) }
        let id = ChannelAccountID(organization: organization, kind: kind, name: name)
        if let account = try await store.channelAccount(id)?.account { return account.isPaused ? nil : account.ceiling }
        return kind.nature.knowsPeople && name == "main" ? .all : nil
    }

    /// As long as whoever answers for it may have it run.
    private func ceiling(of id: ScheduleID, in organization: OrganizationID) async throws -> EffectSet? {
        guard let record = try await store.schedule(id), record.organization == organization else { return nil }
        return try await ScheduleAuthority.lacks(record, in: store) == nil ? .all : nil
    }
}

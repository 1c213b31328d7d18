import Authority
import Broker
import Definition
import Egress
import Gate
import Turns
import Wire

/// Mailboxes of channels' accounts: each opened with the account's connection, at the servers of its provider's manifest.
struct AccountMailboxes: Mailboxes {
    let egress: HTTPEgress
    let connections: any ConnectionStore
    let providers: ProviderShelf

    func state(of connection: ConnectionID) async throws -> String? {
        guard let record = try await usable(connection) else { return nil }
        return "\(record.use.generation) \(record.use.origin)"
    }

    func open(
        _ connection: ConnectionID, _ body: @Sendable (any OpenMailbox) async throws(MailboxFailure) -> Void
    ) async throws(MailboxFailure) {
        let record: ConnectionRecord?
        do { record = try await usable(connection) } catch {
            throw MailboxFailure("the gateway can't read its own state")
        }
        guard let record, let access = providers.manifest(of: record.provider)?.mail?.access else {
            throw MailboxFailure("the account's connection doesn't work")
        }
        try await egress.open(access, for: record.use, body)
    }

    /// An agent's own alone: whoever reads a person's mail is that person.
    private func usable(_ connection: ConnectionID) async throws -> ConnectionRecord? {
        guard let record = try await connections.connection(connection), record.health == .healthy else { return nil }
        switch record.owner {
        case .agent: return record
        case .person, .organization: return nil
        }
    }
}

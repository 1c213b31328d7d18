import Authority
import Broker
import Egress
import Gate
import Turns

/// Sockets of channels' accounts: each opened with the account's own token, at the host of its connection.
struct AccountSockets: Sockets {
    let egress: HTTPEgress
    let connections: any ConnectionStore
    let secrets: SigningSecrets

    func state(of record: ChannelAccountRecord) async throws -> String? {
        try await connection(of: record)?.use.origin
    }

    func open(
        _ record: ChannelAccountRecord, as channel: any SocketChannel,
        hear: @escaping @Sendable ([UInt8]) async -> SocketReaction
    ) async throws(SocketFailure) {
        let connection: ConnectionRecord?
        do { connection = try await self.connection(of: record) } catch {
            throw SocketFailure("the gateway can't read its own state")
        }
        guard let connection else { throw SocketFailure("the account's connection doesn't work") }
        let token: HeldSecret
        do { token = try secrets.open(record.sealed, for: record.account.id.place) } catch {
            throw SocketFailure("the token doesn't open: add the account again", needsSomebody: true)
        }
        try await egress.open(channel, with: token, for: connection.use, hear: hear)
    }

    private func connection(of record: ChannelAccountRecord) async throws -> ConnectionRecord? {
        guard let id = record.account.connection, let connection = try await connections.connection(id),
            connection.health == .healthy
        else { return nil }
        return connection
    }
}

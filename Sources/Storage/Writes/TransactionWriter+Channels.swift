import Authority
import Turns
import Wire

extension TransactionWriter {
    private static let add = Query(
        """
        INSERT INTO channel_accounts
        (id, organization, kind, name, settings, connection, unknown_policy, bots, ceiling, is_paused, sealed, created,
         matches_directory)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let pause = Query("UPDATE channel_accounts SET is_paused = $1 WHERE id = $2 RETURNING id")
    private static let pauseAll = Query("UPDATE channel_accounts SET is_paused = 1 WHERE organization = $1")
    private static let removeOne = Query("DELETE FROM channel_accounts WHERE id = $1 RETURNING id")

    mutating func apply(channel change: ChannelChange) async throws {
        switch change {
        case .add(let record):
            let account = record.account
            try await mustChange(
                TransactionWriter.add,
                [
                    account.id.place, account.id.organization.raw, account.id.kind.rawValue, account.id.name,
                    JSON.object(account.settings).text, account.connection?.raw, account.unknown.rawValue,
                    account.bots.map(\.raw).sorted().stored.text, account.ceiling.stored.text, account.isPaused ? 1 : 0,
                    record.sealed, record.created.microseconds, account.matchesDirectory ? 1 : 0,
                ], "\(account.id)")
        case .pause(let id, let isPaused):
            try await mustChange(TransactionWriter.pause, [isPaused ? 1 : 0, id.place], "\(id)")
        case .pauseAll(let organization):
            try await session.run(TransactionWriter.pauseAll, [organization.raw])
        case .remove(let id):
            try await mustChange(TransactionWriter.removeOne, [id.place], "\(id)")
            try await forgetMailbox(of: id)
            noteShredding()
        }
    }
}

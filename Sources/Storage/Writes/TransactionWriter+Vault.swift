import Broker

extension TransactionWriter {
    private static let connection = Query("UPDATE connections SET sealed = $1 WHERE id = $2 AND sealed = $3")
    private static let payload = Query("UPDATE payloads SET sealed = $1 WHERE id = $2 AND sealed = $3")
    private static let app = Query("UPDATE apps SET sealed = $1 WHERE id = $2 AND sealed = $3")
    private static let access = Query("UPDATE token_sets SET access = $1 WHERE id = $2 AND access = $3")
    private static let refresh = Query("UPDATE token_sets SET refresh = $1 WHERE id = $2 AND refresh = $3")
    private static let revocation = Query("UPDATE revocations SET sealed = $1 WHERE id = $2 AND sealed = $3")
    private static let hint = Query("UPDATE browser_sessions SET hint = $1 WHERE id = $2 AND hint = $3")
    private static let channel = Query("UPDATE channel_accounts SET sealed = $1 WHERE id = $2 AND sealed = $3")
    // Whoever is at a step holds the seal of before, and must not write it.
    private static let rotation = Query(
        "UPDATE key_rotations SET sealed = $1, version = version + 1 WHERE id = $2 AND sealed = $3")
    private static let value = Query("UPDATE home SET value = $1 WHERE name = $2 AND value = $3")

    private static let keepValue = Query(
        """
        INSERT INTO home (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """)

    func apply(signing change: SigningKeyChange) async throws {
        switch change {
        case .keep(let sealed):
            try await session.run(TransactionWriter.keepValue, [SealedValue.signingKeys.rawValue, sealed])
        }
    }

    func apply(vault change: VaultChange) async throws {
        switch change {
        case .replace(let row, let bytes):
            let query =
                switch row.kind {
                case .connection: TransactionWriter.connection
                case .payload: TransactionWriter.payload
                case .app: TransactionWriter.app
                case .accessToken: TransactionWriter.access
                case .refreshToken: TransactionWriter.refresh
                case .revocation: TransactionWriter.revocation
                case .hint: TransactionWriter.hint
                case .channel: TransactionWriter.channel
                case .rotation: TransactionWriter.rotation
                case .value: TransactionWriter.value
                }
            try await session.run(query, [bytes, row.id, row.bytes])
        }
    }
}

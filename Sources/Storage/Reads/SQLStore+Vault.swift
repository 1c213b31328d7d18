public import Broker

extension SQLStore: SealedRows {
    private static let count = Query(
        """
        SELECT substr(sealed, 3, 8) AS sealing, COUNT(*) AS number FROM connections WHERE length(sealed) >= 10 GROUP BY 1
        UNION ALL SELECT substr(sealed, 3, 8), COUNT(*) FROM payloads WHERE length(sealed) >= 10 GROUP BY 1
        UNION ALL SELECT substr(sealed, 3, 8), COUNT(*) FROM apps WHERE length(sealed) >= 10 GROUP BY 1
        UNION ALL SELECT substr(access, 3, 8), COUNT(*) FROM token_sets WHERE length(access) >= 10 GROUP BY 1
        UNION ALL SELECT substr(refresh, 3, 8), COUNT(*) FROM token_sets WHERE length(refresh) >= 10 GROUP BY 1
        UNION ALL SELECT substr(sealed, 3, 8), COUNT(*) FROM revocations WHERE length(sealed) >= 10 GROUP BY 1
        UNION ALL SELECT substr(hint, 3, 8), COUNT(*) FROM browser_sessions WHERE length(hint) >= 10 GROUP BY 1
        UNION ALL SELECT substr(sealed, 3, 8), COUNT(*) FROM channel_accounts WHERE length(sealed) >= 10 GROUP BY 1
        UNION ALL SELECT substr(sealed, 3, 8), COUNT(*) FROM key_rotations WHERE length(sealed) >= 10 GROUP BY 1
        """)
    private static let connections = Query(
        """
        SELECT id, sealed FROM connections
        WHERE id > $1 AND length(sealed) > 0 AND substr(sealed, 3, 8) <> $2 ORDER BY id LIMIT $3
        """)
    private static let payloads = Query(
        "SELECT id, sealed FROM payloads WHERE id > $1 AND substr(sealed, 3, 8) <> $2 ORDER BY id LIMIT $3")

    private static let sealedApps = Query(
        """
        SELECT id, sealed FROM apps
        WHERE id > $1 AND length(sealed) > 0 AND substr(sealed, 3, 8) <> $2 ORDER BY id LIMIT $3
        """)
    private static let sealedChannels = Query(
        """
        SELECT id, sealed FROM channel_accounts
        WHERE id > $1 AND length(sealed) > 0 AND substr(sealed, 3, 8) <> $2 ORDER BY id LIMIT $3
        """)
    private static let sealedRotations = Query(
        """
        SELECT id, sealed FROM key_rotations
        WHERE id > $1 AND length(sealed) > 0 AND substr(sealed, 3, 8) <> $2 ORDER BY id LIMIT $3
        """)
    private static let accessTokens = Query(
        """
        SELECT id, access AS sealed FROM token_sets WHERE id > $1 AND substr(access, 3, 8) <> $2 ORDER BY id LIMIT $3
        """)
    private static let refreshTokens = Query(
        """
        SELECT id, refresh AS sealed FROM token_sets
        WHERE id > $1 AND refresh IS NOT NULL AND substr(refresh, 3, 8) <> $2 ORDER BY id LIMIT $3
        """)

    private static let sealedRevocations = Query(
        "SELECT id, sealed FROM revocations WHERE id > $1 AND substr(sealed, 3, 8) <> $2 ORDER BY id LIMIT $3")

    private static let hints = Query(
        """
        SELECT id, hint AS sealed FROM browser_sessions
        WHERE id > $1 AND hint IS NOT NULL AND substr(hint, 3, 8) <> $2 ORDER BY id LIMIT $3
        """)

    public func sealedCounts() async throws -> [[UInt8]: Int] {
        var counts: [[UInt8]: Int] = [:]
        for row in try await rows(SQLStore.count) { counts[try row["sealing"], default: 0] += try row["number"] }
        for row in try await sealedValues() {
            if let key = row.key { counts[key, default: 0] += 1 }
        }
        return counts
    }

    public func sealedRows(
        _ kind: SealedKind, notBy key: [UInt8], after: String, limit: Int
    ) async throws -> [SealedRow] {
        let query: Query
        switch kind {
        case .connection: query = SQLStore.connections
        case .payload: query = SQLStore.payloads
        case .revocation: query = SQLStore.sealedRevocations
        case .hint: query = SQLStore.hints
        case .app: query = SQLStore.sealedApps
        case .channel: query = SQLStore.sealedChannels
        case .rotation: query = SQLStore.sealedRotations
        case .accessToken: query = SQLStore.accessTokens
        case .refreshToken: query = SQLStore.refreshTokens
        case .value:
            let values = try await sealedValues().filter { $0.id > after && $0.key != key }
            return Array(values.sorted { $0.id < $1.id }.prefix(limit))
        }
        return try await rows(query, [after, key, limit]).map {
            SealedRow(kind: kind, id: try $0["id"], bytes: try $0["sealed"])
        }
    }

    private func sealedValues() async throws -> [SealedRow] {
        var rows: [SealedRow] = []
        for name in SealedValue.allCases {
            if let bytes = try await value(name.rawValue) {
                rows.append(SealedRow(kind: .value, id: name.rawValue, bytes: bytes))
            }
        }
        return rows
    }
}

extension SQLStore: SigningKeyStore {
    public func signingKeys() async throws -> [UInt8]? { try await value(SealedValue.signingKeys.rawValue) }
}

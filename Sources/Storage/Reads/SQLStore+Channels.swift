public import Authority
public import Turns
import Wire

extension SQLStore: ChannelAccountStore {
    private static let oneAccount = Query("SELECT * FROM channel_accounts WHERE id = $1")
    private static let allAccounts = Query("SELECT * FROM channel_accounts WHERE organization = $1 ORDER BY kind, name")

    public func channelAccount(_ id: ChannelAccountID) async throws -> ChannelAccountRecord? {
        try await row(SQLStore.oneAccount, [id.place]).map(ChannelAccountRecord.init(row:))
    }

    public func channelAccounts(in organization: OrganizationID) async throws -> [ChannelAccountRecord] {
        try await rows(SQLStore.allAccounts, [organization.raw]).map(ChannelAccountRecord.init(row:))
    }
}

extension ChannelAccountRecord {
    fileprivate init(row: Row) throws {
        guard let kind = ChannelKind(rawValue: try row["kind"]),
            let unknown = ChannelAccount.Unknown(rawValue: try row["unknown_policy"]),
            let settings = try JSON.parse(Array((row["settings"] as String).utf8)).objectValue
        else { throw StorageError(.corrupt, "an account of a channel can't be read") }
        let connection: String? = try row["connection"]
        try self.init(
            account: ChannelAccount(
                id: ChannelAccountID(organization: OrganizationID(row["organization"]), kind: kind, name: row["name"]),
                settings: settings, connection: connection.map { ConnectionID($0) }, unknown: unknown,
                matchesDirectory: row["matches_directory"] as Int64 != 0,
                bots: Set([String](stored: row["bots"]).map { SenderID($0) }),
                ceiling: EffectSet(stored: row["ceiling"]), isPaused: row["is_paused"] as Int64 != 0),
            sealed: row["sealed"], created: Timestamp(microseconds: row["created"]))
    }
}

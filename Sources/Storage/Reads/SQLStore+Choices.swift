public import Authority
public import Broker
import Gate

extension SQLStore: ChoiceStore {
    private static let ofOwnerAtProvider = Query(
        """
        SELECT * FROM account_choices WHERE organization = $1 AND owner_kind = $2 AND owner = $3 AND provider = $4
        ORDER BY agent
        """)
    private static let all = Query(
        "SELECT * FROM account_choices WHERE organization = $1 ORDER BY agent, owner_kind, owner, provider")

    public func choices(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [AccountChoice] {
        try await rows(SQLStore.ofOwnerAtProvider, [organization.raw, owner.kind, owner.name, provider.raw])
            .map(AccountChoice.init(row:))
    }

    public func choices(in organization: OrganizationID) async throws -> [AccountChoice] {
        try await rows(SQLStore.all, [organization.raw]).map(AccountChoice.init(row:))
    }
}

extension AccountChoice {
    fileprivate init(row: Row) throws {
        try self.init(
            organization: OrganizationID(row["organization"]), agent: AgentID(row["agent"]), owner: Owner(row: row),
            provider: ProviderID(row["provider"]),
            chosen: ChosenAccount(connection: ConnectionID(row["connection"]), account: row["account"]),
            by: row["chosen_by"], at: Timestamp(microseconds: row["at"]))
    }
}

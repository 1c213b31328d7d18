public import Authority
public import Registry

extension TransactionWriter {
    private static let upgradeTold = Query("DELETE FROM upgrades WHERE organization = $1 RETURNING organization")

    func apply(upgrade change: UpgradeChange) async throws {
        switch change {
        case .told(let organization):
            try await mustChange(TransactionWriter.upgradeTold, [organization.raw], organization.raw)
        }
    }
}

extension SQLStore: UpgradeStore {
    private static let untold = Query("SELECT organization FROM upgrades ORDER BY organization")

    public func upgradesUntold() async throws -> [OrganizationID] {
        try await rows(SQLStore.untold).map { OrganizationID(try $0["organization"]) }
    }
}

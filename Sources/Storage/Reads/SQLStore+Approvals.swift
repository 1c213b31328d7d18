public import Authority
public import Gate
public import Wire

extension SQLStore: ApprovalStore {
    private static let oneApproval = Query("SELECT record FROM approvals WHERE id = $1")
    private static let byAsk = Query(
        "SELECT record FROM approvals WHERE asked = $1 ORDER BY is_live DESC, created DESC, id DESC LIMIT 1")
    private static let allApprovals = Query(
        """
        SELECT record FROM approvals WHERE ($1 = '' OR organization = $1) AND (CAST($2 AS BIGINT) = 0 OR is_pending = 1)
        ORDER BY created DESC, id DESC LIMIT $3
        """)
    private static let oneWindow = Query("SELECT record FROM windows WHERE id = $1")
    private static let allWindows = Query(
        """
        SELECT record FROM windows WHERE organization = $1 AND (CAST($2 AS BIGINT) = 0 OR is_open = 1)
        ORDER BY created DESC, id DESC LIMIT $3
        """)

    public func approval(_ id: ApprovalID) async throws -> Approval? {
        try await row(SQLStore.oneApproval, [id.raw]).map(ApprovalRow.approval)
    }

    public func approval(asked: Digest) async throws -> Approval? {
        try await row(SQLStore.byAsk, [asked.bytes]).map(ApprovalRow.approval)
    }

    public func approvals(
        in organization: OrganizationID?, pending: Bool, limit: Int
    ) async throws -> [Approval] {
        try await rows(SQLStore.allApprovals, [organization?.raw ?? "", pending ? 1 : 0, limit])
            .map(ApprovalRow.approval)
    }

    public func claimApproved(limit: Int) async throws -> [Approval] {
        try await driver.claimReady(limit: limit).map(ApprovalRow.approval).filter { $0.state == .approved }
    }

    public func window(_ id: WindowID) async throws -> GrantWindow? {
        try await row(SQLStore.oneWindow, [id.raw]).map(ApprovalRow.window)
    }

    public func windows(in organization: OrganizationID, open: Bool, limit: Int) async throws -> [GrantWindow] {
        try await rows(SQLStore.allWindows, [organization.raw, open ? 1 : 0, limit]).map(ApprovalRow.window)
    }
}

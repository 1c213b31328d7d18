public import Gate

/// What a restored store gives up: whatever was handed out after the backup, and whatever waited when it was made.
public enum RestoreChange: StoredChange {
    /// Bumps every epoch, revokes tokens, ends sign-ins and drops notices. Accounts' tokens may have been renewed since: each
    /// counts as asked for, and nobody knows the answer. Approvals and windows are voided by their own change.
    case restored
}

extension TransactionWriter {
    private static let bumpAll = Query("UPDATE epochs SET value = value + 1 RETURNING scope, value")
    private static let revokeTokens = Query("UPDATE tokens SET state = 'revoked'")
    private static let endSessions = Query("DELETE FROM browser_sessions")
    private static let endLinks = Query("DELETE FROM login_links")
    private static let dropNotices = Query("DELETE FROM notices")
    private static let dropOffers = Query("DELETE FROM sender_offers")
    private static let dropFlows = Query("DELETE FROM connect_flows")
    // What came since the backup was taken and marked as read then.
    private static let dropMailboxMarks = Query("DELETE FROM mailbox_marks")
    private static let doubtTokenSets = Query(
        "UPDATE token_sets SET attempted = COALESCE(token_sets.attempted, obtained), lease_owner = '', lease_until = 0")

    mutating func apply(restore change: RestoreChange) async throws {
        switch change {
        case .restored:
            for row in try await session.rows(TransactionWriter.bumpAll) {
                note(epoch: try row["scope"], try row["value"])
            }
            for query in [
                TransactionWriter.revokeTokens, TransactionWriter.endSessions, TransactionWriter.endLinks,
                TransactionWriter.dropNotices, TransactionWriter.dropOffers, TransactionWriter.dropFlows,
                TransactionWriter.dropMailboxMarks, TransactionWriter.doubtTokenSets,
            ] {
                try await session.run(query)
            }
        }
    }
}

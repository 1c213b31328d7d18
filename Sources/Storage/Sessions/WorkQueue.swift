/// What waits for a gateway that does it.
enum WorkQueue: CaseIterable {
    case inbox, turns, outbox

    /// What may be done now. $1 is the time, $2 how much of one lane there is at the most, $3 of all.
    var due: Query {
        switch self {
        case .inbox: WorkQueue.dueMessages
        case .turns: WorkQueue.dueTurns
        case .outbox: WorkQueue.dueAnswers
        }
    }

    private static let dueMessages = Query(
        """
        SELECT * FROM (SELECT inbox.*,
          ROW_NUMBER() OVER (PARTITION BY organization, kind, account, is_stop ORDER BY received, id) AS place
        FROM inbox WHERE state = 'waiting' AND not_before <= $1 AND (is_stop = 1 OR (
          NOT EXISTS (SELECT 1 FROM inbox AS earlier WHERE earlier.conversation = inbox.conversation
            AND earlier.state = 'waiting' AND earlier.is_stop = 0 AND (earlier.received < inbox.received
              OR (earlier.received = inbox.received AND earlier.id < inbox.id)))
          AND NOT EXISTS (SELECT 1 FROM turns WHERE turns.conversation = inbox.conversation AND turns.state = 'ready')))
        ) AS heads WHERE place <= $2 ORDER BY received, id LIMIT $3
        """)
    private static let dueTurns = Query(
        """
        SELECT * FROM (SELECT turns.*,
          ROW_NUMBER() OVER (PARTITION BY organization, agent ORDER BY began, id) AS position
        FROM turns WHERE state = 'ready' AND COALESCE(not_before, 0) <= $1
        ) AS heads WHERE position <= $2 ORDER BY began, id LIMIT $3
        """)
    private static let dueAnswers = Query(
        """
        SELECT * FROM (SELECT outbox.*,
          ROW_NUMBER() OVER (PARTITION BY organization, kind, account ORDER BY created, id) AS place
        FROM outbox WHERE state IN ('waiting', 'sending') AND not_before <= $1 AND NOT EXISTS (
          SELECT 1 FROM outbox AS earlier WHERE earlier.conversation = outbox.conversation
            AND earlier.state IN ('waiting', 'sending') AND (earlier.created < outbox.created
              OR (earlier.created = outbox.created AND earlier.id < outbox.id)))
          AND NOT EXISTS (SELECT 1 FROM channel_accounts WHERE channel_accounts.organization = outbox.organization
            AND channel_accounts.kind = outbox.kind AND channel_accounts.name = outbox.account
            AND channel_accounts.is_paused = 1)
        ) AS heads WHERE place <= $2 ORDER BY created, id LIMIT $3
        """)
}

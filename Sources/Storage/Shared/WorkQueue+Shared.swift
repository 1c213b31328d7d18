extension WorkQueue {
    /// Takes what may be done now for a gateway, in one statement. $1 is the time, $2 the gateway, $3 how much of one lane there
    /// is at the most, $4 of all. Nobody waits for another: what somebody takes just now is passed over. A gateway whose lease
    /// is gone takes nothing, and what it had is everybody's.
    var claim: Query {
        switch self {
        case .inbox: WorkQueue.claimMessages
        case .turns: WorkQueue.claimTurns
        case .outbox: WorkQueue.claimAnswers
        }
    }

    private static let claimMessages = claim(
        from: "inbox", while: "state = 'waiting'", by: "received",
        heads: """
            SELECT id, claimed_by, received,
              ROW_NUMBER() OVER (PARTITION BY organization, kind, account, is_stop ORDER BY received, id) AS place
            FROM inbox WHERE state = 'waiting' AND not_before <= $1
              AND (claimed_by = $2 OR claimed_by NOT IN (SELECT number FROM gateways))
              AND EXISTS (SELECT 1 FROM gateways WHERE number = $2)
              AND (is_stop = 1 OR (
                NOT EXISTS (SELECT 1 FROM inbox AS earlier WHERE earlier.conversation = inbox.conversation
                  AND earlier.state = 'waiting' AND earlier.is_stop = 0 AND (earlier.received < inbox.received
                    OR (earlier.received = inbox.received AND earlier.id < inbox.id)))
                AND NOT EXISTS (
                  SELECT 1 FROM turns WHERE turns.conversation = inbox.conversation AND turns.state = 'ready')))
            """)
    private static let claimTurns = claim(
        from: "turns", while: "state = 'ready'", by: "began",
        heads: """
            SELECT id, claimed_by, began,
              ROW_NUMBER() OVER (PARTITION BY organization, agent ORDER BY began, id) AS place
            FROM turns WHERE state = 'ready' AND COALESCE(not_before, 0) <= $1
              AND (claimed_by = $2 OR claimed_by NOT IN (SELECT number FROM gateways))
              AND EXISTS (SELECT 1 FROM gateways WHERE number = $2)
            """)
    private static let claimAnswers = claim(
        from: "outbox", while: "state IN ('waiting', 'sending')", by: "created",
        heads: """
            SELECT id, claimed_by, created,
              ROW_NUMBER() OVER (PARTITION BY organization, kind, account ORDER BY created, id) AS place
            FROM outbox WHERE state IN ('waiting', 'sending') AND not_before <= $1
              AND (claimed_by = $2 OR claimed_by NOT IN (SELECT number FROM gateways))
              AND EXISTS (SELECT 1 FROM gateways WHERE number = $2)
              AND NOT EXISTS (
                SELECT 1 FROM outbox AS earlier WHERE earlier.conversation = outbox.conversation
                  AND earlier.state IN ('waiting', 'sending') AND (earlier.created < outbox.created
                    OR (earlier.created = outbox.created AND earlier.id < outbox.id)))
              AND NOT EXISTS (SELECT 1 FROM channel_accounts WHERE channel_accounts.organization = outbox.organization
                AND channel_accounts.kind = outbox.kind AND channel_accounts.name = outbox.account
                AND channel_accounts.is_paused = 1)
            """)

    /// `heads` selects what is due, with its `place` in its lane. Of it this gateway has some already, and takes what nobody
    /// alive has, in the order of `time`.
    private static func claim(
        from table: StaticString, while due: StaticString, by time: StaticString, heads: StaticString
    ) -> Query {
        Query(
            "WITH heads AS (SELECT id, claimed_by FROM (", heads, ") AS due WHERE place <= $3 ORDER BY ", time,
            ", id LIMIT $4), ",
            "free AS (SELECT id FROM ", table, " WHERE id IN (SELECT id FROM heads WHERE claimed_by <> $2) AND ", due,
            " AND claimed_by NOT IN (SELECT number FROM gateways) FOR UPDATE SKIP LOCKED), ",
            "taken AS (UPDATE ", table, " SET claimed_by = $2 WHERE id IN (SELECT id FROM free) RETURNING *) ",
            "SELECT * FROM taken UNION ALL SELECT * FROM ", table,
            " WHERE id IN (SELECT id FROM heads WHERE claimed_by = $2) ORDER BY ", time, ", id")
    }
}

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

    private static let claimMessages = Query(
        """
        WITH heads AS (
          SELECT id, claimed_by FROM (SELECT id, claimed_by, received,
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
          ) AS due WHERE place <= $3 ORDER BY received, id LIMIT $4),
        free AS (
          SELECT id FROM inbox WHERE id IN (SELECT id FROM heads WHERE claimed_by <> $2) AND state = 'waiting'
            AND claimed_by NOT IN (SELECT number FROM gateways) FOR UPDATE SKIP LOCKED),
        taken AS (
          UPDATE inbox SET claimed_by = $2 WHERE id IN (SELECT id FROM free) RETURNING *)
        SELECT * FROM taken UNION ALL SELECT * FROM inbox WHERE id IN (SELECT id FROM heads WHERE claimed_by = $2)
        ORDER BY received, id
        """)
    private static let claimTurns = Query(
        """
        WITH heads AS (
          SELECT id, claimed_by FROM (SELECT id, claimed_by, began,
            ROW_NUMBER() OVER (PARTITION BY organization, agent ORDER BY began, id) AS place
          FROM turns WHERE state = 'ready' AND COALESCE(not_before, 0) <= $1
            AND (claimed_by = $2 OR claimed_by NOT IN (SELECT number FROM gateways))
            AND EXISTS (SELECT 1 FROM gateways WHERE number = $2)
          ) AS due WHERE place <= $3 ORDER BY began, id LIMIT $4),
        free AS (
          SELECT id FROM turns WHERE id IN (SELECT id FROM heads WHERE claimed_by <> $2) AND state = 'ready'
            AND claimed_by NOT IN (SELECT number FROM gateways) FOR UPDATE SKIP LOCKED),
        taken AS (
          UPDATE turns SET claimed_by = $2 WHERE id IN (SELECT id FROM free) RETURNING *)
        SELECT * FROM taken UNION ALL SELECT * FROM turns WHERE id IN (SELECT id FROM heads WHERE claimed_by = $2)
        ORDER BY began, id
        """)
    private static let claimAnswers = Query(
        """
        WITH heads AS (
          SELECT id, claimed_by FROM (SELECT id, claimed_by, created,
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
          ) AS due WHERE place <= $3 ORDER BY created, id LIMIT $4),
        free AS (
          SELECT id FROM outbox WHERE id IN (SELECT id FROM heads WHERE claimed_by <> $2)
            AND state IN ('waiting', 'sending') AND claimed_by NOT IN (SELECT number FROM gateways)
          FOR UPDATE SKIP LOCKED),
        taken AS (
          UPDATE outbox SET claimed_by = $2 WHERE id IN (SELECT id FROM free) RETURNING *)
        SELECT * FROM taken UNION ALL SELECT * FROM outbox WHERE id IN (SELECT id FROM heads WHERE claimed_by = $2)
        ORDER BY created, id
        """)
}

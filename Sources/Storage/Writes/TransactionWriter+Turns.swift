import Authority
import Gate
import Turns
import Wire

extension TransactionWriter {
    private static let receive = Query(
        """
        INSERT INTO inbox (id, organization, kind, account, event, conversation, is_stop, received, not_before, state,
          attempts, reason, writer)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let room = Query(
        """
        SELECT number FROM (SELECT COUNT(*) AS number FROM inbox
          WHERE organization = $1 AND kind = $2 AND account = $3 AND state = 'waiting') AS waiting WHERE number <= $4
        """)
    private static let roomOfWriter = Query(
        """
        SELECT number FROM (SELECT COUNT(*) AS number FROM inbox
          WHERE organization = $1 AND kind = $2 AND account = $3 AND state = 'waiting' AND writer = $4) AS waiting
        WHERE number <= $5
        """)
    private static let warn = Query(
        """
        INSERT INTO flood_notices (organization, sender, told) VALUES ($1, $2, $3)
        ON CONFLICT (organization, sender) DO UPDATE SET told = excluded.told
        WHERE flood_notices.told <= $4 RETURNING sender
        """)
    private static let replaceEntry = Query(
        """
        UPDATE inbox SET state = $1, attempts = $2, not_before = $3, reason = $4, claimed_by = 0
        WHERE id = $5 AND state = 'waiting' AND claimed_by IN (0, $6) RETURNING id
        """)
    private static let replay = Query(
        """
        UPDATE inbox SET state = 'waiting', attempts = 0, not_before = $1 WHERE id = $2 AND state = 'aside' RETURNING id
        """)
    private static let drop = Query(
        "UPDATE inbox SET state = 'ignored', reason = 'dropped' WHERE id = $1 AND state = 'aside' RETURNING id")
    private static let sayAgain = Query(
        """
        UPDATE outbox SET state = 'waiting', attempts = 0, not_before = $1 WHERE id = $2 AND state = 'failed' RETURNING id
        """)
    private static let forgo = Query(
        "UPDATE outbox SET state = 'dropped' WHERE id = $1 AND state IN ('failed', 'unknown') RETURNING id")
    private static let begin = Query(
        """
        UPDATE inbox SET state = 'begun', reason = NULL, claimed_by = 0
        WHERE id = $1 AND state = 'waiting' AND claimed_by IN (0, $2) AND NOT EXISTS (
          SELECT 1 FROM turns WHERE turns.conversation = inbox.conversation AND turns.state = 'ready')
          AND NOT EXISTS (SELECT 1 FROM sessions WHERE key = $3 AND began > $4) RETURNING id
        """)
    private static let addTurn = Query(
        """
        INSERT INTO turns (id, organization, kind, account, conversation, message, session, agent, requester, person, sender,
          place, reply, began, state, approval, steps, touched, ceiling, labels, claimed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let move = Query(
        """
        UPDATE turns SET state = $1, approval = $2, steps = $3, touched = $4, looked = NULL, labels = $5, attempts = $6,
          not_before = $7, reason = $8, claimed_by = $9
        WHERE id = $10 AND steps = $11 AND state IN ('ready', 'parked') AND claimed_by IN (0, $12) RETURNING id
        """)
    private static let stop = Query(
        """
        UPDATE turns SET state = $1, approval = $2, steps = $3, touched = $4, looked = NULL, labels = $5, attempts = $6,
          not_before = $7, reason = $8, claimed_by = $9
        WHERE id = $10 AND steps = $11 AND state IN ('ready', 'parked') RETURNING id
        """)
    private static let hold = Query(
        "SELECT id FROM turns WHERE id = $1 AND steps = $2 AND state = 'ready' AND claimed_by IN (0, $3)")
    private static let wake = Query(
        """
        UPDATE turns SET state = 'ready', approval = NULL, touched = $1, claimed_by = $2 WHERE id = $3 AND state = 'parked'
        """)
    private static let looked = Query("UPDATE turns SET looked = $1 WHERE id = $2 AND state = 'parked'")
    private static let resume = Query(
        """
        UPDATE turns SET state = 'ready', touched = $1, attempts = 0, not_before = NULL, reason = NULL
        WHERE id = $2 AND state = 'failed' AND reason IS NOT NULL RETURNING id
        """)
    private static let abandon = Query(
        "UPDATE turns SET reason = NULL WHERE id = $1 AND state = 'failed' AND reason IS NOT NULL RETURNING id")
    private static let addSummary = Query(
        """
        INSERT INTO summaries (first, last, last_turn, labels, payload, organization, person, session, conversation)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING payload
        """)
    private static let replaceSummary = Query(
        """
        UPDATE summaries SET first = $1, last = $2, last_turn = $3, labels = $4, payload = $5
        WHERE session = $6 AND conversation = $7 AND payload = $8 RETURNING payload
        """)
    private static let say = Query(
        """
        INSERT INTO outbox (id, organization, kind, account, conversation, turn, created, not_before, state, attempts,
          external, reason, approval, parts, told, about)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let takeDown = Query(
        "UPDATE outbox SET approval = NULL WHERE id = $1 AND approval IS NOT NULL RETURNING id")
    private static let takeDownShown = Query(
        """
        UPDATE outbox SET approval = NULL
        WHERE organization = $1 AND kind = $2 AND account = $3 AND external = $4 AND approval IS NOT NULL
        """)
    private static let settle = Query(
        """
        UPDATE outbox SET state = $1, attempts = $2, not_before = $3, external = $4, reason = $5, parts = $6,
          claimed_by = $7
        WHERE id = $8 AND state IN ('waiting', 'sending') AND claimed_by IN (0, $9) RETURNING id
        """)
    private static let sent = Query(
        "INSERT INTO sent_calls (call, turn) VALUES ($1, $2) ON CONFLICT DO NOTHING")
    private static let useTokens = Query(
        """
        INSERT INTO token_uses (organization, agent, requester, day, tokens) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organization, agent, requester, day) DO UPDATE SET tokens = token_uses.tokens + excluded.tokens
        """)
    private static let tokensOfAgent = Query(
        """
        SELECT CAST(COALESCE(SUM(tokens), 0) AS BIGINT) AS used FROM token_uses WHERE organization = $1 AND agent = $2 AND day = $3
        """)
    private static let tokensOfRequester = Query(
        "SELECT tokens AS used FROM token_uses WHERE organization = $1 AND agent = $2 AND requester = $3 AND day = $4")
    private static let prunes = [
        Query(
            """
            DELETE FROM payloads WHERE id IN (
              SELECT id || '/message' FROM inbox WHERE received < $1 AND state = 'ignored')
            """),
        Query("DELETE FROM inbox WHERE received < $1 AND state = 'ignored'"),
        Query(
            """
            DELETE FROM payloads WHERE id IN (
              SELECT id || '/message' FROM outbox
              WHERE created < $1 AND turn IS NULL AND state IN ('delivered', 'dropped'))
            """),
        Query("DELETE FROM outbox WHERE created < $1 AND turn IS NULL AND state IN ('delivered', 'dropped')"),
        Query("DELETE FROM flood_notices WHERE told < $1"),
    ]

    func apply(turn change: TurnChange) async throws {
        switch change {
        case .receive(let entry):
            try await mustChange(
                TransactionWriter.receive,
                [entry.id.raw] + entry.account.values + [
                    entry.event, entry.conversation.raw, entry.isStop ? 1 : 0, entry.received.microseconds,
                    entry.notBefore.microseconds, entry.state.rawValue, entry.attempts, entry.reason, entry.writer,
                ], entry.event)
        case .room(let account, let most):
            try await mustChange(TransactionWriter.room, account.values + [most], TurnChange.room(of: account))
        case .roomOfWriter(let account, let writer, let most):
            try await mustChange(
                TransactionWriter.roomOfWriter, account.values + [writer, most],
                TurnChange.room(of: account, for: writer))
        case .warn(let organization, let sender, let now, let since):
            try await mustChange(
                TransactionWriter.warn, [organization.raw, sender.raw, now.microseconds, since.microseconds],
                sender.raw)
        case .replace(let entry):
            try await mustChange(
                TransactionWriter.replaceEntry,
                [
                    entry.state.rawValue, entry.attempts, entry.notBefore.microseconds, entry.reason, entry.id.raw,
                    session.gateway,
                ], entry.id.raw)
        case .replay(let id, let time):
            try await mustChange(TransactionWriter.replay, [time.microseconds, id.raw], id.raw)
        case .drop(let id): try await mustChange(TransactionWriter.drop, [id.raw], id.raw)
        case .sayAgain(let id, let time):
            try await mustChange(TransactionWriter.sayAgain, [time.microseconds, id.raw], id.raw)
        case .forgo(let id): try await mustChange(TransactionWriter.forgo, [id.raw], id.raw)
        case .begin(let turn):
            try await mustChange(
                TransactionWriter.begin,
                [turn.message.raw, session.gateway, turn.session.raw, turn.began.microseconds], turn.message.raw)
            try await mustChange(TransactionWriter.addTurn, turn.values + [holder(of: turn)], turn.id.raw)
        case .move(let turn, let from):
            try await mustChange(
                TransactionWriter.move, standing(of: turn) + [turn.id.raw, from, session.gateway], turn.id.raw)
        case .stop(let turn, let from):
            try await mustChange(TransactionWriter.stop, standing(of: turn) + [turn.id.raw, from], turn.id.raw)
        case .hold(let turn, let steps):
            try await mustChange(TransactionWriter.hold, [turn.raw, steps, session.gateway], turn.raw)
        case .wake(let turn, let time):
            try await session.run(TransactionWriter.wake, [time.microseconds, session.gateway, turn.raw])
        case .looked(let turn, let time):
            try await session.run(TransactionWriter.looked, [time.microseconds, turn.raw])
        case .sent(let call, let turn): try await session.run(TransactionWriter.sent, [call.raw, turn.raw])
        case .resume(let turn, let time):
            try await mustChange(TransactionWriter.resume, [time.microseconds, turn.raw], turn.raw)
        case .abandon(let turn): try await mustChange(TransactionWriter.abandon, [turn.raw], turn.raw)
        case .summarize(let summary, let earlier):
            let values: [any Storable] = [
                summary.first.microseconds, summary.last.microseconds, summary.lastTurn.raw, summary.labels.stored.text,
                summary.payload,
            ]
            let (session, place) = (summary.session, summary.conversation.raw)
            if let earlier {
                try await mustChange(TransactionWriter.replaceSummary, values + [session.raw, place, earlier], place)
            } else {
                try await mustChange(
                    TransactionWriter.addSummary,
                    values + [session.organization.raw, session.requester.person?.raw, session.raw, place], place)
            }
        case .reserve(let use, let tokens, let limits):
            try await add(tokens, to: use)
            let ofAgent = try await session.row(
                TransactionWriter.tokensOfAgent, [use.organization.raw, use.agent.raw, use.day])
            let ofRequester = try await session.row(
                TransactionWriter.tokensOfRequester,
                [use.organization.raw, use.agent.raw, use.requester.text, use.day])
            for (row, limit) in [(ofAgent, limits.agent), (ofRequester, limits.requester)] {
                guard let limit, let used: Int = try row?["used"], used > limit else { continue }
                throw CommitError.exists("tokens of `\(use.agent)`")
            }
        case .used(let use, let tokens): try await add(tokens, to: use)
        case .say(let entry):
            try await mustChange(
                TransactionWriter.say,
                [entry.id.raw] + entry.account.values + [
                    entry.conversation.raw, entry.turn?.raw, entry.created.microseconds,
                    entry.notBefore.microseconds, entry.state.rawValue, entry.attempts, entry.external, entry.reason,
                    entry.approval?.raw, entry.parts, entry.told, entry.about?.raw,
                ], entry.id.raw)
        case .takeDown(let id): try await mustChange(TransactionWriter.takeDown, [id.raw], id.raw)
        case .takeDownShown(let account, let external):
            try await session.run(TransactionWriter.takeDownShown, account.values + [external])
        case .settle(let entry):
            try await mustChange(
                TransactionWriter.settle,
                [
                    entry.state.rawValue, entry.attempts, entry.notBefore.microseconds, entry.external, entry.reason,
                    entry.parts, entry.state == .sending ? session.gateway : 0, entry.id.raw, session.gateway,
                ], entry.id.raw)
        case .prune(let time):
            for query in TransactionWriter.prunes { try await session.run(query, [time.microseconds]) }
        }
    }

    private func standing(of turn: Turn) -> [any Storable] {
        [
            turn.state.name, turn.state.approval, turn.steps, turn.touched.microseconds, turn.labels.stored.text,
            turn.attempts, turn.notBefore?.microseconds, turn.reason, holder(of: turn),
        ]
    }

    /// Who runs it from now on; 0 for whoever takes it.
    private func holder(of turn: Turn) -> Int64 {
        turn.state == .ready && turn.notBefore == nil ? session.gateway : 0
    }

    private func add(_ tokens: Int, to use: TokenUse) async throws {
        try await session.run(
            TransactionWriter.useTokens,
            [use.organization.raw, use.agent.raw, use.requester.text, use.day, tokens])
    }
}

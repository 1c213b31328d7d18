import Authority
import Gate
import Wire

extension TransactionWriter {
    private static let open = Query(
        """
        INSERT INTO calls (id, organization, agent, requester, tool, effect, identity, state, opened, gateway)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id
        """)
    /// Never run on an embedded store, whose gateways are all number 0. The clock is the database's own. One that was ended
    /// before is ended once more for calls that it opened after somebody had looked.
    private static let endGateway = Query(
        """
        WITH ended AS (
          DELETE FROM gateways WHERE number = $1
          AND until < CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) RETURNING number)
        SELECT number FROM ended UNION SELECT gateway FROM calls WHERE gateway = $1 AND state = 'open'
        AND NOT EXISTS (SELECT 1 FROM gateways WHERE number = $1)
        """)
    private static let byIdentity = Query("SELECT id, state FROM calls WHERE identity = $1")
    private static let close = Query("DELETE FROM calls WHERE id = $1 AND state = 'open' RETURNING id")
    private static let markUnknown = Query(
        "UPDATE calls SET state = 'unknown' WHERE id = $1 AND state = 'open' RETURNING id")
    private static let settleCall = Query("DELETE FROM calls WHERE id = $1 AND state = 'unknown' RETURNING id")
    private static let keep = Query(
        """
        INSERT INTO payloads (id, digest_key, sealed) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET digest_key = excluded.digest_key, sealed = excluded.sealed
        """)
    private static let session = Query(
        """
        INSERT INTO sessions (key, organization, agent, person, labels, last_used, began)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (key) DO UPDATE SET labels = excluded.labels, last_used = excluded.last_used, began = excluded.began
        """)
    private static let clear = Query("DELETE FROM sessions WHERE organization = $1 AND agent = $2 AND person = $3")
    private static let clearOne = Query("DELETE FROM sessions WHERE key = $1")

    private static let forget = Query("DELETE FROM spent WHERE until < $1")
    private static let spendDigest = Query(
        "INSERT INTO spent (digest, until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING digest")

    func apply(gate change: GateChange) async throws {
        switch change {
        case .open(let call): try await open(call)
        case .noneOpen(let identity): try await refuse(identicalTo: identity)
        case .close(let call): try await mustChange(TransactionWriter.close, [call.raw], call.raw)
        case .markUnknown(let call): try await mustChange(TransactionWriter.markUnknown, [call.raw], call.raw)
        case .settle(let call): try await mustChange(TransactionWriter.settleCall, [call.raw], call.raw)
        case .keep(let payload):
            try await session.run(TransactionWriter.keep, [payload.id, payload.digestKey, payload.sealed])
        case .saw(let key, let labels, let time): try await saw(labels, in: key, at: time)
        case .spendOnce(let digest, let until):
            try await session.run(TransactionWriter.forget, [until.adding(seconds: -7 * 86_400).microseconds])
            try await mustChange(
                TransactionWriter.spendDigest, [digest.bytes, until.microseconds], digest.hex)
        case .clearSessions(let organization, let agent, let person):
            try await session.run(TransactionWriter.clear, [organization.raw, agent.raw, person.raw])
        case .endGateway(let number):
            if number != 0 {
                try await mustChange(TransactionWriter.endGateway, [number], "gateway \(number)")
            }
        case .clearSession(let key): try await session.run(TransactionWriter.clearOne, [key.raw])
        }
    }

    private func open(_ call: OpenCall) async throws {
        do {
            try await mustChange(
                TransactionWriter.open,
                [
                    call.id.raw, call.organization.raw, call.agent.raw, call.requester, call.tool, call.effect.rawValue,
                    call.identity?.bytes, call.state.rawValue, call.opened.microseconds, session.gateway,
                ], call.id.raw)
        } catch CommitError.exists(let name) {
            if let identity = call.identity { try await refuse(identicalTo: identity) }
            throw CommitError.exists(name)
        }
    }

    private func refuse(identicalTo identity: Digest) async throws {
        guard let other = try await session.row(TransactionWriter.byIdentity, [identity.bytes]),
            let state = CallState(rawValue: try other["state"])
        else { return }
        throw CommitError.identicalCall(CallID(try other["id"]), state)
    }

    private func saw(_ labels: Labels, in key: SessionKey, at time: Timestamp) async throws {
        let earlier = try await session.row(SessionRow.select, [key.raw]).map(SessionRow.state)
        let state = SessionState.seeing(labels, at: time, after: earlier)
        try await session.run(
            TransactionWriter.session,
            [
                key.raw, key.organization.raw, key.agent.raw, key.requester.person?.raw, state.labels.stored.text,
                state.lastUsed.microseconds, state.began.microseconds,
            ])
    }
}

import Authority
import Foundation
import GRDB
import Gate
import Wire

extension TransactionWriter {
    private static let open = Query(
        """
        INSERT INTO calls (id, organization, agent, requester, tool, effect, identity, state, opened)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let byIdentity = Query("SELECT id, state FROM calls WHERE identity = $1")
    private static let close = Query("DELETE FROM calls WHERE id = $1")
    private static let markUnknown = Query("UPDATE calls SET state = 'unknown' WHERE id = $1")
    private static let keep = Query(
        """
        INSERT INTO payloads (id, digest_key, sealed) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET digest_key = excluded.digest_key, sealed = excluded.sealed
        """)
    private static let session = Query(
        """
        INSERT INTO sessions (key, organization, agent, person, labels, last_used) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (key) DO UPDATE SET labels = excluded.labels, last_used = excluded.last_used
        """)
    private static let clear = Query("DELETE FROM sessions WHERE organization = $1 AND agent = $2 AND person = $3")
    private static let clearOne = Query("DELETE FROM sessions WHERE key = $1")

    private static let forget = Query("DELETE FROM spent WHERE until < $1")
    private static let spendDigest = Query(
        "INSERT INTO spent (digest, until) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING digest")

    func apply(gate change: GateChange) throws {
        switch change {
        case .open(let call): try open(call)
        case .close(let call): try TransactionWriter.close.run(db, [call.raw])
        case .markUnknown(let call): try TransactionWriter.markUnknown.run(db, [call.raw])
        case .keep(let payload):
            try TransactionWriter.keep.run(db, [payload.id, Data(payload.digestKey), Data(payload.sealed)])
        case .saw(let key, let labels, let time): try saw(labels, in: key, at: time)
        case .spendOnce(let digest, let until):
            try TransactionWriter.forget.run(db, [until.adding(seconds: -7 * 86_400).microseconds])
            try mustChange(
                TransactionWriter.spendDigest, [Data(digest.bytes), until.microseconds], digest.hex)
        case .clearSessions(let organization, let agent, let person):
            try TransactionWriter.clear.run(db, [organization.raw, agent.raw, person.raw])
        case .clearSession(let key): try TransactionWriter.clearOne.run(db, [key.raw])
        }
    }

    private func open(_ call: OpenCall) throws {
        let row = try TransactionWriter.open.row(
            db,
            [
                call.id.raw, call.organization.raw, call.agent.raw, call.requester, call.tool, call.effect.rawValue,
                call.identity.map { Data($0.bytes) }, call.state.rawValue, call.opened.microseconds,
            ])
        guard row == nil else { return }
        let other = try call.identity.flatMap { try TransactionWriter.byIdentity.row(db, [Data($0.bytes)]) }
        guard let other, let state = CallState(rawValue: other["state"]) else {
            throw CommitError.exists(call.id.raw)
        }
        throw CommitError.identicalCall(CallID(other["id"]), state)
    }

    private func saw(_ labels: Labels, in key: SessionKey, at time: Timestamp) throws {
        let earlier = try SessionRow.select.row(db, [key.raw]).map(SessionRow.state)
        let state = SessionState.seeing(labels, at: time, after: earlier)
        try TransactionWriter.session.run(
            db,
            [
                key.raw, key.organization.raw, key.agent.raw, key.requester.person?.raw, state.labels.stored.text,
                time.microseconds,
            ])
    }
}

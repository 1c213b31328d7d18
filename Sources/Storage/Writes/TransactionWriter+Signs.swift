import Authority
import Gate
import Ledger

extension TransactionWriter {
    private static let keepSign = Query(
        """
        INSERT INTO signs (tree, gateway, phase, seen, pause) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tree, gateway) DO UPDATE
        SET phase = excluded.phase, seen = excluded.seen, pause = excluded.pause
        """)
    private static let forgetSign = Query("DELETE FROM signs WHERE tree = $1 AND gateway = $2")

    func apply(sign change: SignChange) async throws {
        switch change {
        case .keep(let sign):
            try await session.run(
                TransactionWriter.keepSign,
                [sign.tree.raw, sign.gateway, sign.phase.rawValue, sign.time.microseconds, sign.interval])
        case .forget(let tree, let gateway):
            try await session.run(TransactionWriter.forgetSign, [tree.raw, gateway])
        }
    }
}

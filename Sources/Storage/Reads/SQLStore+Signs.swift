import Authority
public import Gate
import Ledger

extension SQLStore: SignStore {
    private static let signs = Query("SELECT gateway, phase, seen, pause FROM signs WHERE tree = $1 ORDER BY gateway")

    public func signs(in tree: TreeID) async throws -> [GatewaySign] {
        try await rows(SQLStore.signs, [tree.raw]).map { row in
            guard let phase = Heartbeat.Phase(rawValue: try row["phase"]) else {
                throw StorageError(.corrupt, "the sign of a gateway in `\(tree.raw)` can't be read")
            }
            return GatewaySign(
                tree: tree, gateway: try row["gateway"], phase: phase, time: Timestamp(microseconds: try row["seen"]),
                interval: try row["pause"])
        }
    }
}

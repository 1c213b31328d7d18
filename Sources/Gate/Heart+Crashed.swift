import Authority
import Ledger
import Logging
import Wire

extension Heart {
    /// So far back a start looks for earlier gateways: what they recorded between two heartbeats, and some more.
    private static let reach: Int64 = 200_000
    private static let batch: Int64 = 1_000
    /// So many heartbeats tell of every gateway that can have run beside this one.
    private static let enough = 64

    /// The gateways that weren't stopped, and of which nobody has said so.
    func crashed(in tree: TreeID) async throws -> [String] {
        var settled: Set<String> = [settings.gateway]
        var crashed: [String] = []
        var seen = 0
        let size = try await store.head(of: tree).size
        var first = size
        while first > max(0, size - Heart.reach), seen < (settings.isAlone ? 1 : Heart.enough) {
            let start = max(0, first - Heart.batch)
            for record in try await store.records(of: tree, from: start, limit: Int(first - start)).reversed() {
                guard let (beat, time) = Heart.beat(in: record.bytes) else { continue }
                seen += 1
                if settled.insert(beat.gateway).inserted, beat.phase != .stopped, isOver(beat, time) {
                    crashed.append(beat.gateway)
                    log.warning(
                        "a gateway wasn't stopped",
                        metadata: ["tree": "\(tree.raw)", "gateway": "\(beat.gateway)", "last": "\(time)"])
                }
                settled.formUnion(beat.crashed)
                if settings.isAlone { break }
            }
            first = start
        }
        return crashed
    }

    private func isOver(_ beat: Heartbeat, _ time: Int64) -> Bool {
        settings.isAlone
            || LedgerReport.Sign(gateway: beat.gateway, time: time, interval: beat.interval)
                .isOverdue(at: world.now().microseconds)
    }

    private static let mark = Array(#""kind":"heartbeat""#.utf8)

    private static func beat(in bytes: [UInt8]) -> (Heartbeat, Int64)? {
        guard Array(bytes.prefix(140)).holds(mark), let record = try? Leaf.decode(bytes) else { return nil }
        return Heartbeat(fields: record.fields).map { ($0, record.time) }
    }
}

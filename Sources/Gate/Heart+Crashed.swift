import Authority
import Ledger
import Logging
import Wire

extension Heart {
    /// What was there before this gateway in a tree.
    struct Earlier {
        /// Those that weren't stopped, and of which nobody has said so.
        var crashed: [String] = []
        /// What nobody asks after any more.
        var settled: [SignChange] = []
    }

    func earlier(in tree: TreeID) async throws -> Earlier {
        let signs = try await store.signs(in: tree)
        // A home from before signs were kept beside the tree.
        guard !signs.isEmpty else { return Earlier(crashed: try await crashedByLeaves(in: tree)) }
        var earlier = Earlier()
        for sign in signs where sign.gateway != settings.gateway {
            switch sign.phase {
            case .stopped: break
            case .started, .beat:
                guard isOver(sign.gateway, sign.interval, sign.time.microseconds) else { continue }
                warn(of: sign.gateway, in: tree, last: sign.time.microseconds)
                earlier.crashed.append(sign.gateway)
            }
            earlier.settled.append(.forget(tree, gateway: sign.gateway))
        }
        return earlier
    }

    private func isOver(_ gateway: String, _ interval: Int64, _ time: Int64) -> Bool {
        settings.isAlone
            || LedgerReport.Sign(gateway: gateway, time: time, interval: interval)
                .isOverdue(at: world.now().microseconds)
    }

    private func warn(of gateway: String, in tree: TreeID, last time: Int64) {
        log.warning(
            "a gateway wasn't stopped",
            metadata: ["tree": "\(tree.raw)", "gateway": "\(gateway)", "last": "\(time)"])
    }
}

extension Heart {
    /// So far back the first start on an older home looks for gateways: what they recorded between two heartbeats, and some
    /// more.
    private static let reach: Int64 = 200_000
    private static let batch: Int64 = 1_000
    /// So many heartbeats tell of every gateway that can have run beside this one.
    private static let enough = 64

    private func crashedByLeaves(in tree: TreeID) async throws -> [String] {
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
                if settled.insert(beat.gateway).inserted, beat.phase != .stopped,
                    isOver(beat.gateway, beat.interval, time)
                {
                    crashed.append(beat.gateway)
                    warn(of: beat.gateway, in: tree, last: time)
                }
                settled.formUnion(beat.crashed)
                if settings.isAlone { break }
            }
            first = start
        }
        return crashed
    }

    private static let mark = Array(#""kind":"heartbeat""#.utf8)

    private static func beat(in bytes: [UInt8]) -> (Heartbeat, Int64)? {
        guard Array(bytes.prefix(140)).holds(mark), let record = try? Leaf.decode(bytes) else { return nil }
        return Heartbeat(fields: record.fields).map { ($0, record.time) }
    }
}

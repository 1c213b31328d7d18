import Gateway
import Glibc
import Logging
import ServiceLifecycle
import Synchronization
import Telemetry

/// Watches the home's file system, so that a full disk never comes as a surprise in the middle of a call: first somebody
/// is told, then nothing new is begun, while outcomes, the ledger and revocations still have their room.
final class DiskWatch: Service, CustomStringConvertible, Sendable {
    let description = "disk"
    private let path: String
    private let gauge: Mutex<DiskGauge>
    private let log: Logger
    private let pause: Duration

    init(_ path: String, low: DiskBound, reserve: DiskBound, pause: Duration = .seconds(1), log: Logger) {
        self.path = path
        self.log = log
        self.pause = pause
        gauge = Mutex(DiskGauge(low: low, reserve: reserve))
        look()
    }

    convenience init(_ path: String, _ settings: DiskSettings, log: Logger) {
        self.init(path, low: settings.low, reserve: settings.reserve, log: log)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: self.pause)) != nil { self.look() }
        }
    }

    private func look() {
        guard let space = DiskWatch.space(at: path) else { return }
        let (state, isNew) = gauge.withLock { gauge in
            let isNew = gauge.look(space)
            return (gauge.state, isNew)
        }
        guard isNew else { return }
        let left: Logger.Metadata = ["free_bytes": "\(space.free)", "total_bytes": "\(space.total)"]
        switch state {
        case .fine: log.notice("the home's disk has room again", metadata: left)
        case .low: log.warning("the home's disk is getting full", metadata: left)
        case .reserved: log.error("the home's disk is nearly full: no call is begun", metadata: left)
        }
    }

    /// Why nothing may be begun; nil when all may.
    var reason: String? {
        gauge.withLock(\.state) == .reserved
            ? "the gateway's disk is nearly full, and what is left is kept for calls that have begun" : nil
    }

    var finding: Readiness.Finding {
        let (state, space) = gauge.withLock { ($0.state, $0.space) }
        let left = space.map { "\($0.free >> 20) MiB of \($0.total >> 20) MiB are left" } ?? ""
        return switch state {
        case .fine: .good
        case .low: .degraded("the home's disk is getting full: \(left)")
        case .reserved: .bad("the home's disk is nearly full, so no call is begun: \(left)")
        }
    }

    /// Nil when the system can't say.
    private static func space(at path: String) -> DiskSpace? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let block = Int64(status.f_frsize)
        return DiskSpace(free: Int64(status.f_bavail) * block, total: Int64(status.f_blocks) * block)
    }
}

extension DiskWatch: MetricSource {
    func families() -> [MetricFamily] {
        let (state, space) = gauge.withLock { ($0.state, $0.space) }
        return [
            .gauge(
                "deputy_disk_free_bytes", "What may still be written to the home's file system.",
                Double(space?.free ?? 0)),
            .gauge("deputy_disk_total_bytes", "The size of the home's file system.", Double(space?.total ?? 0)),
            .labelled(
                "deputy_disk_state", "How near the home's file system is to being full: the state that holds is 1.",
                "state", DiskGauge.State.allCases.map { ($0.rawValue, $0 == state ? 1 : 0) }),
        ]
    }
}

import Authority
import Gate
import Glibc
import Storage
import Synchronization
import Wire

/// The world as it is: the system's clock and generator.
enum SystemWorld {
    /// - Parameter earliest: the last leaf of the ledger. A clock that was set back doesn't run below it, nor below what
    ///   it said before.
    static func make(
        notBefore earliest: Timestamp = Timestamp(microseconds: 0), lasting: LastingClock = clockThatLasts()
    ) -> World {
        let latest = Mutex(earliest)
        let now = { @Sendable () -> Timestamp in
            latest.withLock { latest in
                latest = max(latest, clock())
                return latest
            }
        }
        #if DEBUG
        let points = [CrashPoint(from: "DEPUTY_KILL_AT", SIGKILL), CrashPoint(from: "DEPUTY_STOP_AT", SIGSTOP)]
        return World(
            now: now, newID: newID, reached: { waypoint in points.forEach { $0?.reached(waypoint) } },
            lasting: lasting.now)
        #else
        return World(now: now, newID: newID, lasting: lasting.now)
        #endif
    }

    /// It counts the time that the machine sleeps. Gateways that share a store have leases on the same tokens: they measure by
    /// the store's clock.
    static func clockThatLasts(sharing store: SQLStore? = nil) -> LastingClock {
        LastingClock(wall: { store?.sharedTime ?? clock() }) {
            var time = timespec()
            clock_gettime(CLOCK_BOOTTIME, &time)
            return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        }
    }

    @Sendable static func clock() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// 120 random bits: no id can be guessed, and none comes twice.
    @Sendable private static func newID(_ prefix: String) -> String { prefix + "_" + Hex.encode(randomBytes(15)) }
}

#if DEBUG
/// Kills or stops the process at a named point of a call, for crash tests. Not in release builds.
///
/// `DEPUTY_KILL_AT=before-effect:3` kills at the third arrival there, `DEPUTY_STOP_AT` lets it stand still.
private final class CrashPoint: Sendable {
    private let point: Waypoint
    private let left: Mutex<Int>
    private let signal: Int32

    init?(from variable: String, _ signal: Int32) {
        guard let text = getenv(variable).map({ String(cString: $0) }) else { return nil }
        let parts = text.split(separator: ":")
        guard parts.count == 2, let point = Waypoint(rawValue: String(parts[0])), let count = Int(parts[1]) else {
            return nil
        }
        self.point = point
        left = Mutex(count)
        self.signal = signal
    }

    func reached(_ waypoint: Waypoint) {
        guard waypoint == point else { return }
        let isLast = left.withLock { count in
            count -= 1
            return count == 0
        }
        if isLast { kill(getpid(), signal) }
    }
}
#endif

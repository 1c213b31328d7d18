public import Authority
public import Gate
import Synchronization

/// A world whose clock is set by hand and whose ids count.
public final class FakeWorld: Sendable {
    private let clock: Mutex<Int64>
    private let count = Mutex(0)
    private let waypoints = Mutex<[Waypoint]>([])
    private let pending = Mutex<[Waypoint: @Sendable () -> Void]>([:])

    public init(at time: Timestamp = Timestamp(microseconds: 1_795_000_000_000_000)) {
        clock = Mutex(time.microseconds)
    }

    public func advance(seconds: Int64) { clock.withLock { $0 += seconds * 1_000_000 } }

    /// Runs when a call reaches this point the next time.
    public func when(_ point: Waypoint, _ body: @escaping @Sendable () -> Void) {
        pending.withLock { $0[point] = body }
    }

    /// The points that calls reached, in order.
    public var reached: [Waypoint] { waypoints.withLock { $0 } }

    public var world: World {
        World(
            now: { [self] in Timestamp(microseconds: clock.withLock { $0 }) },
            newID: { [self] prefix in
                count.withLock { number in
                    number += 1
                    return "\(prefix)_\(number)"
                }
            },
            reached: { [self] point in
                waypoints.withLock { $0.append(point) }
                pending.withLock { $0.removeValue(forKey: point) }?()
            })
    }
}

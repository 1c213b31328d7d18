import Foundation
import Synchronization

/// The time by which tokens end. Tests move it, so that nobody has to wait.
final class AcmeClock: Sendable {
    private let offset = Mutex<TimeInterval>(0)

    var now: Date {
        Date().addingTimeInterval(offset.withLock { $0 })
    }

    /// Seconds ahead of the machine's clock, from now on.
    func set(offset seconds: Int) {
        offset.withLock { $0 = TimeInterval(seconds) }
    }
}

import Foundation
import Synchronization

/// Runs simulations. Each has a thread of its own, on which everything of it happens.
public enum Simulation {
    public static func run(_ options: SimulationOptions) -> SimulationOutcome {
        let place = Mutex<SimulationOutcome?>(nil)
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let outcome = Stage(options).play()
            place.withLock { $0 = outcome }
            done.signal()
        }
        thread.stackSize = 16 << 20
        thread.start()
        done.wait()
        guard let outcome = place.withLock({ $0 }) else {
            preconditionFailure("the simulation's thread ended without an outcome")
        }
        return outcome
    }
}

import Foundation

/// Runs simulations. Each has a thread of its own, on which everything of it happens.
public enum Simulation {
    public static func run(_ options: SimulationOptions) -> SimulationOutcome {
        final class Place: @unchecked Sendable {
            var outcome: SimulationOutcome?
            let done = DispatchSemaphore(value: 0)
        }
        let place = Place()
        let thread = Thread {
            place.outcome = Stage(options).play()
            place.done.signal()
        }
        thread.stackSize = 16 << 20
        thread.start()
        place.done.wait()
        guard let outcome = place.outcome else {
            preconditionFailure("the simulation's thread ended without an outcome")
        }
        return outcome
    }
}

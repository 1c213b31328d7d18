import Authority
import Gateway
import Logging
import Registry
import ServiceLifecycle

/// Finishes what a process that died left of somebody's offboarding. Whoever is cut off can do nothing meanwhile.
struct OffboardingService: NamedService {
    let description = "offboarding"
    let desk: OffboardingDesk
    let log: Logger

    private static let pause = Duration.seconds(15)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // At the start nobody of this process is at it. Later, one that goes on by itself is left to whoever is.
            var seen: [PersonID: Int] = [:]
            var isFirst = true
            while !Task.isCancelled {
                do {
                    for departure in try await desk.unfinished() {
                        let done = departure.ended.own + departure.ended.held
                        if isFirst || seen[departure.person] == done { try await desk.finish(departure.person) }
                        seen[departure.person] = done
                    }
                    isFirst = false
                } catch {
                    if Task.isCancelled { break }
                    log.error("somebody's offboarding can't be finished now", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: OffboardingService.pause)
            }
        }
    }
}

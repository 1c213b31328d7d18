import Broker
import Logging
import ServiceLifecycle

/// Looks after how connections stand, and tells of what changes.
struct HealthService: NamedService {
    let description = "health"
    let desk: HealthDesk
    let log: Logger

    private static let interval = Duration.seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await desk.sweep()
                } catch  where Task.isCancelled {
                    break
                } catch {
                    log.error("the health of connections can't be looked after", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: HealthService.interval)
            }
        }
    }
}

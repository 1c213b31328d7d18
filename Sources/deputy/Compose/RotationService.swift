import Broker
import Logging
import ServiceLifecycle

/// Has our own keys go round until the gateway stops.
struct RotationService: NamedService {
    let description = "rotations"
    let desk: RotationDesk
    let log: Logger

    private static let pause = Duration.seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await desk.sweep()
                } catch  where Task.isCancelled {
                    break
                } catch {
                    log.warning("which of our keys are to be replaced can't be read")
                }
                try? await Task.sleep(for: RotationService.pause)
            }
        }
    }
}

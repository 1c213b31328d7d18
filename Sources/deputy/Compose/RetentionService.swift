import Authority
import Logging
import ServiceLifecycle
import Turns

/// Destroys what was said when its days are over, until the gateway stops.
struct RetentionService: NamedService {
    let description = "retention"
    let desk: RetentionDesk
    let organization: OrganizationID
    let log: Logger

    private static let pause = Duration.seconds(600)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await desk.sweep(organization)
                } catch  where Task.isCancelled {
                    break
                } catch {
                    log.error(
                        "what was said can't be destroyed when its days are over", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: RetentionService.pause)
            }
        }
    }
}

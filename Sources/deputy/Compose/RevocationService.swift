import Broker
import Logging
import ServiceLifecycle

/// Tells providers of connections that have ended until the gateway stops.
struct RevocationService: NamedService {
    let description = "revocations"
    let desk: RevocationDesk
    let log: Logger

    /// Those that were told at once aren't waited for here, so that looking seldom is enough.
    private static let pause = Duration.seconds(15)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await desk.sweep()
                } catch  where Task.isCancelled {
                    break
                } catch {
                    log.warning("what providers are still to be told can't be read")
                }
                try? await Task.sleep(for: RevocationService.pause)
            }
        }
    }
}

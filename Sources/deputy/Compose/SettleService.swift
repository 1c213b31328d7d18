import Gate
import Logging
import ServiceLifecycle
import Storage

/// Says `unknown` of calls that nobody carries out any more: this gateway's own, whose outcome its store couldn't take, and
/// those of gateways that died beside it.
struct SettleService: NamedService {
    let description = "settling"
    let gate: ActionGate
    let recovery: Recovery
    let store: SQLStore
    let wake: @Sendable () -> Void
    let log: Logger

    private static let interval = Duration.seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await gate.settle(store)
                    // What the dead one was to send or carry out is anybody's now.
                    if store.isShared, try await recovery.takeOver() > 0 { wake() }
                } catch  where Task.isCancelled {
                    break
                } catch {
                    log.error("calls without an outcome can't be settled", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: SettleService.interval)
            }
        }
    }
}

import Broker
import Logging
import ServiceLifecycle

/// Renews tokens before they end.
struct RenewalService: NamedService {
    let description = "tokens"
    let keeper: TokenKeeper
    let log: Logger

    private static let interval = Duration.seconds(5)
    private static let batch = 200

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await keeper.renewDue(limit: RenewalService.batch) == RenewalService.batch { continue }
                } catch  where Task.isCancelled {
                    break
                } catch {
                    log.error("tokens can't be renewed", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: RenewalService.interval)
            }
        }
    }
}

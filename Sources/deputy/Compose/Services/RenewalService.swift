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
            // One round doesn't wait for the one before: a provider that hangs holds up its own alone.
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    group.addTask { await renew() }
                    try? await Task.sleep(for: RenewalService.interval)
                }
            }
        }
    }

    private func renew() async {
        do {
            while try await keeper.renewDue(limit: RenewalService.batch) >= RenewalService.batch, !Task.isCancelled {}
        } catch  where Task.isCancelled {
            return
        } catch {
            log.error("tokens can't be renewed", metadata: ["error": "\(error)"])
        }
    }
}

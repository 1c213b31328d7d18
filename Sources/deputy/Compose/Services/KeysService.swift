import Broker
import Logging
import ServiceLifecycle
import Storage
import Vault

/// Takes up keys that were copied here, and seals with the one that the others seal with. A file that can't be taken up is
/// logged once, and the keys stay as they are.
struct KeysService: NamedService {
    let desk: KeyDesk
    let store: SQLStore
    let log: Logger
    let description = "keys"

    private static let interval = Duration.seconds(2)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var failure: String?
            while !Task.isCancelled {
                try? await Task.sleep(for: KeysService.interval)
                do {
                    guard let canary = try await store.value(SealedValue.canary.rawValue) else { continue }
                    try await desk.follow(canary)
                    failure = nil
                } catch let error as VaultError {
                    if failure != "\(error)" {
                        log.warning("the key file isn't taken up", metadata: ["error": "\(error.message)"])
                    }
                    failure = "\(error)"
                } catch {
                    // The store can't be reached; others say so.
                    continue
                }
            }
        }
    }
}

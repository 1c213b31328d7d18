import Gate
import Logging
import Registry
import ServiceLifecycle

/// Has remote servers compared with their pins.
struct ServerWatchService: NamedService {
    let description = "servers"
    let watch: ServerWatch
    let news: ServerNews
    let log: Logger

    private static let interval = Duration.seconds(20)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    for outcome in try await watch.sweep() { tell(outcome) }
                } catch {
                    if Task.isCancelled { break }
                    log.error("remote servers can't be compared with their pins", metadata: ["error": "\(error)"])
                }
                await news.bell.wait(atMost: ServerWatchService.interval)
            }
        }
    }

    private func tell(_ outcome: ServerWatch.Outcome) {
        if let failure = outcome.failure {
            log.warning("a remote server can't be compared with its pins", metadata: ["error": "\(failure)"])
        } else if !outcome.quarantined.isEmpty {
            log.warning(
                "tools of a remote server have changed, and nobody may call them",
                metadata: [
                    "server": "\(outcome.server)", "tools": "\(outcome.quarantined.prefix(20).joined(separator: ", "))",
                ])
        } else {
            log.debug("a remote server was compared with its pins", metadata: ["server": "\(outcome.server)"])
        }
    }
}

import Broker
import ServiceLifecycle

/// Gives back the accounts that people were shown and didn't answer about in time.
struct ConnectSweepService: NamedService {
    let description = "connecting"
    let desk: ConnectDesk

    private static let interval = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await desk.sweep()
                try? await Task.sleep(for: ConnectSweepService.interval)
            }
        }
    }
}

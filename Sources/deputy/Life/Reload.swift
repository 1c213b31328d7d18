import Logging
import ServiceLifecycle
import UnixSignals

/// What is taken anew at SIGHUP, in order, each by its name. One that fails keeps what was before, and doesn't keep the
/// others from theirs. It is the only one that listens for the signal.
struct Reload: NamedService {
    struct Action: Sendable {
        let name: String
        /// - Throws: when what is there can't be taken.
        let run: @Sendable () async throws -> Void
    }

    let actions: [Action]
    /// Told before the first action and after the last, and only then.
    let tell: @Sendable (ServiceManager.State) -> Void
    let log: Logger
    let description = "reload"

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in await UnixSignalsSequence(trapping: .sighup) { await reload() }
        }
    }

    private func reload() async {
        tell(.reloading)
        defer { tell(.ready) }
        for action in actions {
            do {
                try await action.run()
                log.notice("reloaded", metadata: ["what": "\(action.name)"])
            } catch {
                let failure = CommandFailure(error)
                log.error(
                    "not reloaded: what was before goes on",
                    metadata: [
                        "what": "\(action.name)", "reason": "\(failure?.message ?? "\(error)")",
                        "hint": "\(failure?.hint ?? "")",
                    ])
            }
        }
    }
}

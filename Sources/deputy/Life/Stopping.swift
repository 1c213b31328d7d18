import Gateway
import Glibc
import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals

/// How the gateway ends: at the first SIGTERM or SIGINT it says that it isn't ready, takes nothing more, and finishes what
/// it has begun, for as long as it is given. A second signal ends it at once; nothing durable is lost by that.
struct Stopping: Sendable {
    /// For recording what was given up.
    private static let lastWords = Duration.seconds(2)

    /// How long it goes on serving while `/readyz` is red already, for those who send requests here to notice.
    var delay = Duration.zero
    /// How long calls that have begun may take to finish, from then on.
    var deadline = Duration.seconds(25)
    let readiness: Readiness
    let log: Logger
    /// How many calls are under way.
    let underWay: @Sendable () -> Int
    /// Lets those go who only wait.
    let release: @Sendable () -> Void
    /// Gives up what is still waited for upstream, when the time is up.
    let giveUp: @Sendable () async -> Void
    /// Puts everything away.
    let putAway: @Sendable () async -> Void

    /// Runs the services until they have ended.
    func run(_ group: ServiceGroup) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await group.run()
                return true
            }
            tasks.addTask {
                await watch(signals, group)
                return false
            }
            while let isOver = try await tasks.next(), !isOver {}
            tasks.cancelAll()
        }
    }

    private func watch(_ signals: UnixSignalsSequence, _ group: ServiceGroup) async {
        await withTaskGroup(of: Void.self) { tasks in
            var isStopping = false
            for await signal in signals {
                if isStopping {
                    log.warning("stopped at once", metadata: ["calls": "\(underWay())"])
                    _exit(128 + signal.number)
                }
                isStopping = true
                readiness.enter(.stopping)
                log.notice("stopping", metadata: ["signal": "\(signal)", "calls": "\(underWay())"])
                tasks.addTask { await stop(group) }
            }
            tasks.cancelAll()
        }
    }

    private func stop(_ group: ServiceGroup) async {
        try? await Task.sleep(for: delay)
        release()
        await group.triggerGracefulShutdown()
        guard (try? await Task.sleep(for: deadline)) != nil else { return }
        log.warning("stopped before every call had ended", metadata: ["calls": "\(underWay())"])
        await giveUp()
        // What was given up is recorded as unknown; what isn't by then, when the home is opened again.
        let end = ContinuousClock.now + Stopping.lastWords
        while underWay() > 0, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
        await putAway()
        exit(0)
    }
}

extension UnixSignal {
    fileprivate var number: Int32 { self == .sigint ? SIGINT : SIGTERM }
}

import Logging
import ServiceLifecycle

/// The service group describes each service for its log. Without a name of its own a service is described by all that it
/// holds, which takes longer than the rest of the start.
protocol NamedService: Service, CustomStringConvertible {}

/// Works until the gateway stops.
struct EndlessService: NamedService {
    let description: String
    private let work: @Sendable () async throws -> Void

    init(_ description: String, _ work: @escaping @Sendable () async throws -> Void) {
        self.description = description
        self.work = work
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await work() }
    }
}

/// Does the same again after each pause until the gateway stops. What fails is logged, and tried again.
struct RepeatedService: NamedService {
    let description: String
    private let pause: @Sendable () async -> Void
    private let complaint: Logger.Message
    private let log: Logger
    private let work: @Sendable () async throws -> Void

    /// - Parameter complaint: what is logged when it fails.
    init(
        _ description: String, every pause: Duration, orElse complaint: Logger.Message, _ log: Logger,
        _ work: @escaping @Sendable () async throws -> Void
    ) {
        self.init(description, after: { try? await Task.sleep(for: pause) }, orElse: complaint, log, work)
    }

    init(
        _ description: String, after pause: @escaping @Sendable () async -> Void, orElse complaint: Logger.Message,
        _ log: Logger, _ work: @escaping @Sendable () async throws -> Void
    ) {
        self.description = description
        self.pause = pause
        self.complaint = complaint
        self.log = log
        self.work = work
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await work()
                } catch  where Task.isCancelled {
                    break
                } catch {
                    log.error(complaint, metadata: ["error": "\(error)"])
                }
                await pause()
            }
        }
    }
}

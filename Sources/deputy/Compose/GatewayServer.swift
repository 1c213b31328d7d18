import Broker
import Egress
import Gate
import Gateway
import Glibc
import Hummingbird
import Logging
import ServiceLifecycle
import Turns

/// The gateway as services: checkpoints, the socket, and the public face. HTTP stops first and the store last.
struct GatewayServer {
    let composition: Composition
    let served: ServedFace
    /// Of one token, over time; 0 for no bound.
    var requestsPerSecond = 100
    /// Seconds between two heartbeats.
    var heartbeat = GatewayServer.defaultHeartbeat
    /// Where metrics are read besides the home's socket.
    var metrics: MetricsListener?

    var shutdownDelay = Duration.zero
    var shutdownDeadline = Duration.seconds(25)

    static let defaultHeartbeat = 60

    /// Serves until SIGTERM, SIGINT or cancellation.
    ///
    /// - Parameter whenReady: is given the URL, once the port listens.
    func run(whenReady: @escaping @Sendable (String) async -> Void) async throws {
        let composition = composition
        let quiet = Logger(label: "http") { _ in SwiftLogNoOpLogHandler() }
        // The port may be chosen by the system, and metadata names it: so it is bound before routes answer.
        let url = composition.ground.publicName
        url.serve(on: served.host, as: served.publicURL, isSecure: served.identity != nil)
        let server = mcp(knownAs: url)
        let router = try router(knownAs: url, server)
        let (besides, listening) = AsyncStream<Void>.makeStream()
        let metrics = metrics
        let manager = ServiceManager()
        let application = Application(
            router: router, server: served.face.server,
            configuration: .init(address: .hostname(served.host, port: served.port), serverName: nil),
            onServerRunning: { channel in
                url.bound(to: channel.localAddress?.port ?? 0)
                // Whoever is told that it serves may give commands at once.
                var awaited = metrics == nil ? 1 : 2
                for await _ in besides {
                    awaited -= 1
                    if awaited == 0 { break }
                }
                guard !Task.isCancelled else { return }
                composition.readiness.enter(.serving)
                await whenReady(url.value)
                manager?.tell(.ready)
            }, logger: quiet)

        let socket: LocalSocket
        do {
            socket = try LocalSocket(composition.home.paths.socket)
        } catch {
            try await composition.close()
            throw error
        }
        let mask = umask(LocalSocket.mask)
        defer { umask(mask) }
        let commands = socket.application(composition, quiet) { listening.yield() }

        let heart = Heart(composition, interval: heartbeat)
        do {
            try await heart.start()
        } catch {
            try await composition.close()
            throw error
        }
        let tls = served.identity.map { TLSService(identity: $0, world: composition.world, log: composition.log) }
        let metricsService = metrics.map {
            $0.service(composition.instruments.registry, composition.readiness) { listening.yield() }
        }
        let besideHTTP: [(any Service)?] = [composition.instruments.exporter, tls, metricsService]
        let told: [any Service] = manager.map { [ServiceManagerService(manager: $0)] } ?? []
        let first: [any Service] = [
            EndlessService("heartbeats") { await heart.run() },
            Reload(
                actions: [composition.logLevelReload, tls?.reload].compactMap(\.self),
                tell: { [readiness = composition.readiness] state in
                    if readiness.phase == .serving { manager?.tell(state) }
                }, log: composition.log),
        ]
        let services: [any Service] =
            first + composition.workers + composition.talk.services + besideHTTP.compactMap(\.self)
            + composition.sharedServices + [commands, application] + told
        let putAway = { @Sendable () async throws in
            // What a provider has answered and nobody has written is lost otherwise.
            await composition.brokerage.keeper.finish(within: .seconds(20))
            await heart.stop()
            socket.remove()
            try await composition.close()
        }
        var stopping = Stopping(
            readiness: composition.readiness, log: composition.log, underWay: { composition.gate.underWay },
            release: {
                server.stopWaiting()
                composition.talk.desk.events.close()
            }, giveUp: { try? await composition.brokerage.egress.shutdown() },
            putAway: { try? await putAway() })
        stopping.delay = shutdownDelay
        stopping.deadline = shutdownDeadline
        do {
            try await stopping.run(ServiceGroup(services: services, logger: quiet))
        } catch {
            try await putAway()
            throw error
        }
        try await putAway()
    }
}

import Authority
import Broker
import Egress
import FoundationEssentials
import Gate
import Gateway
import Glibc
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Storage
import Turns
import UnixSignals

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

    /// unix(7): 108 bytes with the one that ends it.
    private static let longestSocketPath = 107

    /// Serves until SIGTERM, SIGINT or cancellation.
    ///
    /// - Parameter whenReady: is given the URL, once the port listens.
    func run(whenReady: @escaping @Sendable (String) async -> Void) async throws {
        let composition = composition
        let quiet = Logger(label: "http") { _ in SwiftLogNoOpLogHandler() }
        // The port may be chosen by the system, and metadata names it: so it is bound before routes answer.
        let url = composition.publicName
        url.serve(on: served.host, as: served.publicURL, isSecure: served.identity != nil)
        let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ObservedRequests(composition.instruments.http))
        served.face.add(to: router)
        var settings = MCPSettings(
            publicURL: { url.value }, defaultOrganization: composition.home.organization, serverVersion: Version.text,
            origins: served.origins, limits: limits)
        settings.connectWay = { [guide = composition.guide] in
            await guide.way(to: $0, for: $1, by: $2, in: $3)
        }
        let server = MCPServer(
            gate: composition.gate, tokens: composition.tokens,
            settings: settings,
            log: composition.log, tracer: composition.instruments.tracer)
        server.addRoutes(to: router)
        var talking = APISettings(
            publicURL: { url.value }, organization: composition.home.organization, now: composition.world.now)
        talking.limits = limits
        APIServer(
            gate: composition.gate, tokens: composition.tokens, talk: composition.talk.desk, settings: talking,
            refusals: composition.instruments.channels, log: composition.log
        ).addRoutes(to: router)
        HealthRoutes(composition.readiness).addRoutes(to: router)
        TakeUpRoute(api: composition.api).addRoutes(to: router)
        AuthorizationServer(desk: composition.oauth, origins: served.origins, log: composition.log) {
            [keys = composition.tokenKeys] in
            try await keys.published()
        }.addRoutes(to: router)
        ClientDocumentRoute { url.value }.addRoutes(to: router)
        composition.talk.hooks.addRoutes(to: router)
        try composition.pages().addRoutes(to: router)
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

        let socketRouter = Router()
        composition.api.addRoutes(to: socketRouter)
        HealthRoutes(composition.readiness).addRoutes(to: socketRouter)
        MetricsRoute(composition.instruments.registry).addRoutes(to: socketRouter)
        let socketPath = composition.home.paths.socket
        guard socketPath.utf8.count <= GatewayServer.longestSocketPath else {
            try await composition.close()
            throw CommandFailure(
                .homeUnusable, "path",
                "`\(socketPath)` has \(socketPath.utf8.count) bytes; a socket's path has at most "
                    + "\(GatewayServer.longestSocketPath)", hint: "move the home to a shorter path")
        }
        unlink(socketPath)
        // The socket is made closed to others: its folder is 0700, and the file 0600.
        let mask = umask(0o177)
        defer { umask(mask) }
        let socket = Application(
            router: socketRouter, configuration: .init(address: .unixDomainSocket(path: socketPath), serverName: nil),
            onServerRunning: { _ in
                _ = chmod(socketPath, 0o600)
                listening.yield()
            }, logger: quiet)

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
            + composition.sharedServices + [
                socket, application,
            ] + told
        let putAway = { @Sendable () async throws in
            // What a provider has answered and nobody has written is lost otherwise.
            await composition.keeper.finish(within: .seconds(20))
            await heart.stop()
            unlink(socketPath)
            try await composition.close()
        }
        var stopping = Stopping(
            readiness: composition.readiness, log: composition.log, underWay: { composition.gate.underWay },
            release: {
                server.stopWaiting()
                composition.talk.desk.events.close()
            }, giveUp: { try? await composition.egress.shutdown() },
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

extension GatewayServer {
    private var limits: MCPLimits {
        var limits = MCPLimits()
        limits.requestsPerSecond = requestsPerSecond == 0 ? nil : Double(requestsPerSecond)
        limits.burst = max(requestsPerSecond * 2, 1)
        return limits
    }
}

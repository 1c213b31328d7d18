import Gateway
import Hummingbird
import Logging
import ServiceLifecycle
import Telemetry

/// A listener that has `/metrics`, and health, and nothing else.
struct MetricsListener: Sendable {
    let address: MetricsAddress
    let token: String?

    /// - Parameter whenListening: called once the port listens.
    func service(
        _ registry: MetricRegistry, _ readiness: Readiness, whenListening: @escaping @Sendable () -> Void
    ) -> any Service {
        let router = Router()
        MetricsRoute(registry, token: token).addRoutes(to: router)
        HealthRoutes(readiness).addRoutes(to: router)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(address.host, port: address.port), serverName: nil),
            onServerRunning: { channel in
                FileHandleOutput.standardError(
                    "deputy: metrics at http://\(address.host):\(channel.localAddress?.port ?? 0)/metrics\n")
                whenListening()
            }, logger: Logger(label: "metrics") { _ in SwiftLogNoOpLogHandler() })
        return MetricsService(address: address, application: application)
    }
}

private struct MetricsService: NamedService {
    let address: MetricsAddress
    let application: any Service
    let description = "metrics"

    func run() async throws {
        do {
            try await application.run()
        } catch {
            throw CommandFailure(error, listeningAt: address.host, address.port, flags: "`--metrics-address`") ?? error
        }
    }
}

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
        return Application(
            router: router,
            configuration: .init(address: .hostname(address.host, port: address.port), serverName: nil),
            onServerRunning: { channel in
                FileHandleOutput.standardError(
                    "deputy: metrics at http://\(address.host):\(channel.localAddress?.port ?? 0)/metrics\n")
                whenListening()
            }, logger: Logger(label: "metrics") { _ in SwiftLogNoOpLogHandler() })
    }
}

import Authority
import Gate
import Synchronization
import Wire

/// How the gateway is named to the world: as it was told, else by the address that it bound.
final class PublicName: Sendable {
    private struct State {
        var host = "127.0.0.1"
        var scheme = "http"
        var given: String?
        var port = 0

        var url: String { given ?? "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
    }

    private let state = Mutex(State())
    /// As the home says, when it wasn't told otherwise.
    private let configured: String?

    init(configured: String?) {
        self.configured = configured
    }

    func serve(on host: String, as given: String?, isSecure: Bool) {
        state.withLock {
            $0.host = host
            $0.scheme = isSecure ? "https" : "http"
            $0.given = given ?? configured
        }
    }

    func bound(to port: Int) { state.withLock { $0.port = port } }

    var value: String { state.withLock(\.url) }

    /// How clients reach the gateway; nil while nothing is served and nobody has said it.
    var known: String? { served ?? configured }

    /// Nil while nothing is served.
    var served: String? { state.withLock { $0.port == 0 ? nil : $0.url } }
}

extension PublicName {
    /// The page on which a person sees what waits.
    ///
    /// - Parameter agents: that it waits for. One agent's needs have a page of their own.
    func link(to matter: NoticeMatter, of agents: [AgentID]) -> String {
        switch matter {
        case .approvals, .test: value + "/approvals"
        case .connectionNeeded:
            agents.count == 1
                ? value + "/connect/agent/" + PercentEncoding.encode(agents[0].raw) : value + "/connections"
        case .connectionsInTrouble: value + "/connections"
        case .toolsChanged: value + "/tools"
        case .schedulesStopped: value + "/schedules"
        case .agreementNeeded: value + "/agreements"
        }
    }
}

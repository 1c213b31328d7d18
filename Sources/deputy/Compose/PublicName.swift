import Gate
import Synchronization

/// How the gateway is named to the world: as it was told, else by the address that it bound.
final class PublicName: Sendable {
    private struct State {
        var host = "127.0.0.1"
        var given: String?
        var port = 0
    }

    private let state = Mutex(State())
    /// As the home says, when it wasn't told otherwise.
    private let configured: String?

    init(configured: String?) {
        self.configured = configured
    }

    func serve(on host: String, as given: String?) {
        state.withLock {
            $0.host = host
            $0.given = given ?? configured
        }
    }

    func bound(to port: Int) { state.withLock { $0.port = port } }

    var value: String { state.withLock { $0.given ?? "http://\($0.host):\($0.port)" } }

    /// How clients reach the gateway; nil while nothing is served and nobody has said it.
    var known: String? { served ?? configured }

    /// Nil while nothing is served.
    var served: String? { state.withLock { $0.port == 0 ? nil : $0.given ?? "http://\($0.host):\($0.port)" } }
}

extension PublicName {
    /// The page on which a person sees what waits.
    func link(to matter: NoticeMatter) -> String {
        switch matter {
        case .approvals, .test: value + "/approvals"
        case .connectionNeeded: value + "/connections"
        case .agreementNeeded: value + "/agreements"
        }
    }
}

import Gateway
import Glibc
import Hummingbird
import Logging

/// The home's socket, where commands reach a gateway that runs.
struct LocalSocket {
    let path: String

    /// Makes it closed to others: its folder is 0700, and the file 0600.
    static let mask: mode_t = 0o177
    /// unix(7): 108 bytes with the one that ends it.
    private static let longest = 107

    /// - Throws: `CommandFailure` when a socket can't have that path.
    init(_ path: String) throws {
        guard path.utf8.count <= LocalSocket.longest else {
            throw CommandFailure(
                .homeUnusable, "path",
                "`\(path)` has \(path.utf8.count) bytes; a socket's path has at most \(LocalSocket.longest)",
                hint: "move the home to a shorter path")
        }
        self.path = path
        remove()
    }

    func remove() { unlink(path) }

    func application(
        _ composition: Composition, _ log: Logger, whenListening: @escaping @Sendable () -> Void
    ) -> some ApplicationProtocol {
        let router = Router()
        composition.api.addRoutes(to: router)
        HealthRoutes(composition.readiness).addRoutes(to: router)
        MetricsRoute(composition.instruments.registry).addRoutes(to: router)
        return Application(
            router: router, configuration: .init(address: .unixDomainSocket(path: path), serverName: nil),
            onServerRunning: { _ in
                _ = chmod(path, 0o600)
                whenListening()
            }, logger: log)
    }
}

import Synchronization

/// How the gateway is named to the world: as it was told, else by the address that it bound.
final class PublicName: Sendable {
    private let host: String
    private let given: String?
    private let port = Mutex(0)

    init(host: String, given: String?) {
        self.host = host
        self.given = given
    }

    func bound(to port: Int) { self.port.withLock { $0 = port } }

    var value: String { given ?? "http://\(host):\(port.withLock { $0 })" }
}

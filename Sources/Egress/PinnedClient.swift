import AsyncHTTPClient
import NIOCore
import NIOPosix

/// Connects to one checked address for one host, and nowhere else. It stays open for as long as anybody reads from it, also when the
/// host has another address by then.
final class PinnedClient: Sendable {
    let address: Address
    private let http: HTTPClient

    /// - Parameter host: as ``Origin/host`` has it, which is how requests name it: of another spelling the address would be asked anew.
    init(of host: String, at address: Address, _ limits: EgressLimits) {
        self.address = address
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        // Deputy makes its own spans; without a tracer of its own the client would still describe each request to nobody.
        configuration.tracing.tracer = nil
        configuration.timeout.connect = limits.connect
        configuration.dnsOverride = [host: address.text]
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    deinit { http.shutdown { _ in } }

    /// - Parameters:
    ///   - deadline: for the head of the answer.
    ///   - read: the connection is there until it returns.
    func execute<Value: Sendable>(
        _ request: HTTPClientRequest, deadline: NIODeadline,
        _ read: (HTTPClientResponse) async throws -> Value
    ) async throws -> Value {
        defer { withExtendedLifetime(self) {} }
        return try await read(try await http.execute(request, deadline: deadline))
    }

    func shutdown() async throws { try await http.shutdown() }
}

extension HTTPClientRequest {
    /// - Parameter target: path and query, from the slash on.
    init(at origin: Origin, _ target: some StringProtocol) {
        self.init(url: origin.text + target)
    }
}

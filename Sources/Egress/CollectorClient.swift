import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
public import Telemetry
public import Wire

/// Posts spans to the collector that the gateway's administrator named (OTLP over HTTP). It goes there and nowhere else:
/// no redirect is followed, no environment's proxy is asked, and it has a client of its own.
public struct CollectorClient: Sendable {
    private let url: String
    private let headers: HTTPHeaders
    private let client: HTTPClient

    /// - Parameters:
    ///   - url: with its path, such as `http://127.0.0.1:4318/v1/traces`.
    ///   - headers: what the collector wants besides, such as its token.
    public init(url: String, headers: [(String, String)], userAgent: String) {
        self.url = url
        var all = HTTPHeaders(headers)
        all.replaceOrAdd(name: "Content-Type", value: "application/json")
        all.replaceOrAdd(name: "User-Agent", value: userAgent)
        self.headers = all
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    @Sendable public func send(_ body: JSON) async -> ExportAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = headers
        request.body = .bytes(body.bytes())
        guard let response = try? await client.execute(request, timeout: .seconds(10)) else {
            return .again(after: nil)
        }
        // What it says besides isn't needed; read, so that the connection can be used again.
        _ = try? await response.body.collect(upTo: 1 << 16)
        switch response.status.code {
        case 200..<300: return .taken
        case 429, 502, 503, 504:
            let seconds = RetryAfter.seconds(response.headers.first(name: "Retry-After"))
            return .again(after: seconds.map { .seconds($0) })
        default: return .refused
        }
    }

    public func shutdown() async throws { try await client.shutdown() }
}

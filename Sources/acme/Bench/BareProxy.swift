import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Hands each request on to one URL and its answer back, and does nothing else: what a gateway made of these libraries
/// costs at the least. For benchmarks, and on this machine alone.
struct BareProxy: HTTPResponder {
    typealias Context = Peer

    private static let largestBody = 1 << 20

    let url: String
    let client: HTTPClient

    /// Serves until the process is told to stop; says where on standard output.
    static func run(to url: String, logger: Logger) async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let proxy = Application(
            responder: BareProxy(url: url, client: client),
            configuration: .init(address: .hostname("127.0.0.1", port: 0), backlog: 1024),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                FileHandle.standardOutput.write(Data("http://127.0.0.1:\(port)\n".utf8))
            }, logger: logger)
        do {
            try await proxy.runService()
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    func respond(to request: Request, context: Peer) async throws -> Response {
        var onward = HTTPClientRequest(url: url)
        onward.method = .POST
        for field in request.headers { onward.headers.add(name: field.name.rawName, value: field.value) }
        onward.body = .bytes(try await request.body.collect(upTo: Self.largestBody))
        let answer = try await client.execute(onward, timeout: .seconds(60))
        let body = try await answer.body.collect(upTo: Self.largestBody)
        return Response(
            status: .init(code: Int(answer.status.code)), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: body))
    }
}

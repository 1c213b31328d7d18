import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOWebSocket
import Synchronization
import Testing

@testable import Egress

struct SocketResetTests {
    private struct Reset: Error {}

    @Test func `a socket is made where the server has agreed, and none where it was reset right behind that`() throws {
        for isReset in [false, true] {
            let channel = EmbeddedChannel()
            let made = Mutex(0)
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/link/", headers: ["Host": "localhost"])
            let upgrade = try WebSocketClient.handshake(head, on: channel, WebSocketLimits()) { _ in
                made.withLock { $0 += 1 }
            }
            try channel.connect(to: NIOCore.SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            var request = ByteBuffer()
            while var part = try channel.readOutbound(as: ByteBuffer.self) { request.writeBuffer(&part) }
            channel.pipeline.fireChannelRead(try consent(to: request))
            // What reads HTTP leaves in the loop's next turn, and sockets are made after that.
            if isReset { channel.pipeline.fireErrorCaught(Reset()) }
            channel.embeddedEventLoop.run()
            #expect(made.withLock(\.self) == (isReset ? 0 : 1))
            #expect(channel.isActive == !isReset)
            if isReset { #expect(throws: Reset.self) { try upgrade.wait() } } else { try upgrade.wait() }
        }
    }

    /// The answer of a server that agrees to this request.
    private func consent(to request: ByteBuffer) throws -> ByteBuffer {
        let server = EmbeddedChannel()
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        try server.pipeline.syncOperations.configureHTTPServerPipeline(
            withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
        try server.writeInbound(request)
        server.embeddedEventLoop.run()
        var answer = ByteBuffer()
        while var part = try server.readOutbound(as: ByteBuffer.self) { answer.writeBuffer(&part) }
        return answer
    }
}

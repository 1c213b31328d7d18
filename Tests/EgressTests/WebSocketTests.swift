import Broker
import Gate
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Synchronization
import Testing
import Turns
import Vault

@testable import Egress

struct WebSocketTests {
    @Test(arguments: [
        ("wss://wss-primary.slack.com/link/?ticket=1", "https://slack.com", true),
        ("wss://slack.com:443/link/", "https://slack.com", true),
        ("ws://127.0.0.1:9/link/?ticket=1", "http://127.0.0.1:8", true),
        ("ws://wss.slack.com/link/", "https://slack.com", false),
        ("wss://evilslack.com/link/", "https://slack.com", false),
        ("wss://slack.com.evil.test/link/", "https://slack.com", false),
        ("wss://wss.slack.com@evil.test/link/", "https://slack.com", false),
        ("wss://slack.com", "https://slack.com", false),
        ("wss://wss.slack.com/a b", "https://slack.com", false),
        ("wss://wss.slack.com/a\r\nHost: evil.test", "https://slack.com", false),
        ("https://slack.com/link/", "https://slack.com", false),
        ("wss://169.254.169.254/link/", "https://slack.com", false),
    ])
    func `a socket is opened where the token belongs, or at a name under it`(
        _ text: String, _ home: String, _ isTaken: Bool
    ) throws {
        #expect((SocketAddress(text, of: try #require(Origin(home))) != nil) == isTaken)
    }

    @Test func `what comes is heard whole and in order, and what is answered is masked`() async throws {
        let heard = Mutex<[String]>([])
        let said = try await withSocket(
            { [.text("one", fin: false), .ping, .continuation("+two", fin: true), .text("three", fin: true), .close] }
        ) { text in
            heard.withLock { $0.append(String(decoding: text, as: UTF8.self)) }
            return .answer(Array("ack \(text.count)".utf8))
        }
        #expect(said.failure == nil)
        #expect(heard.withLock(\.self) == ["one+two", "three"])
        #expect(said.lines.filter { $0 != "ping" } == ["pong", "text ack 7", "text ack 5", "close"])
        #expect(said.isMasked)
    }

    @Test(arguments: [
        (Sent.text(String(repeating: "x", count: 2000), fin: true), HookRefusal.tooLarge),
        (.binary, .malformed), (.masked, .malformed), (.reserved, .malformed),
        (.continuation("lost", fin: true), .malformed),
    ])
    func `what breaks the rules ends it, with a reason that is counted`(
        _ frame: Sent, _ refusal: HookRefusal
    ) async throws {
        let said = try await withSocket({ [frame] }) { _ in .nothing }
        #expect(said.failure?.refusal == refusal, "\(said.failure?.reason ?? "")")
    }

    @Test func `fragments count together`() async throws {
        let parts =
            [Sent.text(String(repeating: "x", count: 600), fin: false)]
            + [Sent](repeating: .continuation(String(repeating: "x", count: 600), fin: false), count: 3)
        let said = try await withSocket({ parts }) { _ in .nothing }
        #expect(said.failure?.refusal == .tooLarge)
    }

    @Test func `a server that has gone silent is given up`() async throws {
        let said = try await withSocket({ [] }, silence: .milliseconds(200)) { _ in .nothing }
        #expect(said.failure?.reason == "nothing came any more")
        #expect(said.lines.contains("ping"))
    }

    @Test func `a server that doesn't agree is no socket`() async throws {
        let said = try await withSocket({ nil }) { _ in .nothing }
        #expect(said.failure?.reason == "the platform didn't open the socket")
    }

    @Test func `what was said to be the last is heard for a while, and no longer`() async throws {
        let said = try await withSocket({ [.text("last", fin: true)] }) { _ in
            .finish(within: .milliseconds(50))
        }
        #expect(said.failure == nil)
    }

    struct Said {
        var lines: [String] = []
        var isMasked = true
        var failure: SocketFailure?
    }

    /// Opens a socket to a server that sends these frames at once; nil refuses.
    private func withSocket(
        _ frames: @escaping @Sendable () -> [Sent]?, silence: TimeAmount = .seconds(60),
        hear: @escaping @Sendable ([UInt8]) async -> SocketReaction
    ) async throws -> Said {
        let log = FrameLog()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                log.opened(channel)
                return channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOWebSocketServerUpgrader(
                        maxFrameSize: 1 << 20, automaticErrorHandling: false,
                        shouldUpgrade: { channel, _ in
                            channel.eventLoop.makeSucceededFuture(frames() == nil ? nil : HTTPHeaders())
                        },
                        upgradePipelineHandler: { channel, _ in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandler(FrameServer(frames() ?? [], log))
                            }
                        })
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
                    if frames() == nil { try channel.pipeline.syncOperations.addHandler(NoSocket()) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = server.localAddress?.port ?? 0
        var limits = WebSocketLimits()
        limits.messageBytes = 1500
        limits.pulse = .milliseconds(20)
        limits.silence = silence
        let client = WebSocketClient(limits: limits, connect: .seconds(5), userAgent: "test")
        let home = try #require(Origin("http://127.0.0.1:\(port)"))
        let target = try #require(SocketAddress("ws://127.0.0.1:\(port)/link/?ticket=1", of: home))
        var failure: SocketFailure?
        do {
            let frames = try await client.open(target, at: "127.0.0.1", tls: nil)
            try await HTTPEgress.speak(frames, hear)
        } catch {
            failure = SocketFailure.of(error)
        }
        try await server.close()
        // Until the client's end of it is closed, and so everything that it said has come.
        for socket in log.sockets { try await socket.closeFuture.get() }
        return Said(lines: log.lines, isMasked: log.isMasked, failure: failure)
    }
}

enum Sent: Sendable {
    case text(String, fin: Bool)
    case continuation(String, fin: Bool)
    case ping, close, binary, masked, reserved

    var frame: WebSocketFrame {
        let nothing = ByteBuffer(string: "{}")
        switch self {
        case .text(let text, let fin):
            return WebSocketFrame(fin: fin, opcode: .text, data: ByteBuffer(string: text))
        case .continuation(let text, let fin):
            return WebSocketFrame(fin: fin, opcode: .continuation, data: ByteBuffer(string: text))
        case .ping: return WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())
        case .close: return WebSocketFrame(fin: true, opcode: .connectionClose, data: ByteBuffer())
        case .binary: return WebSocketFrame(fin: true, opcode: .binary, data: nothing)
        case .masked: return WebSocketFrame(fin: true, opcode: .text, maskKey: [1, 2, 3, 4], data: nothing)
        case .reserved:
            var frame = WebSocketFrame(fin: true, opcode: .text, data: nothing)
            frame.rsv2 = true
            return frame
        }
    }
}

/// What a client sent.
private final class FrameLog: Sendable {
    private let state = Mutex<(lines: [String], isMasked: Bool)>(([], true))
    private let open = Mutex<[any Channel]>([])

    var sockets: [any Channel] { open.withLock(\.self) }

    func opened(_ socket: any Channel) { open.withLock { $0.append(socket) } }

    var lines: [String] { state.withLock(\.lines) }
    var isMasked: Bool { state.withLock(\.isMasked) }

    func note(_ frame: WebSocketFrame) {
        let words = String(buffer: frame.unmaskedData)
        let line: String =
            switch frame.opcode {
            case .text: "text \(words)"
            case .pong: "pong"
            case .ping: "ping"
            case .connectionClose: "close"
            case _: "odd"
            }
        state.withLock { state in
            // Those of the pulse come when they come.
            if line != "ping" || !state.lines.contains("ping") { state.lines.append(line) }
            state.isMasked = state.isMasked && frame.maskKey != nil
        }
    }
}

/// Sends frames once the socket is open, and answers nothing.
private final class FrameServer: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let frames: [Sent]
    private let log: FrameLog

    init(_ frames: [Sent], _ log: FrameLog) {
        self.frames = frames
        self.log = log
    }

    func handlerAdded(context: ChannelHandlerContext) {
        for sent in frames { context.write(wrapOutboundOut(sent.frame), promise: nil) }
        context.flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        log.note(unwrapInboundIn(data))
    }
}

/// Answers that there is nothing.
private final class NoSocket: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let head = HTTPResponseHead(version: .http1_1, status: .unauthorized, headers: ["Content-Length": "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

import AsyncHTTPClient
public import Broker
public import Gate
import NIOCore
import NIOSSL
import NIOWebSocket
public import Turns
import Vault

extension HTTPEgress {
    /// Opens a socket of a channel's account, and hands over what comes until the other side closes: an errand. The token goes
    /// to the host that the account's connection is for, and the socket is opened there or at a name under it, at an address
    /// that was checked.
    public func open(
        _ channel: any SocketChannel, with token: HeldSecret, for use: ConnectionUse,
        hear: @escaping @Sendable ([UInt8]) async -> SocketReaction
    ) async throws(SocketFailure) {
        let answer = try await ask(channel.opening, with: token, at: use.origin)
        let text: String
        switch channel.opening(answer) {
        case .address(let address): text = address
        case .later(let seconds, let reason): throw SocketFailure(reason, after: seconds)
        case .refused(let reason): throw SocketFailure(reason, needsSomebody: true)
        }
        guard let home = Origin(use.origin), let target = SocketAddress(text, of: home) else {
            throw SocketFailure("the platform gave an address that isn't its own")
        }
        let forms = SecretForms(Array(target.target.utf8))
        secrets.begin(forms)
        defer { secrets.end(forms) }
        let frames = try await connect(target)
        do {
            try await HTTPEgress.speak(frames, hear)
        } catch let failure as SocketFailure {
            throw failure
        } catch {
            throw SocketFailure.of(error)
        }
    }

    private func ask(
        _ request: ChannelRequest, with token: HeldSecret, at origin: String
    ) async throws(SocketFailure) -> ChannelAnswer {
        let step = Step(
            kind: .probe, method: request.method, path: request.path, query: "",
            headers: [Step.Header("Content-Type", "application/x-www-form-urlencoded")])
        let credential = Credential(placement: .bearer, secret: token.lend())
        do throws(UpstreamFailure) {
            let answer = try await exchange(step, at: origin, with: credential)
            return ChannelAnswer(status: answer.status, retryAfter: answer.retryAfter, body: answer.body)
        } catch {
            switch error {
            case .notSent(let reason), .unknown(let reason): throw SocketFailure(reason)
            }
        }
    }

    private func connect(_ target: SocketAddress) async throws(SocketFailure) -> WebSocketClient.Frames {
        let address: Address
        do throws(UpstreamFailure) {
            address = try await clients.address(of: target.origin)
        } catch {
            switch error {
            case .notSent(let reason), .unknown(let reason): throw SocketFailure(reason)
            }
        }
        do {
            return try await WebSocketClient(limits: sockets, connect: limits.connect, userAgent: userAgent)
                .open(target, at: address.text, tls: target.origin.isSecure ? HTTPEgress.tls() : nil)
        } catch {
            throw SocketFailure.of(error)
        }
    }

    private static func tls() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        return try NIOSSLContext(configuration: configuration)
    }

    /// Hears one message at a time, in their order.
    static func speak(
        _ frames: WebSocketClient.Frames, _ hear: @Sendable ([UInt8]) async -> SocketReaction
    ) async throws {
        let channel = frames.channel
        try await frames.executeThenClose { inbound, outbound in
            for try await frame in inbound {
                switch frame.opcode {
                case .text:
                    switch await hear(Array(buffer: frame.unmaskedData)) {
                    case .nothing: break
                    case .answer(let text):
                        try await outbound.write(
                            WebSocketFrame(
                                fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(bytes: text)))
                    case .finish(let limit):
                        channel.eventLoop.scheduleTask(in: TimeAmount(limit)) { channel.close(promise: nil) }
                    case .end(let failure): throw failure
                    }
                case .connectionClose:
                    try await outbound.write(
                        WebSocketFrame(
                            fin: true, opcode: .connectionClose, maskKey: .random(), data: frame.unmaskedData))
                    return
                case .pong: break
                case _: throw WebSocketFault.protocolError
                }
            }
        }
    }
}

extension SocketFailure {
    /// In words that hold nothing of what was said.
    static func of(_ error: any Error) -> SocketFailure {
        switch error {
        case NIOWebSocketError.invalidFrameLength, NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge,
            NIOWebSocketFrameAggregator.Error.tooManyFragments:
            SocketFailure("a message was too large", refusal: .tooLarge)
        case WebSocketFault.protocolError, is NIOWebSocketError, is NIOWebSocketFrameAggregator.Error:
            SocketFailure("what came isn't WebSocket", refusal: .malformed)
        case WebSocketFault.silent: SocketFailure("nothing came any more")
        case WebSocketFault.notUpgraded: SocketFailure("the platform didn't open the socket")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: SocketFailure("TLS with the platform failed")
        case is CancellationError: SocketFailure("it was stopped")
        case _: SocketFailure("the connection failed")
        }
    }
}

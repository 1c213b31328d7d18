import Foundation
import NIOCore
import NIOWebSocket
import Synchronization

/// What happens to an app's sockets when a test says so.
enum SlackSocketChange: String, CaseIterable {
    /// All are told that they end soon, and go on.
    case warn
    /// All are told to be opened anew, and closed a little later.
    case refresh
    /// Socket Mode is turned off for the app.
    case disable
    case enable
    /// All connections break without a word.
    case cut
    /// A text is sent as it is.
    case send
    /// The same in three fragments with a ping between them.
    case fragment
    /// A binary message.
    case binary
    /// A frame that is masked, which servers' never are.
    case masked
    /// A frame with a bit of an extension that nobody agreed on.
    case reserved
}

extension SlackSockets {
    private static let look = Duration.milliseconds(5)

    /// Tells it in an envelope: to one of the app's sockets in turn, and to another if it isn't acknowledged in time.
    func tell(_ news: SlackNews) async -> [JSON] {
        var attempts: [JSON] = []
        for (number, rest) in ([.zero] + news.app.retries).enumerated() {
            if rest > .zero { try? await Task.sleep(for: rest) }
            let attempt = await send(news, number)
            attempts.append(attempt)
            if attempt["acknowledged"]?.truth == true { break }
        }
        if news.fault == .duplicate { attempts.append(await send(news, 1)) }
        return attempts
    }

    private func send(_ news: SlackNews, _ number: Int) async -> JSON {
        let id = UUID().uuidString.lowercased()
        let about: JSON = [
            "retry_attempt": .int(number), "retry_reason": .string(number == 0 ? "" : "timeout"),
            "envelope_id": .string(id),
        ]
        let chosen = state.withLock { state -> Connection? in
            let open = state.connections.filter { $0.app.owner == news.app.owner }
            guard !open.isEmpty else { return nil }
            state.turn += 1
            return open[state.turn % open.count]
        }
        guard let chosen else { return about.with("acknowledged", false).with("error", "no_connection") }
        let payload =
            news.fault == .oversized
            ? news.payload.with("padding", .string(String(repeating: " ", count: 1 << 20))) : news.payload
        let envelope: JSON = [
            "type": .string(news.type), "payload": payload,
            "accepts_response_payload": .bool(news.type != "events_api"),
        ]
        let text = String(decoding: envelope.with(about).bytes, as: UTF8.self)
        note("sent", news.app, chosen.number, about.with("event_id", .text(news.event)))
        write(news.fault == .malformed ? String(text.prefix(text.count / 2)) : text, to: chosen.channel)
        let deadline = ContinuousClock.now + news.app.patience
        while ContinuousClock.now < deadline {
            if state.withLock({ $0.acknowledged.contains(id) }) {
                return about.with("connection", .int(chosen.number)).with("acknowledged", true)
            }
            try? await Task.sleep(for: Self.look)
        }
        return about.with("connection", .int(chosen.number)).with("acknowledged", false).with("error", "timeout")
    }

    /// - Returns: how many sockets that were.
    func make(_ change: SlackSocketChange, of owner: String, text: String) -> Int {
        let open = state.withLock { state -> [Connection] in
            switch change {
            case .disable: state.isDisabled.insert(owner)
            case .enable: state.isDisabled.remove(owner)
            case .warn, .refresh, .cut, .send, .fragment, .binary, .masked, .reserved: break
            }
            return state.connections.filter { $0.app.owner == owner }
        }
        for connection in open {
            note(change.rawValue, connection.app, connection.number)
            make(change, on: connection.channel, text)
        }
        return open.count
    }

    private func make(_ change: SlackSocketChange, on channel: any Channel, _ text: String) {
        switch change {
        case .warn: write(["type": "disconnect", "reason": "warning"], to: channel)
        case .refresh:
            write(["type": "disconnect", "reason": "refresh_requested"], to: channel)
            channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
        case .disable:
            write(["type": "disconnect", "reason": "link_disabled"], to: channel)
            channel.close(promise: nil)
        case .enable: break
        case .cut: channel.close(promise: nil)
        case .send: write(text, to: channel)
        case .fragment:
            let third = max(1, text.utf8.count / 3)
            let bytes = Array(text.utf8)
            let parts = [bytes[..<third], bytes[third..<(2 * third)], bytes[(2 * third)...]]
            for (number, part) in parts.enumerated() {
                let frame = WebSocketFrame(
                    fin: number == 2, opcode: number == 0 ? .text : .continuation, data: ByteBuffer(bytes: part))
                channel.write(frame, promise: nil)
                channel.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer(string: "p")), promise: nil)
            }
            channel.flush()
        case .binary:
            channel.writeAndFlush(
                WebSocketFrame(fin: true, opcode: .binary, data: ByteBuffer(string: text)), promise: nil)
        case .masked:
            channel.writeAndFlush(
                WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text)),
                promise: nil)
        case .reserved: channel.pipeline.fireUserInboundEventTriggered(SlackSocketReserved())
        }
    }
}

/// Has a socket's handler write such a frame.
struct SlackSocketReserved: Sendable {}

import Foundation
import NIOCore
import NIOWebSocket
import Synchronization

/// The sockets that apps have open, and what became of each envelope. Its journal holds no ticket and no token.
final class SlackSockets: Sendable {
    struct Connection: Sendable {
        let number: Int
        let app: SlackApp
        let channel: any Channel
    }

    struct State {
        var port = 0
        var last = 0
        /// What opens a socket once, and until when.
        var tickets: [String: (app: SlackApp, expires: Date)] = [:]
        var connections: [Connection] = []
        var turn = 0
        var acknowledged: Set<String> = []
        var isDisabled: Set<String> = []
        var journal: [JSON] = []
    }

    /// For one app: https://docs.slack.dev/apis/events-api/using-socket-mode#connections
    static let most = 10
    private static let ticketSeconds = 30.0

    let state = Mutex(State())

    func listens(on port: Int) {
        state.withLock { $0.port = port }
    }

    /// An address that opens one socket; nil while sockets are turned off for the app.
    func ticket(for app: SlackApp) -> String? {
        let ticket = SecretShape.code.mint()
        return state.withLock { state in
            guard !state.isDisabled.contains(app.owner) else { return nil }
            state.tickets[ticket] = (app, Date().addingTimeInterval(Self.ticketSeconds))
            return "ws://127.0.0.1:\(state.port)/link/?ticket=\(ticket)&app_id=\(app.id)"
        }
    }

    /// Whose socket a request may open; nil when its ticket isn't good, or was used.
    func spend(_ uri: String) -> SlackApp? {
        guard let question = uri.firstIndex(of: "?"), uri[..<question] == "/link/",
            let ticket = Form(String(uri[uri.index(after: question)...]))["ticket"]
        else { return nil }
        return state.withLock { state in
            guard let found = state.tickets.removeValue(forKey: ticket), found.expires > Date() else {
                state.journal.append(["what": "refused"])
                return nil
            }
            return found.app
        }
    }

    func joined(_ channel: any Channel, _ app: SlackApp) -> Int {
        let (number, count) = state.withLock { state -> (Int, Int) in
            state.last += 1
            state.connections.append(Connection(number: state.last, app: app, channel: channel))
            return (state.last, state.connections.count { $0.app.owner == app.owner })
        }
        note("opened", app, number)
        if count > Self.most {
            write(["type": "disconnect", "reason": "too_many_websockets"], to: channel)
            channel.close(promise: nil)
            return number
        }
        write(
            [
                "type": "hello", "num_connections": .int(count), "connection_info": ["app_id": .string(app.id)],
                "debug_info": [
                    "host": "applink-1", "build_number": 1, "approximate_connection_time": 18060,
                ],
            ], to: channel)
        return number
    }

    func left(_ number: Int, _ app: SlackApp) {
        state.withLock { $0.connections.removeAll { $0.number == number } }
        note("closed", app, number)
    }

    func heard(_ text: String, _ number: Int, _ app: SlackApp) {
        guard let envelope = (try? JSONReader.read(text))?["envelope_id"]?.text else {
            return note("heard", app, number, ["text": .string(String(text.prefix(500)))])
        }
        state.withLock { _ = $0.acknowledged.insert(envelope) }
        note("acknowledged", app, number, ["envelope_id": .string(envelope)])
    }

    func note(_ what: String, _ app: SlackApp, _ number: Int, _ more: JSON = [:]) {
        state.withLock { state in
            let entry: JSON = ["what": .string(what), "app": .string(app.owner), "connection": .int(number)]
            state.journal.append(more.with("n", .int(state.journal.count + 1)).with(entry))
        }
    }

    var journal: JSON { state.withLock { .array($0.journal) } }

    func write(_ message: JSON, to channel: any Channel) {
        write(String(decoding: message.bytes, as: UTF8.self), to: channel)
    }

    func write(_ text: String, to channel: any Channel) {
        channel.writeAndFlush(
            WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)), promise: nil)
    }
}

extension JSON {
    /// With the members of another object.
    func with(_ other: JSON) -> JSON {
        guard case .object(let members) = other else { return self }
        return members.reduce(self) { $0.with($1.name, $1.value) }
    }
}

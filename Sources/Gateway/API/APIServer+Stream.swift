import Authority
import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import Turns
import Wire

/// One message's turn live: server-sent events (HTML Living Standard section 9.2). An event's id is its place in what was kept
/// of the turn, so that a program goes on where it was, whichever gateway it reaches after a crash.
extension APIServer {
    func watch(_ call: APICall) async throws -> Response {
        let (place, id) = try (place(call), try message(call))
        guard try await talk.story(of: id, in: place, by: call.client.person) != nil else {
            throw APIRefusal.noSuchMessage
        }
        return stream(call, place, id, after: try lastSeen(call))
    }

    private func lastSeen(_ call: APICall) throws(APIRefusal) -> Int {
        guard let name = HTTPField.Name("Last-Event-ID"), let text = call.request.headers[name], !text.isEmpty else {
            return -1
        }
        guard text.utf8.count < 10, let number = Int(text), number >= 0 else {
            throw APIRefusal.invalid("`Last-Event-ID` isn't an id of these events")
        }
        return number
    }

    func stream(_ call: APICall, _ place: TalkPlace, _ message: String, after last: Int) -> Response {
        let person = call.client.person
        let (signs, end) = signs(talk.events.watch(place.conversation(of: person)))
        let seat = watches.enter(call.client.client, end: end)
        let body = ResponseBody { writer in
            defer { seat.leave() }
            var last = last
            try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
            for await sign in signs {
                guard await isAlive(call) else { break }
                guard let story = try await talk.story(of: message, in: place, by: person) else { break }
                if case .heard(let turn, let piece)? = sign {
                    guard turn == story.turn?.id else { continue }
                    let data = JSON.object(["text": .string(piece)]).text
                    try await writer.write(ByteBuffer(string: "event: text\ndata: \(data)\n\n"))
                    continue
                }
                var text = sign == nil ? ": here\n\n" : ""
                for (number, moment) in story.moments.enumerated() where number > last {
                    let (name, data) = moment.event
                    text += "id: \(number)\nevent: \(name)\ndata: \(data.text)\n\n"
                    last = number
                }
                if let end = story.endWithoutTurn {
                    let name = end == "done" ? "done" : "error"
                    text += "event: \(name)\ndata: \(JSON.object(["state": .string(end)]).text)\n\n"
                }
                if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
                if story.isOver { break }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body)
    }

    /// What happens here, and now and then nothing (nil): another gateway may be at the turn. It ends in time.
    private func signs(
        _ events: AsyncStream<TurnEvents.Event>
    ) -> (stream: AsyncStream<TurnEvents.Event?>, end: @Sendable () -> Void) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: TurnEvents.Event?.self, bufferingPolicy: .bufferingNewest(256))
        let (pause, looks) = (settings.lookAgain, settings.mostLooks)
        let feeding = Task {
            for await event in events { continuation.yield(event) }
            continuation.finish()
        }
        let looking = Task {
            continuation.yield(nil)
            for _ in 0..<looks {
                try? await Task.sleep(for: pause)
                continuation.yield(nil)
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in
            feeding.cancel()
            looking.cancel()
        }
        return (stream, { continuation.finish() })
    }
}

extension TalkStory {
    /// What became of it when no turn begins with it; nil while one may.
    fileprivate var endWithoutTurn: String? {
        guard turn == nil else { return nil }
        return switch state {
        case .waiting, .begun: nil
        case .aside, .ignored: word
        }
    }

    fileprivate var isOver: Bool {
        switch turn?.state {
        case .ended?: true
        case .ready?, .parked?: false
        case nil: endWithoutTurn != nil
        }
    }
}

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
        let watch = talk.events.watch(place.conversation(of: call.client.person))
        let seat = watches.enter(call.client.client, end: watch.end)
        let own = people.enter(Visitor(call.client), end: watch.end)
        let body = ResponseBody { writer in
            defer {
                watch.end()
                seat.leave()
                own.leave()
            }
            var telling = Telling(place: place, message: message, person: call.client.person, last: last)
            try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
            // Another gateway may be at the turn: it is looked at now and then, and the stream ends in time.
            var looks = 0
            var looked: ContinuousClock.Instant?
            var asked: ContinuousClock.Instant?
            while looks < settings.mostLooks, !telling.isOver,
                let events = await watch.next(atMost: looked == nil ? .zero : pause)
            {
                if isDue(asked, settings.lookAtPerson) {
                    let standing = await standing(of: call)
                    if standing == .lost { try await writer.write(ByteBuffer(string: APIServer.lost)) }
                    guard standing == .good else { break }
                    asked = .now
                }
                var text = ""
                for event in events {
                    switch event {
                    case .heard(let speaker, let piece) where speaker == telling.turn:
                        text += "event: text\ndata: \(JSON.object(["text": .string(piece)]).text)\n\n"
                    case .heard: continue
                    case .moved:
                        text += try await telling.more(of: talk)
                        looked = .now
                    }
                }
                if isDue(looked, settings.lookAgain) {
                    looks += 1
                    looked = .now
                    text += ": here\n\n" + (try await telling.more(of: talk))
                }
                if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body)
    }

    /// The last event of a stream whose token ended, whose person lost the agent, or whose agent was suspended: there is nothing
    /// to come back for.
    private static let lost = "event: error\ndata: {\"state\":\"lost\"}\n\n"

    /// Between two looks, at the turn or at whoever reads.
    private var pause: Duration { min(settings.lookAgain, settings.lookAtPerson) }

    private func isDue(_ last: ContinuousClock.Instant?, _ interval: Duration) -> Bool {
        last.map { .now - $0 >= interval } ?? true
    }
}

/// What was told of one message's turn so far.
private struct Telling {
    let place: TalkPlace
    let message: String
    let person: PersonID
    var last: Int
    var turn: TurnID?
    var isOver = false

    /// What was kept since.
    mutating func more(of talk: TalkDesk) async throws -> String {
        guard let story = try await talk.story(of: message, in: place, by: person) else {
            isOver = true
            return ""
        }
        turn = story.turn?.id
        isOver = story.isOver
        var text = ""
        for (number, moment) in story.moments.enumerated() where number > last {
            let (name, data) = moment.event
            text += "id: \(number)\nevent: \(name)\ndata: \(data.text)\n\n"
            last = number
        }
        if let end = story.endWithoutTurn {
            let name = end == "done" ? "done" : "error"
            text += "event: \(name)\ndata: \(JSON.object(["state": .string(end)]).text)\n\n"
        }
        return text
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

import Authority
import Gate
import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import Turns
import Wire

/// What a program sends. Closed: a key that we don't know is an error, not a wish that is dropped.
struct APIMessage {
    /// The program's own id of it. The same twice is one message.
    let id: String
    let text: String
    let files: [InboundFile]
    let isStop: Bool

    init(_ object: JSONObject, hasText: Bool) throws(APIRefusal) {
        let keys = hasText ? ["id", object["content"] == nil ? "text" : "content"] : ["id"]
        guard object.members.allSatisfy({ keys.contains($0.0) }) else {
            throw APIRefusal.invalid("there is an unknown key", hint: "keys: \(keys.joined(separator: ", "))")
        }
        guard let id = object["id"]?.stringValue, TalkPlace.isPlain(id) else { throw APIRefusal.badName("`id`") }
        self.id = id
        guard hasText else {
            (text, files, isStop) = ("stop", [], true)
            return
        }
        let content = try object["content"].map { value throws(APIRefusal) in try APIContent(value) }
        files = content?.files ?? []
        guard let text = content?.text ?? object["text"]?.stringValue, !text.allSatisfy(\.isWhitespace),
            text.unicodeScalars.count <= TalkDesk.longest
        else { throw APIRefusal.invalid("`text` must have 1 to \(TalkDesk.longest) characters") }
        self.text = text
        isStop = InboundMessage.isStop(text)
    }
}

extension APIServer {
    func write(_ call: APICall) async throws -> Response {
        let talk = try place(call)
        return try await take(try APIMessage(try await object(of: call), hasText: true), in: talk, call)
    }

    /// Ends what is under way in the conversation. What was done is done.
    func stop(_ call: APICall) async throws -> Response {
        let talk = try place(call)
        return try await take(try APIMessage(try await object(of: call), hasText: false), in: talk, call)
    }

    /// When it answers, the message can't get lost any more.
    private func take(_ message: APIMessage, in talk: TalkPlace, _ call: APICall) async throws -> Response {
        let client = call.client
        if let wait = messages.take(of: client.client) {
            gate.refusedForRate(in: client.organization)
            throw APIRefusal.tooMany(wait)
        }
        if let wait = files.take(
            message.files, of: Visitor(organization: client.organization, person: client.person))
        {
            gate.refusedForRate(in: client.organization)
            throw APIRefusal.tooManyFiles(wait)
        }
        let most = message.files.isEmpty ? settings.mostWaiting : settings.mostWaitingWithFiles
        // A stop doesn't wait.
        let written = try await self.talk.write(
            message.text, files: message.files, in: talk, by: client.person, event: message.id,
            ceiling: client.ceiling, most: message.isStop ? nil : most, at: settings.now())
        guard let taken = written else {
            gate.refusedForRate(in: client.organization)
            throw APIRefusal.tooManyWaiting(most, wait: settings.waitForRoom)
        }
        let story = try await self.talk.story(of: message.id, in: talk, by: client.person)
        guard let story, story.text.map({ $0 == message.text && message.hasFiles(story.attachments) }) ?? true else {
            throw APIRefusal.otherMessage
        }
        if taken == .repeated { count("duplicate") }
        if call.wantsEvents { return stream(call, talk, message.id, after: -1) }
        return .json(json(of: message.id, story, in: talk), status: taken == .repeated ? .ok : .accepted)
    }

    private func object(of call: APICall) async throws(APIRefusal) -> JSONObject {
        let request = call.request
        let types = request.headers[values: .contentType]
        guard types.count == 1, types.allSatisfy({ MediaRange($0).name == "application/json" }),
            !request.headers.contains(.contentEncoding)
        else { throw APIRefusal.notJSON }
        let body: ByteBuffer
        do throws(IncomingRefusal) {
            body = try await traffic.bodies.collect(request.body, upTo: settings.bodyBytes, from: Visitor(call.client))
        } catch {
            switch error {
            case .tooLarge: throw APIRefusal.tooLarge
            case .noRoom: throw APIRefusal.tooMany(1)
            case .ended: throw APIRefusal.invalid("the body ended early")
            }
        }
        let limits = JSONLimits(bytes: settings.bodyBytes, depth: 6, members: 64)
        guard let object = (try? JSON.parse(body.readableBytesView, limits: limits))?.objectValue else {
            throw APIRefusal.invalid("the body isn't a JSON object", hint: #"such as {"id": "m1", "text": "hello"}"#)
        }
        return object
    }
}

extension APIMessage {
    /// Whether these are what came with it.
    func hasFiles(_ attachments: [Attachment]) -> Bool {
        files.count == attachments.count && zip(files, attachments).allSatisfy { $1.holds($0) }
    }
}

extension APICall {
    /// Whether a POST is to be answered with the turn's events.
    var wantsEvents: Bool {
        MediaRange.list(request.headers[values: .accept]).contains { $0.name == "text/event-stream" }
    }
}

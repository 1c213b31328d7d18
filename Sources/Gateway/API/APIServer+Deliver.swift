import Authority
import Gate
import HTTPTypes
import Hummingbird
import Registry
import Turns
import Wire

extension APIServer {
    /// The conversations of this token with this agent, the newest first.
    func list(_ call: APICall) async throws -> Response {
        guard
            let any = TalkPlace(
                organization: call.client.organization, token: call.client.client, agent: call.agent, name: "any")
        else { throw APIRefusal.unavailable }
        let all = try await talk.conversations(of: any.session(of: call.client.person)).prefix(100)
        return .json([
            "conversations": .array(
                all.map { talk, last in
                    [
                        "name": .string(talk.name), "state": .string(last.state.name),
                        "last": .number(JSONNumber(last.began.microseconds)),
                    ]
                })
        ])
    }

    /// Questions and answers, oldest first.
    func read(_ call: APICall) async throws -> Response {
        let place = try place(call)
        let lines = try await talk.lines(in: place, of: call.client.person, limit: 100)
        guard !lines.isEmpty else { throw APIRefusal.noSuchConversation }
        return .json([
            "conversation": .string(place.name),
            "messages": .array(
                lines.map { line in
                    [
                        "id": line.event.map { .string($0) } ?? .null,
                        "text": line.question.map { .string($0) } ?? .null,
                        "began": .number(JSONNumber(line.turn.began.microseconds)),
                        "state": .string(line.turn.state.name), "said": .array(line.said.map(\.told)),
                    ]
                }),
        ])
    }

    /// One message, and what became of it.
    func show(_ call: APICall) async throws -> Response {
        let (place, id) = try (place(call), try message(call))
        guard let story = try await talk.story(of: id, in: place, by: call.client.person) else {
            throw APIRefusal.noSuchMessage
        }
        return .json(json(of: id, story, in: place))
    }

    func message(_ call: APICall) throws(APIRefusal) -> String {
        guard let id = call.parameter("message"), TalkPlace.isPlain(id) else { throw APIRefusal.noSuchMessage }
        return id
    }

    func json(of id: String, _ story: TalkStory, in talk: TalkPlace) -> JSON {
        var object: JSONObject = [
            "id": .string(id), "conversation": .string(talk.name), "state": .string(story.word),
            "said": .array(story.moments.compactMap(\.said) + story.notTaken),
        ]
        object["waits"] = story.waits
        return .object(object)
    }
}

extension APIServer {
    /// A file that went with an answer, by its id there.
    func file(_ call: APICall) async throws -> Response {
        let place = try place(call)
        guard let id = call.parameter("file"),
            let file = try await talk.file(CallID(id), in: place, of: call.client.person)
        else { throw APIRefusal.noSuchFile }
        return Response.download(file)
    }
}

extension TalkStory {
    /// What is told of files that came with a stop.
    fileprivate var notTaken: [JSON] {
        isStop && !attachments.isEmpty ? [OutboundContent.notice(InboundFile.notTaken, link: nil).told] : []
    }
}

extension Said {
    /// As ``OutboundContent`` is told, and which files went with it.
    fileprivate var told: JSON {
        guard !files.isEmpty, var object = content.told.objectValue else { return content.told }
        object["files"] = .array(
            files.map { file in
                [
                    "id": .string(file.call.raw), "name": .string(file.name), "type": .string(file.mediaType),
                    "size": .number(JSONNumber(file.size)),
                ]
            })
        return .object(object)
    }
}

extension TalkStory {
    /// `waiting`, then the turn's own states; where none begins `set-aside`, `not-taken`, or `done` for a stop.
    var word: String {
        if let turn { return turn.state.name }
        return switch state {
        case .waiting, .begun: "waiting"
        case .aside: "set-aside"
        case .ignored: isStop ? "done" : "not-taken"
        }
    }

    /// What the turn waits for now.
    fileprivate var waits: JSON? {
        switch (turn?.state, moments.last) {
        case (.parked?, .waits(_, _)?): moments.last?.event.data
        case (.parked?, _), (.ready?, _), (.ended?, _), (nil, _): nil
        }
    }
}

extension TurnMoment {
    fileprivate var said: JSON? {
        switch self {
        case .said(let said): said.told
        case .began, .calls, .called, .waits, .ended: nil
        }
    }

    /// As it is streamed.
    var event: (name: String, data: JSON) {
        switch self {
        case .began: ("began", [:])
        case .calls(let tools): ("progress", ["calls": .array(tools.map { .string($0) })])
        case .called(let tool, let isError): ("progress", ["called": .string(tool), "isError": .bool(isError)])
        case .waits(let kind, let content):
            ("waits", ["for": .string(kind.rawValue), "said": content?.told ?? .null])
        case .said(let said): ("reply", said.told)
        case .ended(let ending): ("done", ["state": .string(ending.rawValue)])
        }
    }
}

extension OutboundContent {
    /// A model's words are `text` alone; a `notice` and an `approval` are Deputy's own, with a link to a page.
    fileprivate var told: JSON {
        switch self {
        case .words(let text): return ["kind": "reply", "text": .string(text)]
        case .notice(let text, let link):
            var object: JSONObject = ["kind": "notice", "text": .string(text)]
            object["link"] = link.map { .string($0) }
            return .object(object)
        case .approval(let notice):
            return [
                "kind": "approval", "text": .string(notice.title),
                "lines": .array(notice.lines.map { .string($0) }), "link": .string(notice.link),
            ]
        }
    }
}

import Authority
import Gate
public import Wire

extension TurnStep {
    /// As it is kept, sealed.
    public var json: JSON {
        switch self {
        case .asked(let text): ["step": "asked", "text": .string(text)]
        case .replied(let reply, let endpoint):
            [
                "step": "replied", "endpoint": .string(endpoint), "text": .string(reply.text),
                "calls": .array(
                    reply.calls.map {
                        ["id": .string($0.id), "name": .string($0.name), "arguments": .string($0.arguments)]
                    }),
                "ending": .string(reply.ending.rawValue), "input": .number(JSONNumber(reply.usage.input)),
                "output": .number(JSONNumber(reply.usage.output)),
            ]
        case .calling(let call, let id): ["step": "calling", "call": .string(call), "id": .string(id.raw)]
        case .answered(let result):
            .object(
                JSONObject(
                    [
                        ("step", "answered"), ("call", .string(result.call)), ("text", .string(result.text)),
                        ("isError", .bool(result.isError)),
                    ] + (result.picture.map { [("picture", $0.json)] } ?? [])))
        case .waits(let call, .approval(let approval)):
            ["step": "waits", "call": .string(call), "approval": .string(approval.raw)]
        case .waits(let call, .connection): ["step": "waits", "call": .string(call)]
        case .unanswered(let endpoint, let reason):
            ["step": "unanswered", "endpoint": .string(endpoint), "reason": .string(reason)]
        case .tooLong(let endpoint, let bytes):
            ["step": "too-long", "endpoint": .string(endpoint), "bytes": .number(JSONNumber(bytes))]
        case .unseen(let endpoint, let reason):
            ["step": "unseen", "endpoint": .string(endpoint), "reason": .string(reason)]
        }
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSON) {
        func text(_ key: String) -> String? { json[key]?.stringValue }
        func number(_ key: String) -> Int? { json[key]?.integerValue.flatMap { Int(exactly: $0) } }
        switch text("step") {
        case "asked":
            guard let text = text("text") else { return nil }
            self = .asked(text)
        case "replied":
            guard let endpoint = text("endpoint"), let words = text("text"),
                let ending = text("ending").flatMap(ModelReply.Ending.init), let input = number("input"),
                let output = number("output"), let calls = json["calls"]?.arrayValue
            else { return nil }
            self = .replied(
                ModelReply(
                    text: words, calls: calls.compactMap(ModelToolCall.init(kept:)), ending: ending,
                    usage: ModelUsage(input: input, output: output)), endpoint: endpoint)
        case "calling":
            guard let call = text("call"), let id = text("id") else { return nil }
            self = .calling(call, CallID(id))
        case "answered":
            guard let call = text("call"), let words = text("text"), let isError = json["isError"]?.boolValue else {
                return nil
            }
            self = .answered(
                ModelToolResult(
                    call: call, text: words, isError: isError,
                    picture: json["picture"].flatMap(ModelPicture.init(json:))))
        case "waits":
            guard let call = text("call") else { return nil }
            self = .waits(call, text("approval").map { .approval(ApprovalID($0)) } ?? .connection)
        case "unanswered":
            guard let endpoint = text("endpoint"), let reason = text("reason") else { return nil }
            self = .unanswered(endpoint: endpoint, reason: reason)
        case "too-long":
            guard let endpoint = text("endpoint"), let bytes = number("bytes") else { return nil }
            self = .tooLong(endpoint: endpoint, bytes: bytes)
        case "unseen":
            guard let endpoint = text("endpoint"), let reason = text("reason") else { return nil }
            self = .unseen(endpoint: endpoint, reason: reason)
        case .some, .none: return nil
        }
    }
}

extension ModelToolCall {
    fileprivate init?(kept json: JSON) {
        guard let id = json["id"]?.stringValue, let name = json["name"]?.stringValue,
            let arguments = json["arguments"]?.stringValue
        else { return nil }
        self.init(id: id, name: name, arguments: arguments)
    }
}

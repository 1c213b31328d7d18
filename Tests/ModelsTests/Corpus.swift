import Authority
import Foundation
import Models
import Turns
import Wire

/// The files of `Tests/Corpus/models`.
enum Corpus {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus/models")

    struct Asked: Sendable, CustomStringConvertible {
        let description: String
        let base: String
        let request: ModelRequest
        let bodies: JSON
    }

    struct Recorded: Sendable, CustomStringConvertible {
        let description: String
        let speaks: ModelProtocol
        let bytes: [UInt8]
        let reply: ModelReply
    }

    static func asked() throws -> [Asked] {
        try read("requests.json")["cases"]?.arrayValue?.map { item in
            Asked(
                description: try text(item["description"]),
                base: item["base"]?.stringValue ?? "http://127.0.0.1:8000",
                request: try request(item["request"] ?? .null), bodies: item["bodies"] ?? .null)
        } ?? []
    }

    static func recorded() throws -> [Recorded] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "streams").path())
        return try names.filter { $0.hasSuffix(".sse") }.sorted().map { name in
            let told = try read("streams/" + name.dropLast(4) + ".json")
            guard let speaks = ModelProtocol(rawValue: try text(told["speaks"])) else { throw CorpusFault() }
            return Recorded(
                description: name, speaks: speaks,
                bytes: Array(try Data(contentsOf: folder.appending(path: "streams/" + name))),
                reply: try reply(told["reply"] ?? .null))
        }
    }

    struct CorpusFault: Error {}

    private static func read(_ path: String) throws -> JSON {
        try JSON.parse(Array(try Data(contentsOf: folder.appending(path: path))))
    }

    private static func text(_ json: JSON?) throws -> String {
        guard let text = json?.stringValue else { throw CorpusFault() }
        return text
    }

    private static func calls(_ json: JSON?) throws -> [ModelToolCall] {
        try (json?.arrayValue ?? []).map {
            ModelToolCall(id: try text($0["id"]), name: try text($0["name"]), arguments: try text($0["arguments"]))
        }
    }

    private static func request(_ json: JSON) throws -> ModelRequest {
        let messages = try (json["messages"]?.arrayValue ?? []).map { message -> ModelMessage in
            if let said = message["user"] { return .user(try text(said)) }
            if let said = message["assistant"] { return .assistant(try text(said), try calls(message["calls"])) }
            return .results(
                try (message["results"]?.arrayValue ?? []).map {
                    ModelToolResult(
                        call: try text($0["call"]), text: try text($0["text"]), isError: $0["isError"] == true,
                        picture: try $0["picture"].map(picture))
                })
        }
        let tools = try (json["tools"]?.arrayValue ?? []).map {
            ModelTool(
                name: try text($0["name"]), description: try text($0["description"]), schema: $0["schema"] ?? .null)
        }
        return ModelRequest(system: try text(json["system"]), messages: messages, tools: tools)
    }

    private static func picture(_ json: JSON) throws -> ModelPicture {
        guard var picture = ModelPicture(json: json), let data = Base64.decode(try text(json["data"])) else {
            throw CorpusFault()
        }
        picture.bytes = data
        return picture
    }

    private static func reply(_ json: JSON) throws -> ModelReply {
        guard let ending = ModelReply.Ending(rawValue: try text(json["ending"])),
            let input = json["usage"]?["input"]?.integerValue, let output = json["usage"]?["output"]?.integerValue
        else { throw CorpusFault() }
        return ModelReply(
            text: try text(json["text"]), calls: try calls(json["calls"]), ending: ending,
            usage: ModelUsage(input: Int(input), output: Int(output)))
    }
}

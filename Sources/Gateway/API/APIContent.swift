import Turns
import Wire

/// A message in parts, as programs for OpenAI's APIs write them: `input_text`, `input_file` and `input_image` of Responses, `text`,
/// `file` and `image_url` of Chat Completions. A file comes with its data: no address is ever fetched.
struct APIContent {
    let text: String
    let files: [InboundFile]

    init(_ content: JSON) throws(APIRefusal) {
        guard let parts = content.arrayValue, !parts.isEmpty else {
            throw APIRefusal.invalid("`content` must be a list of parts", hint: "or send `text`")
        }
        var texts: [String] = []
        var files: [InboundFile] = []
        for part in parts {
            switch part["type"]?.stringValue {
            case "input_text", "text":
                guard let text = part["text"]?.stringValue, Self.has(part, ["type", "text"]) else { throw Self.odd }
                texts.append(text)
            case "input_file": files.append(try Self.file(part, besides: ["type", "detail"]))
            case "file":
                guard let file = part["file"], Self.has(part, ["type", "file"]) else { throw Self.odd }
                files.append(try Self.file(file, besides: []))
            case "input_image":
                guard Self.has(part, ["type", "detail", "image_url"]), let data = part["image_url"]?.stringValue else {
                    throw part["file_id"] == nil ? Self.odd : Self.unfetched
                }
                files.append(try Self.picture(data))
            case "image_url":
                guard Self.has(part, ["type", "image_url"]), let picture = part["image_url"],
                    Self.has(picture, ["url", "detail"]), let data = picture["url"]?.stringValue
                else { throw Self.odd }
                files.append(try Self.picture(data))
            case _: throw Self.odd
            }
        }
        if let problem = InboundFile.problem(of: files) {
            throw APIRefusal(status: 413, code: problem.refusal.rawValue, message: problem.sentence)
        }
        text = texts.joined(separator: "\n")
        self.files = files
    }

    private static let odd = APIRefusal.invalid(
        "a part of `content` can't be read",
        hint:
            #"such as {"type": "input_text", "text": "…"} and {"type": "input_file", "filename": "…", "file_data": "data:…"}"#
    )

    private static func has(_ part: JSON, _ keys: Set<String>) -> Bool {
        part.objectValue?.members.allSatisfy { keys.contains($0.0) } ?? false
    }

    private static func file(_ part: JSON, besides keys: Set<String>) throws(APIRefusal) -> InboundFile {
        guard part["file_url"] == nil, part["file_id"] == nil else { throw unfetched }
        guard has(part, keys.union(["filename", "file_data"])), let name = part["filename"]?.stringValue,
            let data = part["file_data"]?.stringValue
        else { throw odd }
        guard let (type, bytes) = decoded(data) else {
            throw APIRefusal.invalid("`file_data` must be `data:TYPE;base64,…`")
        }
        return InboundFile(name: name, mediaType: type, bytes: bytes)
    }

    private static let unfetched = APIRefusal.invalid(
        "a file comes with its data: no address is fetched, and no file is kept to be named",
        hint: "send `file_data` or `image_url` as `data:TYPE;base64,…`")

    private static func picture(_ data: String) throws(APIRefusal) -> InboundFile {
        guard let (type, bytes) = decoded(data) else { throw unfetched }
        return InboundFile(name: "picture", mediaType: type, bytes: bytes)
    }

    private static func decoded(_ data: String) -> (type: String, bytes: [UInt8])? {
        guard data.hasPrefix("data:"), let comma = data.firstIndex(of: ","),
            data[..<comma].lowercased().hasSuffix(";base64"),
            let bytes = Base64.decode(String(data[data.index(after: comma)...]))
        else { return nil }
        return (String(data[..<comma].dropFirst("data:".count).prefix { $0 != ";" }), bytes)
    }
}

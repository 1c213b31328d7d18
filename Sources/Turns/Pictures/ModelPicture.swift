public import Wire

/// A picture that a tool answered with. What is kept of it says where it is; its bytes are there while a model is asked, and
/// nowhere else.
public struct ModelPicture: Sendable, Hashable {
    /// The file's id among those of the conversation.
    public let file: String
    /// One of the four that every model server takes: `image/png`, `image/jpeg`, `image/gif`, `image/webp`.
    public let mediaType: String
    /// Pixels.
    public let width: Int
    public let height: Int
    /// Octets.
    public let size: Int
    /// Empty where it isn't shown.
    public var bytes: [UInt8] = []
    /// What it costs where it is shown.
    public var tokens = 0

    public init(file: String, mediaType: String, width: Int, height: Int, size: Int, bytes: [UInt8] = []) {
        self.file = file
        self.mediaType = mediaType
        self.width = width
        self.height = height
        self.size = size
        self.bytes = bytes
    }

    public var base64: String { Base64.encode(bytes) }
}

extension ModelPicture {
    init(_ header: PictureHeader, of file: String, size: Int) {
        self.init(
            file: file, mediaType: header.kind.mediaType, width: header.width, height: header.height, size: size)
    }

    /// Without its bytes.
    public var json: JSON {
        [
            "file": .string(file), "type": .string(mediaType), "width": .number(JSONNumber(width)),
            "height": .number(JSONNumber(height)), "size": .number(JSONNumber(size)),
        ]
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSON) {
        func number(_ key: String) -> Int? { json[key]?.integerValue.flatMap { Int(exactly: $0) } }
        guard let file = json["file"]?.stringValue, let mediaType = json["type"]?.stringValue,
            let width = number("width"), let height = number("height"), let size = number("size")
        else { return nil }
        self.init(file: file, mediaType: mediaType, width: width, height: height, size: size)
    }
}

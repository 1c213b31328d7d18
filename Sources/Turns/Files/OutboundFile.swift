public import Gate
public import Wire

/// A file that goes with an answer. Its bytes are kept sealed beside the call that made it, and an answer names it.
public struct OutboundFile: Sendable, Hashable {
    /// The call by which an agent sends it.
    public let call: CallID
    /// Inert: one line, and no path.
    public let name: String
    public let mediaType: String
    /// Octets.
    public let size: Int
    /// Empty where they aren't needed.
    public var bytes: [UInt8] = []
    /// The channel's own id of it, once it was put there for this attempt.
    public var handle: String?

    public init(call: CallID, name: String, mediaType: String, size: Int) {
        self.call = call
        self.name = name
        self.mediaType = mediaType
        self.size = size
    }

    /// Octets of one.
    public static let longest = 1 << 20
    /// Octets of all that go with one answer.
    public static let longestTogether = 3 << 20
    /// With one answer.
    public static let most = 5

    var payload: String { OutboundFile.payload(of: call) }

    /// Where its bytes are kept.
    static func payload(of call: CallID) -> String { "\(call)/file" }
}

extension OutboundFile {
    /// Without its bytes.
    public var json: JSON {
        [
            "call": .string(call.raw), "name": .string(name), "mediaType": .string(mediaType),
            "size": .number(JSONNumber(size)),
        ]
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSON) {
        guard let call = json["call"]?.stringValue, let name = json["name"]?.stringValue,
            let mediaType = json["mediaType"]?.stringValue,
            let size = json["size"]?.integerValue.flatMap({ Int(exactly: $0) })
        else { return nil }
        self.init(call: CallID(call), name: name, mediaType: mediaType, size: size)
    }

    /// As it is kept, sealed.
    var kept: JSON { .object(JSONObject([("file", json), ("bytes", .string(Base64.encodeURL(bytes)))])) }

    /// Reads what ``kept`` wrote, with its bytes; nil for anything else.
    init?(kept: JSON) {
        guard let file = kept["file"].flatMap(OutboundFile.init(json:)),
            let bytes = kept["bytes"]?.stringValue.flatMap({ Base64.decodeURL($0) })
        else { return nil }
        self = file
        self.bytes = bytes
    }
}

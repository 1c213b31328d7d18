import Authority
import Wire

/// A file that somebody who has signed in sends to an agent through the gateway itself, which keeps it sealed beside the message.
public struct InboundFile: Sendable, Hashable {
    /// Inert: one line, and no path.
    public let name: String
    public let mediaType: String
    public let bytes: [UInt8]

    public init(name: String, mediaType: String, bytes: [UInt8]) {
        self.name = FileName.inert(name)
        let type = mediaType.prefix { $0 != ";" }.filter { $0 != " " }
        self.mediaType = FileName.mediaType(String(type)) ?? "application/octet-stream"
        self.bytes = bytes
    }

    /// With one message.
    public static let most = 5
    /// Octets of one.
    public static let longest = 1 << 20
    /// Octets of all that come with one message. As base64 they fit into what the gateway takes of one request.
    public static let longestTogether = 2 << 20

    /// Said of those that came with a stop, which begins no turn that could open them.
    public static let notTaken = "The files that came with this weren't taken."

    /// Why these can't be sent, for whoever sends them, and as it is counted; nil when they can.
    public static func problem(of files: [InboundFile]) -> (refusal: FileRefusal, sentence: String)? {
        if files.count > most { return (.many, "A message takes \(most) files at the most.") }
        if let file = files.first(where: { $0.bytes.count > longest }) {
            return (.size, "`\(file.name)` has \(file.bytes.count) bytes, and a file \(longest) at the most.")
        }
        guard files.reduce(0, { $0 + $1.bytes.count }) <= longestTogether else {
            return (.size, "The files of a message have \(longestTogether) bytes at the most.")
        }
        return nil
    }

    static func attachments(_ files: [InboundFile], of message: InboxID) -> [Attachment] {
        files.enumerated().map { number, file in
            Attachment(
                id: "\(message)/\(number + 1)", name: file.name, mediaType: file.mediaType, size: file.bytes.count,
                digest: .sha256(of: file.bytes))
        }
    }

    /// As all files of a message are kept, sealed.
    static func kept(_ files: [InboundFile]) -> JSON {
        .array(
            files.map { file in
                [
                    "name": .string(file.name), "mediaType": .string(file.mediaType),
                    "bytes": .string(Base64.encodeURL(file.bytes)),
                ]
            })
    }

    /// The file of this id among what ``kept(_:)`` wrote; nil when it isn't there.
    static func file(_ id: String, of message: InboxID, in kept: JSON) -> InboundFile? {
        let files = kept.arrayValue ?? []
        guard id.hasPrefix("\(message)/"), let number = Int(id.dropFirst("\(message)/".count)),
            files.indices.contains(number - 1), let name = files[number - 1]["name"]?.stringValue,
            let mediaType = files[number - 1]["mediaType"]?.stringValue,
            let bytes = files[number - 1]["bytes"]?.stringValue.flatMap({ Base64.decodeURL($0) })
        else { return nil }
        return InboundFile(name: name, mediaType: mediaType, bytes: bytes)
    }
}

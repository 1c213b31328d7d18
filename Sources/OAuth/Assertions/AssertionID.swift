import Wire

/// A `jti`: what nobody guesses and nobody uses twice, in the shape of a random UUID (RFC 9562 section 5.4), which Entra
/// asks for and others don't mind.
public struct AssertionID: Sendable, Hashable {
    public let text: String

    /// - Parameter bytes: 16 of them.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        var bytes = bytes
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Hex.encode(bytes)
        var rest = hex[...]
        text = [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }

    public static func fresh() -> AssertionID {
        guard let id = AssertionID(randomBytes(16)) else { preconditionFailure("16 bytes are an id") }
        return id
    }
}

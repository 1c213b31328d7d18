public import Wire

/// One message and its envelope.
public struct OutgoingMail: Sendable, Hashable {
    public let from: MailAddress
    public let recipients: [MailAddress]
    /// Lines that end in CRLF.
    public let bytes: [UInt8]

    /// Nil for a message that some server would read as two, or that has no recipient: a bare CR or LF, or a NUL; or a last
    /// line without its end.
    public init?(from: MailAddress, to recipients: [MailAddress], bytes: [UInt8]) {
        guard !recipients.isEmpty, OutgoingMail.isWhole(bytes) else { return nil }
        self.from = from
        self.recipients = recipients
        self.bytes = bytes
    }

    public static func isWhole(_ bytes: [UInt8]) -> Bool {
        var last: UInt8 = 0
        for byte in bytes {
            let (isFeed, wasReturn) = (byte == UInt8(ascii: "\n"), last == UInt8(ascii: "\r"))
            guard isFeed == wasReturn, byte != 0 else { return false }
            last = byte
        }
        return last == UInt8(ascii: "\n")
    }
}

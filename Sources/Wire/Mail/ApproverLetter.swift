/// Mails that show a person what waits for their yes, and what was decided. Their ids begin alike, so that the tools of mailboxes
/// leave them out wherever they lie: what an agent is asked for in one conversation is nothing to read in another.
public enum ApproverLetter {
    /// Of the part before `@`.
    public static let mark = "dpc."

    /// - Parameter messageID: as a server tells it, in its angle brackets; where the header is folded, perhaps with white space
    ///   before it.
    public static func hasID(_ messageID: String) -> Bool {
        messageID.drop { $0.isWhitespace }.hasPrefix("<" + mark)
    }
}

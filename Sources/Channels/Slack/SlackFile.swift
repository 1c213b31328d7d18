import Turns
import Wire

/// Files that came with a message.
enum SlackFile {
    /// More than Slack takes with one message.
    private static let most = 20
    private static let longestName = 255

    /// Those that Slack shows; deleted and hidden ones, and what can't be read, are left out.
    static func attachments(_ files: JSON?) -> [Attachment] {
        (files?.arrayValue ?? []).prefix(most).compactMap { file in
            guard let id = file["id"]?.stringValue, SlackID.isWellFormed(id) else { return nil }
            if let mode = file["mode"]?.stringValue, ["tombstone", "hidden_by_limit"].contains(mode) { return nil }
            return Attachment(
                id: id, name: String((file["name"]?.stringValue ?? id).prefix(longestName)),
                mediaType: String((file["mimetype"]?.stringValue ?? "application/octet-stream").prefix(longestName)),
                size: max(0, Int(file["size"]?.integerValue ?? 0)))
        }
    }
}

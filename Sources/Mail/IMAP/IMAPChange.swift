/// Marks that a message has or hasn't.
public enum MailMark: String, Sendable, CaseIterable {
    case read, flagged, answered

    fileprivate var flag: String {
        switch self {
        case .read: "\\Seen"
        case .flagged: "\\Flagged"
        case .answered: "\\Answered"
        }
    }
}

extension IMAPSession {
    /// Puts a message into a folder.
    ///
    /// - Parameter bytes: lines that end in CRLF.
    public func append(
        _ bytes: [UInt8], to folder: MailFolderName, asDraft: Bool
    ) async throws(MailFailure) {
        guard OutgoingMail.isWhole(bytes) else { throw .refused("the message can't be written") }
        var command = IMAPCommand("APPEND ")
        command.append(folder: folder)
        command.append(asDraft ? " (\\Draft \\Seen) " : " (\\Seen) ")
        command.append(literal: bytes)
        command.isEffect = true
        _ = try await done(command)
    }

    /// Sets a mark of a message of the open folder, or takes it away.
    public func mark(_ number: UInt32, _ mark: MailMark, _ isSet: Bool) async throws(MailFailure) {
        var command = IMAPCommand("UID STORE \(number) \(isSet ? "+" : "-")FLAGS.SILENT (\(mark.flag))")
        command.isEffect = true
        _ = try await done(command)
    }

    /// Moves a message of the open folder (RFC 6851). A server without `MOVE` copies and deletes it, and needs `UIDPLUS`, so
    /// that nothing else is deleted with it.
    public func move(_ number: UInt32, to folder: MailFolderName) async throws(MailFailure) {
        if capabilities.contains("MOVE") { return try await moved("UID MOVE \(number) ", to: folder) }
        guard capabilities.contains("UIDPLUS") else {
            throw .refused("the mail server can't move single messages: it knows neither MOVE nor UIDPLUS")
        }
        try await moved("UID COPY \(number) ", to: folder)
        // From here on it is there twice, at the worst.
        for text in ["UID STORE \(number) +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE \(number)"] {
            var command = IMAPCommand(text)
            command.isEffect = true
            do throws(MailFailure) {
                _ = try await done(command)
            } catch {
                throw .unknown(error.reason)
            }
        }
    }

    private func moved(_ text: String, to folder: MailFolderName) async throws(MailFailure) {
        var command = IMAPCommand(text)
        command.append(folder: folder)
        command.isEffect = true
        _ = try await done(command)
    }
}

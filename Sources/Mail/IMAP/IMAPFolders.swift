/// A mailbox of an account.
public struct MailFolder: Sendable, Hashable {
    public let name: MailFolderName
    /// What it is for (RFC 6154), in lower case: `drafts`, `sent`, `trash`, `junk`, `archive`, `all`, `flagged`.
    public let use: String?
}

/// A mailbox that is open, and what tells its messages from those of another of the same name.
public struct OpenFolder: Sendable, Hashable {
    public let validity: UInt32
    public let count: UInt32
    /// The number that the next message gets; nil where the server doesn't say.
    public let next: UInt32?
}

extension IMAPSession {
    /// All folders that can be opened, in the order of the server, 1,000 at the most.
    public func folders() async throws(MailFailure) -> [MailFolder] {
        let uses: Set<String> = ["drafts", "sent", "trash", "junk", "archive", "all", "flagged"]
        let reply = try await done(IMAPCommand("LIST \"\" \"*\""))
        let folders = reply.untagged.compactMap { untagged -> MailFolder? in
            guard case .list(let flags, let name) = untagged, let name = MailFolderName(encoded: name) else {
                return nil
            }
            let words = flags.map { $0.lowercased().drop { $0 == "\\" } }
            guard !words.contains("noselect"), !words.contains("nonexistent") else { return nil }
            return MailFolder(name: name, use: words.map(String.init).first { uses.contains($0) })
        }
        return Array(folders.prefix(1_000))
    }

    /// Opens a folder for the commands that follow.
    ///
    /// - Parameter forReading: nothing is changed by what follows, not even what is new.
    public func open(_ name: MailFolderName, forReading: Bool) async throws(MailFailure) -> OpenFolder {
        var command = IMAPCommand(forReading ? "EXAMINE " : "SELECT ")
        command.append(folder: name)
        let reply = try await perform(command)
        guard reply.status.word == .ok else {
            throw .refused("no folder is called `\(name.text)`: the mail server said \(reply.status.shown)")
        }
        var (validity, next, count) = (UInt32?.none, UInt32?.none, UInt32(0))
        for untagged in reply.untagged {
            switch untagged {
            case .status(let status) where status.code == "UIDVALIDITY": validity = IMAPValue.number(status.arguments)
            case .status(let status) where status.code == "UIDNEXT": next = IMAPValue.number(status.arguments)
            case .exists(let number): count = number
            case .status, .capabilities, .list, .search, .fetch, .other: continue
            }
        }
        guard let validity else { throw .refused("the mail server doesn't say which messages these are") }
        return OpenFolder(validity: validity, count: count, next: next)
    }
}

import Authority

/// What is opened of files: text, and pictures that one of the agent's models may be shown. Which it is, their bytes say.
struct FileOpening: Sendable {
    struct Problem: Error {
        let refusal: FileRefusal
        let sentence: String

        init(_ refusal: FileRefusal, _ sentence: String) {
            self.refusal = refusal
            self.sentence = sentence
        }
    }

    private let agent: AgentID?
    /// Of the agent's models that see; empty where none does.
    private let rules: [PictureRules]

    init(agent: AgentID, rules: [PictureRules]) {
        (self.agent, self.rules) = (agent, rules)
    }

    private init() {
        (agent, rules) = (nil, [])
    }

    /// What was opened already.
    static let again = FileOpening()

    /// Octets.
    var most: Int { rules.isEmpty && agent != nil ? FileDesk.longest : FileDesk.longestPicture }

    /// By what the channel says of it, before its bytes are asked for.
    func check(_ file: ChannelFile) throws(Problem) {
        if FileText.isText(file.mediaType) { return try FileOpening.check(file, atMost: FileDesk.longest) }
        let type = file.mediaType.lowercased()
        let (isNamed, isUnnamed) = (type.hasPrefix("image/"), type.hasPrefix("application/octet-stream"))
        let isSeen = !rules.isEmpty || agent == nil
        if isNamed, !isSeen { throw unseen(file.mediaType) }
        // A picture's type is often left out, and never believed.
        guard isNamed || isUnnamed && isSeen else {
            throw Problem(.type, "the file is `\(file.mediaType)`, and only text and pictures can be opened")
        }
        try FileOpening.check(file, atMost: most)
    }

    static func check(_ file: ChannelFile, atMost most: Int) throws(Problem) {
        guard file.size <= most else {
            throw Problem(.size, "the file has \(file.size) bytes, and \(most) can be opened at the most")
        }
    }

    func content(of bytes: [UInt8], _ file: ChannelFile, _ id: String) throws(Problem) -> FileDesk.Opened.Content {
        if let header = PictureHeader(bytes) { return .picture(try picture(header, id, bytes.count)) }
        guard FileText.isText(file.mediaType) else {
            throw Problem(
                .content, "the file says that it is `\(file.mediaType)` and isn't a PNG, JPEG, GIF or WebP picture")
        }
        guard let text = FileText.text(bytes) else {
            throw Problem(.content, "the file says that it is `\(file.mediaType)` and isn't text")
        }
        return .text(text)
    }

    private func picture(_ header: PictureHeader, _ id: String, _ size: Int) throws(Problem) -> ModelPicture {
        let picture = ModelPicture(header, of: id, size: size)
        guard !rules.isEmpty else { throw unseen(picture.mediaType) }
        guard !header.moves else {
            throw Problem(.content, "the picture moves, and only one that doesn't can be opened")
        }
        guard rules.contains(where: { $0.take(picture) }) else {
            throw Problem(
                .size,
                "the picture has \(size) bytes and \(picture.width) × \(picture.height) pixels, which is more than the "
                    + "agent's models take")
        }
        return picture
    }

    private func unseen(_ type: String) -> Problem {
        Problem(
            .unseen,
            "the file is a picture (`\(type)`), and no model of `\(agent?.raw ?? "")` sees pictures: an administrator "
                + "says which one does, with `deputy models add NAME … --sees pictures`")
    }
}

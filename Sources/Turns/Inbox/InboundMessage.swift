public import Authority
public import Wire

/// What somebody wrote to an agent, as its channel verified it.
public struct InboundMessage: Sendable, Hashable {
    public let account: ChannelAccountID
    /// The channel's own id of the event. Two with the same id are one.
    public let event: String
    public let place: Place
    public let sender: Sender
    /// The agent, where whoever writes says which. Elsewhere bindings say it.
    public let agent: AgentID?
    public let text: String
    public internal(set) var attachments: [Attachment]
    /// When it was written, by the channel's clock.
    public let sent: Timestamp
    /// Whether it is addressed to the agent: in a group only then does it start a turn.
    public let isAddressed: Bool
    /// What the channel needs to answer it: where, in which thread, to which message.
    public let reply: JSONObject
    /// What may be done at the most on this message, by the token that it came with.
    public let ceiling: EffectSet
    /// What a model is told of it beside the words.
    public let note: String?
    /// What it quotes beneath its words: kept, and shown to no model.
    public let quoted: String?
    /// What it hands on: somebody else's words, which a model is shown as such.
    public let forwarded: String?

    public init(
        account: ChannelAccountID, event: String, place: Place, sender: Sender, agent: AgentID? = nil, text: String,
        attachments: [Attachment] = [], sent: Timestamp, isAddressed: Bool, reply: JSONObject,
        ceiling: EffectSet = .all,
        note: String? = nil, quoted: String? = nil, forwarded: String? = nil
    ) {
        self.account = account
        self.event = event
        self.place = place
        self.sender = sender
        self.agent = agent
        self.text = text
        self.attachments = attachments
        self.sent = sent
        self.isAddressed = isAddressed
        self.reply = reply
        self.ceiling = ceiling
        self.note = note
        self.quoted = quoted
        self.forwarded = forwarded
    }
}

extension InboundMessage {
    /// What bindings look at.
    var arrival: Arrival {
        Arrival(
            channel: account.kind.rawValue, account: account.name, peer: place.peer, parent: place.parent,
            guild: place.guild, team: place.team, roles: place.roles)
    }

    /// As a model is shown it: a file is named, and its bytes aren't there.
    var shown: String {
        ([text] + (note.map { ["\n\($0)"] } ?? [])
            + (forwarded.map { ["\n(handed on, in the words of others:)\n\($0)"] } ?? [])
            + attachments.map(\.shown)).joined(separator: "\n")
    }
}

/// A file that came with a message. Its bytes stay with the channel until somebody with a right to them asks.
public struct Attachment: Sendable, Hashable {
    /// The channel's own id.
    public let id: String
    public let name: String
    public let mediaType: String
    /// Octets.
    public let size: Int
    /// Of its bytes, where they came with the message.
    let digest: Digest?

    public init(id: String, name: String, mediaType: String, size: Int) {
        self.init(id: id, name: name, mediaType: mediaType, size: size, digest: nil)
    }

    init(id: String, name: String, mediaType: String, size: Int, digest: Digest?) {
        self.digest = digest
        self.id = id
        self.name = name
        self.mediaType = mediaType
        self.size = size
    }

    /// Whether it is what came with a message under this name. Of one that was kept without a digest, its size says so.
    public func holds(_ file: InboundFile) -> Bool {
        name == file.name && mediaType == file.mediaType && size == file.bytes.count
            && digest.map { $0 == .sha256(of: file.bytes) } ?? true
    }

    /// For a model: by its sender's name and type of it, in one line.
    var shown: String { "(attached: \(Self.line(name)), \(Self.line(mediaType)), \(size) bytes, file \(id))" }

    private static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: " "
                    case _: scalar
                    }
                }))
    }
}

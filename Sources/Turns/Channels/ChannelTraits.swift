public import Wire

/// What a channel can do.
public struct ChannelTraits: Sendable, Hashable {
    /// How surely it says who wrote.
    public enum SenderProof: String, Sendable, CaseIterable {
        /// Whoever writes has signed in to Deputy.
        case signedIn = "signed-in"
        /// The platform vouches for an id that nobody can choose. Whose it is, a link says.
        case platform
        /// An address that is somebody's only with aligned DMARC. Whose it is, a link says.
        case aligned
    }

    /// Who reads what is said in a conversation.
    public enum Readers: String, Sendable, CaseIterable {
        /// Whoever wrote, and nobody else.
        case requester
        /// Whoever the platform says reads there, asked before what rests on data is said.
        case asked
    }

    public let kind: ChannelKind
    public let senders: SenderProof
    public let readers: Readers
    /// How long a message may be, in Unicode scalars; longer ones are sent in several.
    public let longest: Int
    public let hasThreads: Bool
    public let hasButtons: Bool
    public let canEdit: Bool
    /// Whether it knows a message that is sent twice by an id that we choose, so that one may be sent again when nobody
    /// knows whether it arrived.
    public let knowsRepeats: Bool
    /// Whether files go with an answer.
    public let carriesFiles: Bool

    public init(
        kind: ChannelKind, senders: SenderProof, readers: Readers, longest: Int, hasThreads: Bool, hasButtons: Bool,
        canEdit: Bool, knowsRepeats: Bool, carriesFiles: Bool = false
    ) {
        self.kind = kind
        self.senders = senders
        self.readers = readers
        self.longest = longest
        self.hasThreads = hasThreads
        self.hasButtons = hasButtons
        self.canEdit = canEdit
        self.knowsRepeats = knowsRepeats
        self.carriesFiles = carriesFiles
    }

    public var json: JSON {
        [
            "kind": .string(kind.rawValue), "senders": .string(senders.rawValue), "readers": .string(readers.rawValue),
            "longest": .number(JSONNumber(longest)), "hasThreads": .bool(hasThreads), "hasButtons": .bool(hasButtons),
            "canEdit": .bool(canEdit), "knowsRepeats": .bool(knowsRepeats), "carriesFiles": .bool(carriesFiles),
        ]
    }
}

extension ChannelTraits {
    /// Of what the gateway serves itself: it knows a message that is sent twice, by the id of whoever sends it and by those of its
    /// events.
    public static let own = [ChannelKind.web, .api, .schedule].map { kind in
        ChannelTraits(
            kind: kind, senders: .signedIn, readers: .requester, longest: TalkDesk.longest, hasThreads: false,
            hasButtons: false, canEdit: false, knowsRepeats: true, carriesFiles: true)
    }
}

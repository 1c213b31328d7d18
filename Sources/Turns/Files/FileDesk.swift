public import Authority
public import Gate
import Ledger
import Wire

/// The way to a file's bytes: an errand. Implemented by egress, which adds the account's credential, follows nothing, and goes
/// to the host of the account's connection or under it alone.
public protocol FileTransport: Sendable {
    /// - Parameter most: octets. A larger answer is none.
    func fetch(_ address: String, atMost most: Int, with connection: ConnectionID) async -> ChannelReply
}

/// Opens files that came with messages of a session, for that session alone. Nothing is kept of them but what a turn was told.
public struct FileDesk: Sendable {
    public typealias Store = TurnStore & ChannelAccountStore & Commits

    private let store: any Store
    private let payloads: PayloadKeeper
    private let channels: [any FileChannel]
    private let transport: any ChannelTransport & FileTransport
    private let world: World
    private let models: @Sendable (AgentID, OrganizationID) async throws -> [ModelSlot]
    private let refused: @Sendable (ChannelKind, FileRefusal) -> Void

    /// Octets of text.
    public static let longest = 1 << 20
    /// Octets of a picture, wherever it is shown.
    public static let longestPicture = 4 << 20
    private static let turns = 100

    /// - Parameters:
    ///   - models: where an agent's models are asked.
    ///   - refused: counts.
    public init(
        store: any Store, payloads: PayloadKeeper, channels: [any FileChannel],
        transport: any ChannelTransport & FileTransport, world: World,
        models: @escaping @Sendable (AgentID, OrganizationID) async throws -> [ModelSlot] = { _, _ in [] },
        refused: @escaping @Sendable (ChannelKind, FileRefusal) -> Void = { _, _ in }
    ) {
        self.store = store
        self.payloads = payloads
        self.channels = channels
        self.transport = transport
        self.world = world
        self.models = models
        self.refused = refused
    }

    struct Opened {
        enum Content {
            case text(String)
            case picture(ModelPicture)
        }

        let file: ChannelFile
        let content: Content
        let labels: Labels
    }

    /// - Throws: `TurnsError` for what didn't come with the session's messages, is neither text nor a picture that one of the
    ///   agent's models may be shown, is too large or can't be had.
    func open(_ id: String, in session: SessionKey) async throws -> Opened {
        let opening = FileOpening(
            agent: session.agent,
            rules: try await models(session.agent, session.organization).compactMap(PictureRules.init))
        let (bytes, file, turn, labels) = try await fetch(id, in: session, for: opening)
        do throws(FileOpening.Problem) {
            return Opened(file: file, content: try opening.content(of: bytes, file, id), labels: labels)
        } catch {
            throw refusal(error.refusal, turn, error.sentence)
        }
    }

    /// The same of any type, unread.
    func fetch(_ id: String, in session: SessionKey) async throws -> ([UInt8], ChannelFile, Labels) {
        let (bytes, file, _, labels) = try await fetch(id, in: session, for: nil)
        return (bytes, file, labels)
    }

    /// A picture that was opened before, for a model that is shown it now; nil when it can't be had or isn't that any more.
    func bytes(of picture: ModelPicture, in session: SessionKey) async throws -> [UInt8]? {
        do {
            let (bytes, _, _, _) = try await fetch(picture.file, in: session, for: .again)
            let header = PictureHeader(bytes).map { ModelPicture($0, of: picture.file, size: bytes.count) }
            return header == picture ? bytes : nil
        } catch is TurnsError {
            return nil
        }
    }

    /// - Parameter opening: nil for any type.
    private func fetch(
        _ id: String, in session: SessionKey, for opening: FileOpening?
    ) async throws -> ([UInt8], ChannelFile, Turn, Labels) {
        guard let (turn, message) = try await turn(with: id, in: session) else {
            throw TurnsError(.unknown, "no file `\(id)` came with this conversation's messages")
        }
        let file: ChannelFile
        let bytes: [UInt8]
        if turn.account.kind.nature.knowsPeople {
            (file, bytes) = try await own(id, turn)
            try check(file, turn, for: opening)
        } else {
            (file, bytes) = try await brought(id, turn, for: opening)
        }
        return (bytes, file, turn, labels(of: turn, message))
    }

    /// What the gateway itself was sent.
    private func own(_ id: String, _ turn: Turn) async throws -> (ChannelFile, [UInt8]) {
        try await noteOpening(of: id, turn, with: nil)
        guard let kept = try await payloads.open(InboxEntry.files(of: turn.message)),
            let file = InboundFile.file(id, of: turn.message, in: kept)
        else { throw refusal(.gone, turn, "the file isn't there any more") }
        let shown = ChannelFile(
            name: file.name, mediaType: file.mediaType, size: file.bytes.count, bytes: .here(file.bytes))
        return (shown, file.bytes)
    }

    /// What a channel keeps.
    private func brought(
        _ id: String, _ turn: Turn, for opening: FileOpening?
    ) async throws -> (ChannelFile, [UInt8]) {
        let most = opening?.most ?? FileDesk.longest
        guard let account = try await store.channelAccount(turn.account)?.account, !account.isPaused,
            let connection = account.connection,
            let channel = channels.first(where: { $0.traits.kind == account.id.kind }),
            let question = channel.request(aboutFile: id, atMost: most)
        else { throw TurnsError(.refused, "files of `\(turn.account)` can't be opened") }
        try await noteOpening(of: id, turn, with: connection)
        let file: ChannelFile
        switch channel.file(try answered(await transport.send(question, with: connection)), id, for: account) {
        case .found(let found): file = found
        case .refused(let reason): throw refusal(.gone, turn, "the file can't be opened: \(reason)")
        }
        try check(file, turn, for: opening)
        let bytes: [UInt8]
        switch file.bytes {
        case .here(let given): bytes = given
        case .at(let address):
            let answer = try answered(await transport.fetch(address, atMost: most, with: connection))
            guard answer.status == 200 else {
                throw refusal(
                    .gone, turn, "the file can't be opened: it was refused with status \(answer.status)")
            }
            bytes = answer.body
        }
        return (file, bytes)
    }

    private func check(_ file: ChannelFile, _ turn: Turn, for opening: FileOpening?) throws(TurnsError) {
        do throws(FileOpening.Problem) {
            if let opening { try opening.check(file) } else { try FileOpening.check(file, atMost: FileDesk.longest) }
        } catch {
            throw refusal(error.refusal, turn, error.sentence)
        }
    }

    private func noteOpening(of id: String, _ turn: Turn, with connection: ConnectionID?) async throws {
        var fields: JSONObject = [
            "change": "file.opened", "file": .string(id), "turn": .string(turn.id.raw),
            "account": .string("\(turn.account)"),
        ]
        fields["connection"] = connection.map { .string($0.raw) }
        let leaf = try Leaf(kind: .session, time: world.now().microseconds, fields: fields)
        let tree = TreeID.organization(turn.account.organization)
        try await store.commit(Transaction(leaves: [PlacedLeaf(leaf, in: tree)]))
    }

    private func refusal(_ refusal: FileRefusal, _ turn: Turn, _ sentence: String) -> TurnsError {
        refused(turn.account.kind, refusal)
        return TurnsError(.refused, sentence)
    }

    /// Of the session's own turns: whoever else wrote in the same place has a session of their own.
    private func turn(with file: String, in session: SessionKey) async throws -> (Turn, InboundMessage)? {
        for turn in try await store.turns(of: session, limit: FileDesk.turns) {
            let message = try await payloads.open(turn.payload(of: 0)).flatMap(InboundMessage.init(json:))
            if let message, message.attachments.contains(where: { $0.id == file }) { return (turn, message) }
        }
        return nil
    }

    /// What is in a file isn't typed by whoever sends it, and with a message that is handed on it is others'. Those who read the
    /// conversation have it anyway.
    private func labels(of turn: Turn, _ message: InboundMessage) -> Labels {
        guard let person = turn.requester.person else { return Labels(integrity: .outsider, readers: .organization) }
        return Labels(
            integrity: message.forwarded == nil ? .colleague : .outsider,
            readers: turn.place.isPrivate ? .only([person]) : .organization)
    }

    private func answered(_ reply: ChannelReply) throws(TurnsError) -> ChannelAnswer {
        switch reply {
        case .answered(let answer): return answer
        case .notSent(let reason), .unknown(let reason):
            throw TurnsError(.unavailable, "the file can't be had just now: \(reason)")
        }
    }
}

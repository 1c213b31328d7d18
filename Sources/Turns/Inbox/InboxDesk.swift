public import Authority
public import Gate
import Wire

/// Takes messages. When it returns, a message can't get lost any more, and its channel may be told so.
public struct InboxDesk: Sendable {
    private let commits: any Commits
    private let payloads: PayloadKeeper
    private let world: World
    private let bell: Bell

    /// - Parameter bell: rung when there is something to do.
    public init(commits: any Commits, payloads: PayloadKeeper, world: World, bell: Bell) {
        self.commits = commits
        self.payloads = payloads
        self.world = world
        self.bell = bell
    }

    public enum Taken: Sendable, Hashable {
        case new(InboxID)
        /// The channel told of it before.
        case repeated
    }

    /// - Parameters:
    ///   - files: what came with it, where the gateway itself keeps that.
    ///   - more: what else is true with that, in the same commit.
    /// - Throws: `CommitError` when it can't be stored: then the channel has to say it again.
    public func take(
        _ message: InboundMessage, files: [InboundFile] = [], with more: [any StoredChange] = []
    ) async throws -> Taken {
        do throws(CommitError) {
            return .new(try await keep(message, files, with: more))
        } catch {
            guard case .exists = error else { throw error }
            return .repeated
        }
    }

    /// The same where no more than so many messages of its account may wait.
    ///
    /// - Returns: nil when there is no room: then nothing is kept.
    public func take(_ message: InboundMessage, files: [InboundFile] = [], most: Int) async throws -> Taken? {
        do throws(CommitError) {
            return .new(try await keep(message, files, with: [TurnChange.room(message.account, most: most)]))
        } catch {
            guard case .exists(let row) = error else { throw error }
            return row == TurnChange.room(of: message.account) ? nil : .repeated
        }
    }

    /// The same where no more than so many messages of its account may wait, nor of whoever wrote it. What is asked of the gateway
    /// itself, such as a stop, finds room where their messages find none.
    public func take(_ message: InboundMessage, within bounds: InboxBounds) async throws -> Bounded {
        let (account, writer) = (message.account, InboxEntry.writer(message.sender))
        let rooms: [TurnChange] =
            message.command == nil
            ? [.roomOfWriter(account, writer: writer, most: bounds.ofWriter), .room(account, most: bounds.ofAccount)]
            : [.roomOfWriter(account, writer: writer, most: bounds.ofWriter + InboxBounds.commands)]
        do throws(CommitError) {
            return .taken(.new(try await keep(message, [], with: rooms)))
        } catch {
            guard case .exists(let row) = error else { throw error }
            if row == TurnChange.room(of: account) { return .full }
            return row == TurnChange.room(of: account, for: writer) ? .flooded : .taken(.repeated)
        }
    }

    public enum Bounded: Sendable, Hashable {
        case taken(Taken)
        /// So many messages of whoever wrote it wait that this one isn't kept.
        case flooded
        /// So many messages of its account wait that its channel has to tell it again later.
        case full
    }

    private func keep(
        _ message: InboundMessage, _ files: [InboundFile], with more: [any StoredChange]
    ) async throws(CommitError) -> InboxID {
        let entry = InboxEntry(
            id: InboxID(world.newID("in")), account: message.account, event: message.event,
            conversation: ConversationID(in: message.place, of: message.account), isStop: message.command != nil,
            received: world.now(), writer: InboxEntry.writer(message.sender))
        var message = message
        message.attachments += InboundFile.attachments(files, of: entry.id)
        var kept: [any StoredChange] = []
        do {
            kept.append(try payloads.kept(message.json, id: entry.payload))
            // What is asked of the gateway itself begins no turn that could open them.
            if !files.isEmpty, message.command == nil {
                kept.append(try payloads.kept(InboundFile.kept(files), id: InboxEntry.files(of: entry.id)))
            }
        } catch {
            throw .unavailable("the message can't be sealed")
        }
        try await commits.commit(Transaction(changes: [TurnChange.receive(entry)] + kept + more))
        bell.ring()
        return entry.id
    }

    /// Notes an event of which nothing comes, and why.
    public func refuse(
        _ event: String, of account: ChannelAccountID, _ reason: String, setAside: Bool, with more: [any StoredChange]
    ) async throws -> Taken {
        let entry = InboxEntry(
            id: InboxID(world.newID("in")), account: account, event: event,
            conversation: ConversationID(raw: "\(account)/\(event)"), isStop: false, received: world.now(),
            state: setAside ? .aside : .ignored, reason: reason)
        do throws(CommitError) {
            try await commits.commit(Transaction(changes: [TurnChange.receive(entry)] + more))
        } catch {
            if case .exists = error { return .repeated }
            throw error
        }
        return .new(entry.id)
    }
}

extension TurnChange {
    /// What is refused when there is no room.
    public static func room(of account: ChannelAccountID) -> String { "room of \(account)" }

    public static func room(of account: ChannelAccountID, for writer: String) -> String {
        "room of \(writer) at \(account)"
    }
}

extension InboundMessage {
    /// What is asked of the gateway itself. It doesn't wait for its turn, and begins none.
    enum Command {
        /// Ends what is under way.
        case stop
        /// The same, and the conversation begins anew.
        case reset
    }

    var command: Command? {
        guard account.kind.nature.trigger.isAttended else { return nil }
        if InboundMessage.isStop(text) { return .stop }
        return switch InboundMessage.plain(text) {
        case "/new", "/reset":
            switch account.kind.nature.sessions {
            case .ofConversations: .reset
            case .ofTokens: nil
            }
        default: nil
        }
    }

    /// Whether it says to stop, and nothing else.
    public static func isStop(_ text: String) -> Bool { ["stop", "/stop"].contains(plain(text)) }

    private static func plain(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    }
}

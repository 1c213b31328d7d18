public import Turns
public import Wire

/// Every channel that has accounts. A new one is named here, and its kind and nature in ``ChannelKind``.
public enum ServedChannels {
    public static let all: [any DeliveringChannel & AccountChannel] = [SlackChannel(), MailChannel()]

    /// Those that are posted to.
    public static var hooks: [any HookChannel] { all.compactMap { $0 as? any HookChannel } }

    /// Those that tell over a socket.
    public static var sockets: [any SocketChannel] { all.compactMap { $0 as? any SocketChannel } }

    /// Those whose tenant says who its members are.
    public static var directories: [any DirectoryChannel] { all.compactMap { $0 as? any DirectoryChannel } }

    /// Those whose places say who reads there.
    public static var censuses: [any CensusChannel] { all.compactMap { $0 as? any CensusChannel } }

    /// Those whose files can be opened.
    public static var files: [any FileChannel] { all.compactMap { $0 as? any FileChannel } }

    /// Nil for what the gateway serves itself.
    @Sendable public static func channel(_ kind: ChannelKind) -> (any AccountChannel)? {
        all.first { $0.traits.kind == kind }
    }

    /// Whether files go with an answer.
    @Sendable public static func carriesFiles(_ kind: ChannelKind) -> Bool {
        (all.map(\.traits) + ChannelTraits.own).first { $0.kind == kind }?.carriesFiles ?? false
    }

    public static func canEdit(_ kind: ChannelKind) -> Bool {
        all.first { $0.traits.kind == kind }?.traits.canEdit ?? false
    }

    /// Where something is said that follows a message of ours; nil where messages are changed instead.
    public static func following(_ kind: ChannelKind, _ external: String, of reply: JSONObject) -> JSONObject? {
        all.first { $0.traits.kind == kind }?.following(external, of: reply)
    }
}

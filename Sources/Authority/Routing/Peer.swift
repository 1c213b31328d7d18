/// Whom or what a message is written to, by the channel's immutable id. Compared with its case.
public struct Peer: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case direct, group, channel
    }

    public let kind: Kind
    public let id: String

    public init(kind: Kind, id: String) {
        self.kind = kind
        self.id = id
    }

    /// Whether they are one and the same. What one platform calls a group another calls a channel; a conversation of two is
    /// neither.
    public func isSame(as other: Peer) -> Bool { id == other.id && (kind == .direct) == (other.kind == .direct) }
}

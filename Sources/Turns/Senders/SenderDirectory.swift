public import Authority

/// What a channel's own directory says of somebody who wrote.
public struct DirectoryEntry: Sendable, Hashable {
    public let sender: SenderID
    /// A guest, somebody of another tenant or an app is never matched with a person of the organization.
    public let standing: SenderStanding
    public let isDeactivated: Bool
    /// Nil unless the channel confirmed it, and says so.
    public let address: String?

    public init(sender: SenderID, standing: SenderStanding, isDeactivated: Bool, address: String?) {
        self.sender = sender
        self.standing = standing
        self.isDeactivated = isDeactivated
        self.address = address
    }
}

/// A channel whose server says who its members are. Pure, as the rest of it.
public protocol DirectoryChannel: Sendable {
    var traits: ChannelTraits { get }

    /// Nil for a sender who isn't this channel's.
    func request(about sender: SenderID) -> ChannelRequest?

    /// Nil for an answer that isn't about the sender, or that can't be read.
    func entry(_ answer: ChannelAnswer, about sender: SenderID, for account: ChannelAccount) -> DirectoryEntry?
}

/// Asks the directory of an account's own tenant, with the account's own connection: an errand, told by a leaf before it is run.
public protocol SenderDirectory: Sendable {
    /// Nil when there is none, or it doesn't answer.
    func entry(of sender: SenderID, for account: ChannelAccount) async throws -> DirectoryEntry?
}

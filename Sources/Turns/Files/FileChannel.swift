/// A file of a channel, as the channel says of it.
public struct ChannelFile: Sendable, Hashable {
    public let name: String
    public let mediaType: String
    /// Octets.
    public let size: Int
    /// Where its bytes are, at the channel's own host or under it.
    public let address: String

    public init(name: String, mediaType: String, size: Int, address: String) {
        self.name = name
        self.mediaType = mediaType
        self.size = size
        self.address = address
    }
}

/// A channel whose files are opened with the account's own connection. Pure.
public protocol FileChannel: Sendable {
    var traits: ChannelTraits { get }

    /// What asks about a file; nil for what can't be one.
    func request(aboutFile id: String) -> ChannelRequest?

    /// Refused for a file of another organization, and for one that isn't kept there.
    func file(_ answer: ChannelAnswer, _ id: String, for account: ChannelAccount) -> CensusAnswer<ChannelFile>
}

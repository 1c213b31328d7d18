/// A file of a channel, as the channel says of it.
public struct ChannelFile: Sendable, Hashable {
    public enum Bytes: Sendable, Hashable {
        /// At the channel's own host or under it.
        case at(String)
        /// Given with the answer.
        case here([UInt8])
    }

    public let name: String
    public let mediaType: String
    /// Octets.
    public let size: Int
    public let bytes: Bytes

    public init(name: String, mediaType: String, size: Int, bytes: Bytes) {
        self.name = name
        self.mediaType = mediaType
        self.size = size
        self.bytes = bytes
    }
}

/// A channel whose files are opened with the account's own connection. Pure.
public protocol FileChannel: Sendable {
    var traits: ChannelTraits { get }

    /// What asks about a file; nil for what can't be one.
    ///
    /// - Parameter most: octets that are wanted, where they come with the answer.
    func request(aboutFile id: String, atMost most: Int) -> ChannelRequest?

    /// Refused for a file of another organization, and for one that isn't kept there.
    func file(_ answer: ChannelAnswer, _ id: String, for account: ChannelAccount) -> CensusAnswer<ChannelFile>
}

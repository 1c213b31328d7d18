public import Authority

/// Who reads in a place, as far as anybody can say now.
public enum PlaceReaders: Sendable, Hashable {
    /// Members of the account's own organization, and apps.
    case insiders
    /// Guests or people of other organizations too.
    case outsiders
    /// The platform doesn't say, for this reason.
    case unknown(String)
}

/// Who reads in the places of a channel.
public protocol Readership: Sendable {
    /// - Parameter peer: the channel's own id of the place.
    func readers(of peer: String, for account: ChannelAccount) async -> PlaceReaders
    /// Somebody joined or left, so that what was known isn't true any more.
    func forget(_ peer: String, of account: ChannelAccountID)
}

/// Before what everybody in a place is told: if others than insiders read there, or nobody can say, it is for whoever asked alone.
public struct Narrowing: Sendable, Hashable {
    /// The channel's own id of the place.
    public let peer: String
    public let asker: SenderID

    public init(peer: String, asker: SenderID) {
        self.peer = peer
        self.asker = asker
    }
}

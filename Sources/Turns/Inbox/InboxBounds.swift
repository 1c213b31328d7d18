/// How many messages may wait for their turns at an account that strangers' servers post to.
public struct InboxBounds: Sendable, Hashable {
    /// Above it the channel is told to tell it again.
    public let ofAccount: Int
    /// Above it what one sender writes isn't kept: nobody else's room is theirs to take.
    public let ofWriter: Int
    /// What is asked of the gateway itself, beside their messages. It waits for nobody, so that nobody has as many.
    static let commands = 20

    public init(ofAccount: Int = 20_000, ofWriter: Int = 200) {
        self.ofAccount = ofAccount
        self.ofWriter = ofWriter
    }
}

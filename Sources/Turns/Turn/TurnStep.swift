import Authority
public import Gate
import Wire

/// What happened in a turn, in the order in which it happened.
public enum TurnStep: Sendable, Hashable {
    /// What was written. Always the first.
    case asked(String)
    case replied(ModelReply, endpoint: String)
    /// A call that has an effect is about to be made under this id. By it the turn finds out, after a crash, what became of
    /// the call.
    case calling(String, CallID)
    case answered(ModelToolResult)
    /// The call waits. After this the identical call is made again.
    case waits(String, TurnWait)
    /// The endpoint didn't answer, so often by now.
    case unanswered(endpoint: String, reason: String)
    /// What the endpoint was shown, so many bytes, was too long for it: it is shown half as much then.
    case tooLong(endpoint: String, bytes: Int)
    /// The endpoint refused what it was shown with a picture: in this turn it is told of pictures in words from then on.
    case unseen(endpoint: String, reason: String)
}

import Authority
import Turns
import Wire

/// Where a message was written, and where it is answered: in channels and groups in its thread, of which it is the
/// first where there is none yet; between two, in the thread only if it was written in one.
struct SlackPlace {
    let channel: String
    let thread: String?
    /// Whether the thread has begun before this answer. What one alone is shown in a thread in which nobody has answered yet,
    /// Slack shows to nobody (chat.postEphemeral).
    let isBegun: Bool
    /// Whom it is answered to.
    let user: String

    init(channel: String, thread: String?, message: String, user: String) {
        self.channel = channel
        self.thread = thread ?? (Self.isDirect(channel) ? nil : message)
        isBegun = thread != nil
        self.user = user
    }

    init(channel: String, thread: String?, user: String) {
        (self.channel, self.thread, self.user) = (channel, thread, user)
        isBegun = thread != nil
    }

    /// Reads what ``reply`` made.
    init?(_ reply: JSONObject) {
        guard let channel = reply["channel"]?.stringValue, SlackID.isWellFormed(channel),
            let user = reply["user"]?.stringValue, SlackID.isWellFormed(user)
        else { return nil }
        let thread = reply["thread"]?.stringValue
        guard thread.map({ SlackID.time($0) != nil }) ?? (reply["thread"] == nil) else { return nil }
        self.channel = channel
        self.thread = thread
        isBegun = reply["begun"]?.boolValue ?? false
        self.user = user
    }

    var isDirect: Bool { Self.isDirect(channel) }

    /// By the id alone, since a mention doesn't say what it was written in: a group of few with a new id, `C…`, counts
    /// as a channel.
    var peer: Place.Peer {
        switch channel.first {
        case "D": Place.Peer(kind: .direct, id: channel)
        case "G": Place.Peer(kind: .group, id: channel)
        case _: Place.Peer(kind: .channel, id: channel)
        }
    }

    var reply: JSONObject {
        var reply: JSONObject = ["channel": .string(channel), "user": .string(user)]
        reply["thread"] = thread.map(JSON.string)
        if thread != nil { reply["begun"] = .bool(isBegun) }
        return reply
    }

    static func isDirect(_ channel: String) -> Bool { channel.hasPrefix("D") }
}

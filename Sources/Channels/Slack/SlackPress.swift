import Turns
import Wire

/// A press of one of our buttons.
struct SlackPress {
    private static let longestApproval = 200

    let sender: SlackSender
    let approval: String
    let shown: String
    let reply: JSONObject

    init(_ action: JSON, in body: JSONObject, _ settings: SlackSettings) throws(HookRefusal) {
        sender = try SlackSender(presser: body["user"], settings)
        guard let approval = action["value"]?.stringValue, !approval.isEmpty,
            approval.utf8.count <= Self.longestApproval
        else { throw .malformed }
        self.approval = approval
        let container = body["container"]
        guard let channel = body["channel"]?["id"]?.stringValue ?? container?["channel_id"]?.stringValue,
            SlackID.isWellFormed(channel),
            let stamp = container?["message_ts"]?.stringValue ?? body["message"]?["ts"]?.stringValue,
            SlackID.time(stamp) != nil
        else { throw .malformed }
        let thread = container?["thread_ts"]?.stringValue
        guard thread.map({ SlackID.time($0) != nil }) ?? true else { throw .malformed }
        shown = "\(channel)/\(stamp)"
        reply = SlackPlace(channel: channel, thread: thread, message: stamp, user: sender.user).reply
    }

    func press(_ choice: ButtonPress.Choice, on account: ChannelAccountID) -> ButtonPress {
        ButtonPress(
            account: account, sender: sender.id, isBot: sender.standing.isBot, approval: approval, choice: choice,
            shown: shown, reply: reply)
    }
}

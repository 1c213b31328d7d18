import Authority
import Turns
import Wire

/// A message that somebody wrote where the app reads it.
///
/// Slack tells of a message that mentions the app up to twice, in no certain order: as `message` and as `app_mention`,
/// with two event ids. So the id of both is the message's own, its conversation and `ts`, and the two are one.
struct SlackMessage {
    let channel: String
    let stamp: String
    let sent: Timestamp
    let thread: String?
    let sender: SlackSender
    let text: SlackText
    let attachments: [Attachment]
    let isAddressed: Bool
    /// Whether somebody who isn't of the account's organization reads it too, as far as the event tells.
    let hasOutsiders: Bool

    /// Nil for what starts nothing: edits, deletions, what Slack itself notes in a channel, and the app's own messages.
    init?(_ event: JSONObject, in body: JSONObject, _ settings: SlackSettings) throws(HookRefusal) {
        let isMention: Bool
        switch event["type"]?.stringValue {
        case "message": isMention = false
        case "app_mention": isMention = true
        case nil: throw .malformed
        case _: return nil
        }
        if let subtype = event["subtype"]?.stringValue, SlackSubtype(rawValue: subtype) == nil { return nil }
        guard event["hidden"]?.boolValue != true, event["edited"]?.isNull ?? true else { return nil }
        guard let sender = try SlackSender(event, in: body, settings) else { return nil }

        guard let channel = event["channel"]?.stringValue, SlackID.isWellFormed(channel),
            let stamp = event["ts"]?.stringValue, let sent = SlackID.time(stamp)
        else { throw .malformed }
        let thread = event["thread_ts"]?.stringValue
        guard thread.map({ SlackID.time($0) != nil }) ?? true else { throw .malformed }
        let text = SlackText(event["text"]?.stringValue ?? "", without: settings.user)
        let isBetweenFew =
            channel.hasPrefix("D") || ["im", "mpim"].contains(event["channel_type"]?.stringValue ?? "")

        self.channel = channel
        self.stamp = stamp
        self.sent = sent
        self.thread = thread
        self.sender = sender
        self.text = text
        attachments = SlackFile.attachments(event["files"])
        isAddressed = isMention || isBetweenFew || text.mentions
        hasOutsiders = body["is_ext_shared_channel"]?.boolValue ?? false || sender.standing.isForeign
    }

    func inbound(to account: ChannelAccountID, _ settings: SlackSettings) -> InboundMessage {
        let place = SlackPlace(channel: channel, thread: thread, message: stamp, user: sender.user)
        return InboundMessage(
            account: account,
            // Overheard is another id: should Slack's two tellings differ, the one that is addressed isn't lost.
            event: isAddressed ? "\(channel)/\(stamp)" : "\(channel)/\(stamp)/overheard",
            place: Place(
                peer: place.peer, thread: place.thread, team: settings.team, hasOutsiders: hasOutsiders),
            sender: .external(sender.id, sender.standing), text: text.plain, attachments: attachments, sent: sent,
            isAddressed: isAddressed, reply: place.reply)
    }
}

/// The kinds of message that somebody wrote, beside those that have no kind: with a file, as a reply that the channel
/// sees too, by a bot of the older sort. Each other kind is a note of Slack's, an edit or a deletion.
enum SlackSubtype: String, CaseIterable {
    case file = "file_share"
    case broadcast = "thread_broadcast"
    case bot = "bot_message"
}

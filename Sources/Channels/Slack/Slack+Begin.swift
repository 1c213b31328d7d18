public import Authority
public import Turns
public import Wire

extension SlackChannel {
    /// The app's own conversation with a member of its workspace, which Slack opens for the first message. A sender of another
    /// workspace isn't one of its members.
    public func alone(with sender: SenderID, from account: ChannelAccount) -> JSONObject? {
        guard let settings = try? SlackSettings(account.settings), let user = SlackID.user(of: sender),
            sender == SlackID.sender(user, of: settings.home), user != settings.user
        else { return nil }
        // Answered to the app itself, so that whoever it is for is somebody else, and has it in their own conversation.
        return SlackPlace(channel: user, thread: nil, user: settings.user).reply
    }

    /// A channel or group of its workspace, which answers to the app itself.
    public func place(_ id: String, from account: ChannelAccount) -> ChannelPlace? {
        guard let settings = try? SlackSettings(account.settings), SlackID.isWellFormed(id),
            id.hasPrefix("C") || id.hasPrefix("G")
        else { return nil }
        let place = SlackPlace(channel: id, thread: nil, user: settings.user)
        return ChannelPlace(peer: place.peer, reply: place.reply)
    }
}

import Wire

/// What Slack tells of who reads in a conversation.
enum SlackMembership: String, CaseIterable {
    case joined = "member_joined_channel"
    case left = "member_left_channel"
    case shared = "channel_shared"
    case unshared = "channel_unshared"

    /// The conversation that an event is about; nil for every other event.
    static func peer(_ event: JSONObject) -> String? {
        guard event["type"]?.stringValue.flatMap(SlackMembership.init) != nil,
            let channel = event["channel"]?.stringValue, SlackID.isWellFormed(channel)
        else { return nil }
        return channel
    }
}

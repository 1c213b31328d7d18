public import Turns

extension SlackChannel {
    /// Slack takes no id of ours with a message, so one that is sent twice is there twice.
    public var traits: ChannelTraits {
        ChannelTraits(
            kind: .slack, longest: SlackPart.longest, hasThreads: true, hasButtons: true, canEdit: true,
            knowsRepeats: false)
    }
}

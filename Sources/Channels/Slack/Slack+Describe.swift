public import Turns
public import Wire

extension SlackChannel: AccountChannel {
    /// Slack takes no id of ours with a message, so one that is sent twice is there twice.
    public var traits: ChannelTraits {
        ChannelTraits(
            kind: .slack, longest: SlackPart.longest, hasThreads: true, hasButtons: true, canEdit: true,
            knowsRepeats: false, carriesFiles: true)
    }

    public func problem(in settings: JSONObject) -> String? {
        do throws(SlackSettingsProblem) {
            _ = try SlackSettings(settings)
            return nil
        } catch {
            return error.sentence
        }
    }
}

public import Turns
public import Wire

extension MailChannel: AccountChannel {
    /// An answer goes to whoever wrote, alone: who else was written to can't be told from their addresses. No server takes an
    /// id of ours for the same mail, so one that is sent twice is there twice.
    public var traits: ChannelTraits {
        ChannelTraits(
            kind: .mail, senders: .aligned, readers: .requester, longest: MailLetter.longest, hasThreads: true,
            hasButtons: false, canEdit: false, knowsRepeats: false,
            carriesFiles: true)
    }

    public func problem(in settings: JSONObject) -> String? {
        do throws(MailSettingsProblem) {
            _ = try MailAccountSettings(settings)
            return nil
        } catch {
            return error.sentence
        }
    }
}

public import Turns

/// Mail, in a mailbox of the agent's own that an IMAP server keeps, answered over SMTP.
public struct MailChannel: MailboxChannel, DeliveringChannel {
    public init() {}
}

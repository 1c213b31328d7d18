import Authority
import Turns
import Wire

/// Where a mail is answered: to its author alone, in its thread.
struct MailPlace: Hashable {
    let address: MailAddress
    let thread: String
    let subject: String
    /// Ids that the answer refers to, oldest first.
    let chain: [String]
    /// Whether it answers nothing.
    let begins: Bool
    /// Whether it tells an approver what waits for them.
    let isApprovers: Bool

    init(
        address: MailAddress, thread: String, subject: String, chain: [String], begins: Bool = false,
        isApprovers: Bool = false
    ) {
        self.address = address
        self.thread = thread
        self.subject = subject
        self.chain = chain
        self.begins = begins
        self.isApprovers = isApprovers
    }

    /// Reads what ``reply`` made.
    init?(_ reply: JSONObject) {
        guard let address = reply["to"]?.stringValue.flatMap({ MailAddress($0) }),
            let thread = reply["thread"]?.stringValue, MailThread.isName(thread),
            let subject = reply["subject"]?.stringValue, let chain = reply["chain"]?.arrayValue
        else { return nil }
        self.address = address
        self.thread = thread
        self.subject = subject
        self.chain = chain.compactMap(\.stringValue).filter { MailThread.isID($0) }
        begins = reply["begins"]?.boolValue ?? false
        isApprovers = reply["approvers"]?.boolValue ?? false
    }

    var reply: JSONObject {
        var reply: JSONObject = [
            "to": .string(address.text), "thread": .string(thread), "subject": .string(subject),
            "chain": .array(chain.map { .string($0) }),
        ]
        if begins { reply["begins"] = true }
        if isApprovers { reply["approvers"] = true }
        return reply
    }
}

/// Senders as mail has them: an address is one only with the proof that goes with it.
enum MailSender {
    /// `mail:alice@acme.test`; without proof `mail:unproven:alice@acme.test`, which can't be an address.
    static func id(_ author: MailAuthor, _ standing: SenderStanding) -> SenderID {
        switch standing.proof {
        case .aligned, .platform: SenderID("mail:\(author.address)")
        case .none: .unproven("\(author.address)")
        }
    }

    /// Nil for one that isn't mail's.
    static func address(of sender: SenderID) -> MailAddress? {
        if let written = sender.unprovenAddress { return MailAddress(written) }
        return sender.raw.hasPrefix("mail:") ? MailAddress(String(sender.raw.dropFirst("mail:".count))) : nil
    }
}

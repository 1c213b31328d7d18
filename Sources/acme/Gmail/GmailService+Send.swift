import Foundation

extension GmailService {
    func send(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let body = try GoogleRules.object(call)
        guard let encoded = body["raw"]?.text, let data = Base64URL.decode(encoded), !data.isEmpty else {
            throw GoogleRules.invalid(
                "'raw' RFC822 payload message string or uploading message via /upload/* URL required")
        }
        var thread: String?
        if let wanted = body["threadId"]?.text {
            guard world.mails(of: token.owner).contains(where: { $0.thread == wanted }) else {
                throw GoogleRules.no(404, "notFound", "Requested entity was not found.")
            }
            thread = wanted
        }
        let raw = String(decoding: data, as: UTF8.self)
        let part = MIMEPart(raw)
        let recipients = ["To", "Cc", "Bcc"].flatMap { name in part[name].map(MailAddress.list) ?? [] }
        guard !recipients.isEmpty else { throw GoogleRules.invalid("Recipient address required") }
        let mail = world.add(
            raw: Self.stored(raw, part, from: GmailWorld.address(of: token.owner)), thread: thread,
            recipients: recipients, by: token.owner)
        return Answer(
            200, ["id": .string(mail.id), "threadId": .string(mail.thread), "labelIds": .texts(mail.labels)])
    }

    /// The message as Gmail keeps it: `From` is the account's own address, and a date and an id are there.
    private static func stored(_ raw: String, _ part: MIMEPart, from account: String) -> String {
        let lines = raw.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        let head = lines.prefix { !$0.isEmpty }
        let isOwn = part["From"].map(MailAddress.bare) == account
        var kept: [Substring] = isOwn ? [] : ["From: \(account)"]
        var isDropping = false
        for line in head {
            if line.first != " ", line.first != "\t" {
                let name = line.prefix { $0 != ":" }.lowercased()
                isDropping = name == "bcc" || (name == "from" && !isOwn)
            }
            if !isDropping { kept.append(line) }
        }
        if part["Date"] == nil { kept.append("Date: \(GmailWorld.rfc5322(Date()))") }
        if part["Message-ID"] == nil { kept.append("Message-ID: <\(UUID().uuidString)@mail.gmail.com>") }
        return (kept + lines.dropFirst(head.count)).joined(separator: "\r\n")
    }
}

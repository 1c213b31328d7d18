public import Authority
public import Turns
public import Wire

extension MailChannel {
    /// None when it is for somebody else than whoever wrote, or can't be read.
    ///
    /// The mail's id is made from the message's own, so that each attempt at it is the same mail.
    public func requests(for message: OutboundMessage, from account: ChannelAccount) -> [ChannelRequest] {
        guard let place = MailPlace(message.reply), message.replaces == nil,
            message.privately.map({ MailSender.address(of: $0) == place.address }) ?? true
        else { return [] }
        let letters = MailLetter.contents(of: message.content).enumerated()
        return letters.map { number, content in
            let letter = MailLetter(content, in: place, with: number == 0 ? message.files : [])
            let name = number == 0 ? message.id : "\(message.id)-\(number + 1)"
            return ChannelRequest(
                method: "POST", path: "/send",
                body: [
                    "to": [.string(place.address.text)], "call": .string(MailThread.name(place, name)),
                    "raw": .string(Base64.encodeURL(letter.bytes)),
                ])
        }
    }

    /// A mail that a server took is known by its id.
    public func outcome(of answer: ChannelAnswer, to request: ChannelRequest) -> DeliveryOutcome {
        let body = try? JSON.parse(answer.body)
        guard answer.status == 200 else {
            let reason = body?["error"]?["message"]?.stringValue ?? "the mail server refused"
            return .refused(MailWords.line(reason, longest: 300))
        }
        guard let id = body?["message_id"]?.stringValue else {
            return .unknown("the mail server took the mail and didn't say which it is")
        }
        return .delivered(id)
    }

    public func letter(to sender: SenderID, about subject: String, thread: String) -> JSONObject? {
        guard sender.unprovenAddress == nil, let address = MailSender.address(of: sender), MailThread.isName(thread)
        else { return nil }
        return MailPlace(
            address: address, thread: thread, subject: subject, chain: [], begins: true, isApprovers: true
        ).reply
    }

    public func following(_ external: String, of reply: JSONObject) -> JSONObject? {
        guard let place = MailPlace(reply), MailThread.isID(external) else { return nil }
        return MailPlace(
            address: place.address, thread: place.thread, subject: place.subject, chain: place.chain + [external],
            isApprovers: place.isApprovers
        ).reply
    }
}

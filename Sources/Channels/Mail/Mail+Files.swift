public import Turns
import Wire

/// A mail's attachments stay in its mailbox until they are opened, as `/part` of the account's mailbox gives them.
extension MailChannel: FileChannel {
    public func request(aboutFile id: String, atMost most: Int) -> ChannelRequest? {
        guard let file = MailFileID(id) else { return nil }
        return ChannelRequest(
            method: "POST", path: "/part",
            body: [
                "id": .string(file.number), "part": .string(file.section), "most": .number(JSONNumber(most)),
            ])
    }

    public func file(
        _ answer: ChannelAnswer, _ id: String, for account: ChannelAccount
    ) -> CensusAnswer<ChannelFile> {
        let body = try? JSON.parse(answer.body)
        guard answer.status == 200 else {
            let reason = body?["error"]?["message"]?.stringValue ?? "the mail server refused"
            return .refused(MailWords.line(reason, longest: 300))
        }
        guard let name = body?["name"]?.stringValue, let type = body?["type"]?.stringValue,
            let size = body?["size"]?.integerValue, size >= 0,
            let bytes = body?["bytes"]?.stringValue.flatMap({ Base64.decodeURL($0) })
        else { return .refused("the mail server's answer can't be read") }
        return .found(
            ChannelFile(
                name: MailWords.line(name, longest: 200), mediaType: MailWords.line(type, longest: 100),
                size: Int(clamping: size), bytes: .here(bytes)))
    }
}

/// An attachment: its message's number in the mailbox, and its place in the message (RFC 3501 section 6.4.5), as `7-42/1.2`.
struct MailFileID: Hashable, CustomStringConvertible {
    let number: String
    let section: String

    init(_ number: MailboxNumber, section: String) {
        self.number = "\(number)"
        self.section = section
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard text.utf8.count <= 100, parts.count == 2, Self.areNumbers(parts[0], "-", 2...2),
            Self.areNumbers(parts[1], ".", 1...20)
        else { return nil }
        (number, section) = (parts[0], parts[1])
    }

    var description: String { "\(number)/\(section)" }

    private static func areNumbers(_ text: String, _ separator: Character, _ count: ClosedRange<Int>) -> Bool {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        return count.contains(parts.count)
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && UInt32(part) != nil
            }
    }
}

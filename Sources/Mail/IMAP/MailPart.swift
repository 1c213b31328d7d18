import Wire

/// One part of a message that holds no further parts.
public struct MailPart: Sendable, Hashable {
    /// Such as `1.2` (RFC 3501 section 6.4.5).
    public let section: String
    /// In lower case, such as `text/plain`.
    public let type: String
    public let charset: String
    let encoding: String
    /// As it is carried.
    public let size: UInt32
    public let fileName: String?
    public let isAttachment: Bool

    /// The parts of a message, 200 at the most, in their order.
    static func parts(of structure: IMAPValue) -> [MailPart] {
        var parts: [MailPart] = []
        collect(structure, path: [], into: &parts)
        return parts
    }

    private static func collect(_ value: IMAPValue, path: [Int], into parts: inout [MailPart]) {
        guard let items = value.items, let first = items.first, parts.count < 200 else { return }
        guard first.items != nil else {
            if let part = MailPart(items, section: path.isEmpty ? [1] : path) { parts.append(part) }
            return
        }
        for (index, child) in items.prefix(while: { $0.items != nil }).enumerated() {
            collect(child, path: path + [index + 1], into: &parts)
        }
    }

    private init?(_ items: [IMAPValue], section: [Int]) {
        guard items.count >= 7, let main = items[0].text, let sub = items[1].text else { return nil }
        self.section = section.map(String.init).joined(separator: ".")
        type = String("\(main)/\(sub)".lowercased().prefix(200))
        let parameters = MailPart.parameters(items[2])
        charset = parameters["charset"] ?? "us-ascii"
        encoding = items[5].text ?? "7bit"
        size = items[6].number ?? 0
        // Behind what only texts and messages have stand the MD5 and then the disposition.
        let fixed = main.lowercased() == "text" ? 8 : type == "message/rfc822" ? 10 : 7
        let disposition = items.count > fixed + 1 ? items[fixed + 1].items : nil
        let more = disposition.flatMap { $0.count >= 2 ? MailPart.parameters($0[1]) : nil } ?? [:]
        fileName = (MailParameter.text("filename", in: more) ?? MailParameter.text("name", in: parameters))
            .map { String($0.prefix(300)) }
        isAttachment = disposition?.first?.text?.lowercased() == "attachment"
    }

    /// Of this part's bytes, as they are carried.
    func text(of bytes: [UInt8]) -> String {
        MailText.text(MailText.undone(bytes, encoding: encoding), charset: charset)
    }

    /// Whether it is there beside the words.
    public var isFile: Bool { isAttachment || fileName != nil || !type.hasPrefix("text/") }

    /// Of this part's bytes, as they are carried: without the encoding, and a text in UTF-8.
    func content(of bytes: [UInt8]) -> [UInt8] {
        let undone = MailText.undone(bytes, encoding: encoding)
        return type.hasPrefix("text/") ? MailText.unicode(undone, charset: charset) : undone
    }

    private static func parameters(_ value: IMAPValue) -> [String: String] {
        let items = value.items ?? []
        var parameters: [String: String] = [:]
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            if let name = items[index].text, let value = items[index + 1].text { parameters[name.lowercased()] = value }
        }
        return parameters
    }
}

import Gate
import Wire

/// The conversation that a mail belongs to. Each mail of ours has its name in its own id, `<dpy.THREAD.MESSAGE@domain>`, where
/// nobody can guess it who wasn't sent one; whoever answers one refers to it. A subject says nothing. Letters to approvers have a
/// mark of their own (``ApproverLetter``).
enum MailThread {
    private static let mark = "dpy."
    private static let marks = [mark, ApproverLetter.mark]
    /// Ids that are read, and repeated in an answer.
    private static let most = 50
    private static let longestID = 250
    private static let lengths = 16...26

    /// The newest that it refers to; nil where it refers to none.
    static func named(in header: MailHeader, own: String) -> String? {
        for field in ["in-reply-to", "references"] {
            for id in ids(header, field).reversed() {
                if let thread = thread(of: id, own: own) { return thread }
            }
        }
        return nil
    }

    /// Of what it answers, the calls that sent it from this mailbox: their mails are `<CALL@domain>`, in base32hex. The newest
    /// first.
    static func calls(in header: MailHeader, own: String) -> [CallID] {
        guard let domain = own.split(separator: "@").last else { return [] }
        var calls: [CallID] = []
        for field in ["in-reply-to", "references"] {
            for id in ids(header, field).reversed() where id.lowercased().hasSuffix("@\(domain)>") {
                guard let name = Base32Hex.decode(id.dropFirst().prefix { $0 != "@" }), !name.isEmpty,
                    let text = String(validating: name, as: UTF8.self)
                else { continue }
                let call = CallID(text)
                if !calls.contains(call) { calls.append(call) }
            }
        }
        return Array(calls.prefix(mostCalls))
    }

    private static let mostCalls = 10

    /// Whether a mail says that it is one of ours.
    static func isOurs(_ header: MailHeader, own: String) -> Bool {
        ids(header, "message-id").contains { thread(of: $0, own: own) != nil }
    }

    /// What an answer to this mail refers to, oldest first (RFC 5322 section 3.6.4).
    static func chain(after header: MailHeader) -> [String] {
        var chain = ids(header, "references")
        if chain.isEmpty { chain = ids(header, "in-reply-to").count == 1 ? ids(header, "in-reply-to") : [] }
        if let id = ids(header, "message-id").first, chain.last != id { chain.append(id) }
        return chain.suffix(most)
    }

    /// The part before `@` of a message of ours.
    static func name(_ place: MailPlace, _ message: String) -> String {
        "\(place.isApprovers ? ApproverLetter.mark : mark)\(place.thread).\(message)"
    }

    static func isName(_ thread: String) -> Bool {
        lengths.contains(thread.utf8.count) && Hex.decode(thread) != nil
    }

    private static func thread(of id: String, own: String) -> String? {
        guard let domain = own.split(separator: "@").last, let mark = marks.first(where: { id.hasPrefix("<" + $0) }),
            id.lowercased().hasSuffix("@\(domain)>")
        else { return nil }
        let parts = id.dropFirst(1 + mark.count).prefix { $0 != "@" }.split(
            separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, isName(String(parts[0])), !parts[1].isEmpty else { return nil }
        return String(parts[0])
    }

    /// `<…@…>` in printable ASCII without spaces. Everything else is left out.
    static func ids(_ header: MailHeader, _ name: String) -> [String] {
        guard let field = header.first(name) else { return [] }
        var ids: [String] = []
        var rest = field.bytes[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "<")), ids.count < 200 {
            guard let close = rest[open...].firstIndex(of: UInt8(ascii: ">")) else { break }
            let id = rest[open...close]
            rest = rest[(close + 1)...]
            guard isID(id) else { continue }
            ids.append(String(decoding: id, as: UTF8.self))
        }
        return ids
    }

    private static func isID(_ id: ArraySlice<UInt8>) -> Bool {
        let inside = id.dropFirst().dropLast()
        return (3...longestID).contains(inside.count) && inside.count(where: { $0 == UInt8(ascii: "@") }) == 1
            && inside.allSatisfy { (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "<") }
    }

    /// What ``ids(_:_:)`` would have read.
    static func isID(_ text: String) -> Bool {
        text.first == "<" && text.last == ">" && isID(Array(text.utf8)[...])
    }
}

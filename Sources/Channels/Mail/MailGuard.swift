import Turns
import Wire

/// Whether a mail is one that nothing may answer: machines that answer each other never stop (RFC 3834 section 2).
struct MailGuard {
    let header: MailHeader
    let author: MailAuthor
    /// The mailbox's own address, in lower case.
    let own: String

    func check() throws(MailRefusal) {
        guard author.address.text != own, !MailThread.isOurs(header, own: own) else { throw .ownMail }
        for field in header.fields {
            switch field.name {
            case "auto-submitted":
                guard Self.firstWord(field.text) == "no" else { throw .automatic }
            case "precedence":
                if ["bulk", "junk", "list"].contains(Self.firstWord(field.text)) { throw .list }
            case "x-loop": throw .ownMail
            // Microsoft's: what wrote it wants no answer of a machine.
            case "x-auto-response-suppress":
                if Self.firstWord(field.text) != "none" { throw .automatic }
            case "content-type":
                if Self.firstWord(field.text) == "multipart/report" { throw .automatic }
            case let name where name.hasPrefix("list-"): throw .list
            case _: break
            }
        }
        if let path = header.first("return-path"), path.text.filter({ $0 != " " }) == "<>" { throw .automatic }
        guard !Self.isMachine(author.address.text) else { throw .automatic }
    }

    private static func firstWord(_ text: String) -> String {
        let word = text.prefix { $0 != ";" && $0 != " " && $0 != "(" && $0 != "," && $0 != "\t" }
        return word.lowercased()
    }

    /// Names behind which nobody reads.
    private static func isMachine(_ address: String) -> Bool {
        let name = address.prefix { $0 != "@" && $0 != "+" }
        let letters = name.filter { $0 != "-" && $0 != "_" && $0 != "." }
        return ["mailerdaemon", "postmaster", "noreply", "donotreply", "autoreply", "bounce", "bounces"].contains(
            letters)
    }
}

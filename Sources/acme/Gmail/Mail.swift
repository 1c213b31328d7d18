import Foundation

/// One message of a mailbox.
struct Mail: Sendable {
    /// Whose mailbox it is in.
    let owner: String
    let id: String
    let thread: String
    let labels: [String]
    /// As stored, CRLF line ends.
    let raw: String
    let part: MIMEPart
    let received: Date
    let history: Int

    init(owner: String, id: String, thread: String, labels: [String], raw: String, received: Date, history: Int) {
        self.owner = owner
        self.id = id
        self.thread = thread
        self.labels = labels
        self.raw = raw
        self.received = received
        self.history = history
        part = MIMEPart(raw)
    }

    func header(_ name: String) -> String {
        part[name].map(EncodedWord.decode) ?? ""
    }

    var snippet: String {
        let words = part.plainText.split { $0.isWhitespace }
        return String(words.joined(separator: " ").prefix(200))
    }
}

/// The mailbox address in a header value such as `Pat <pat@stranger.example>`, in lower case.
enum MailAddress {
    static func bare(_ value: String) -> String {
        guard let open = value.lastIndex(of: "<"), let close = value[open...].firstIndex(of: ">") else {
            return value.trimmingCharacters(in: .whitespaces).lowercased()
        }
        return value[value.index(after: open)..<close].lowercased()
    }

    static func list(_ value: String) -> [String] {
        value.split(separator: ",").map { bare(String($0)) }.filter { $0.contains("@") }
    }
}

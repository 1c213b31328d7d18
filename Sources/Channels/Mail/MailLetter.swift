import Turns
import Wire

/// An answer as it is written, but for its author, its date and its id, which are egress's.
struct MailLetter {
    let place: MailPlace
    let body: String
    let files: [OutboundFile]
    /// Scalars of the words of one; longer ones are several letters.
    static let longest = 200_000
    /// No line of a part can be this: base64 has neither of its letters.
    private static let boundary = "=_deputy_="

    init(_ content: OutboundContent, in place: MailPlace, with files: [OutboundFile] = []) {
        self.place = place
        self.files = files
        switch content {
        case .words(let words): body = words
        case .notice(let words, let link): body = [words, link].compactMap(\.self).joined(separator: "\n\n")
        case .approval(let notice):
            let lines = [notice.title, ""] + notice.lines
            body =
                (lines + [
                    "", "Look at it and answer here, signed in:", notice.link, "",
                    "An answer to this mail decides nothing.",
                ])
                .joined(separator: "\n")
        }
    }

    /// What each letter of it says.
    static func contents(of content: OutboundContent) -> [OutboundContent] {
        switch content {
        case .notice, .approval: return [content]
        case .words(let words):
            var pieces: [OutboundContent] = []
            var rest = words.unicodeScalars[...]
            repeat {
                pieces.append(.words(String(String.UnicodeScalarView(rest.prefix(longest)))))
                rest = rest.dropFirst(longest)
            } while !rest.isEmpty
            return pieces
        }
    }

    var bytes: [UInt8] {
        var lines = ["To: <\(place.address)>"] + Self.folded("Subject", MailWord.encoded(subject))
        if let last = place.chain.last {
            lines.append("In-Reply-To: \(last)")
            lines += Self.folded("References", place.chain)
        }
        lines += [
            // RFC 3834 section 5: no machine answers this.
            "Auto-Submitted: \(place.begins ? "auto-generated" : "auto-replied")", "X-Loop: deputy",
            "MIME-Version: 1.0",
        ]
        lines += files.isEmpty ? words : mixed
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    private var words: [String] {
        ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", ""]
            + MailFilePart.base64(Array(text.utf8))
    }

    /// RFC 2046 section 5.1.3.
    private var mixed: [String] {
        var lines = ["Content-Type: multipart/mixed; boundary=\"\(Self.boundary)\"", ""]
        for part in [words] + files.map({ MailFilePart(file: $0).lines }) { lines += ["--\(Self.boundary)"] + part }
        return lines + ["--\(Self.boundary)--"]
    }

    /// Lines end as mail has them.
    private var text: String {
        body.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n") + "\r\n"
    }

    private var subject: String {
        let subject = MailWords.line(place.subject, longest: 200)
        if place.begins { return subject }
        if subject.isEmpty { return "Re: your mail" }
        return subject.lowercased().hasPrefix("re:") ? subject : "Re: " + subject
    }

    /// One word to a line, so that none gets too long.
    private static func folded(_ name: String, _ words: [String]) -> [String] {
        guard let first = words.first else { return [] }
        return ["\(name): \(first)"] + words.dropFirst().map { " \($0)" }
    }
}

/// Words beyond ASCII in a header.
enum MailWord {
    /// RFC 2047 section 2: each 75 characters at the most, of whole characters.
    static func encoded(_ text: String) -> [String] {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), !text.contains("=?") { return [text] }
        var words: [String] = []
        var piece: [UInt8] = []
        func end() {
            if !piece.isEmpty { words.append("=?utf-8?B?\(Base64.encode(piece))?=") }
            piece = []
        }
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if piece.count + bytes.count > 42 { end() }
            piece += bytes
        }
        end()
        return words
    }
}

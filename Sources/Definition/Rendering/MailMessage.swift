import Wire

/// A plain text mail (RFC 5322, RFC 2045, RFC 2047). Its sender is left out: the provider writes the account's own.
struct MailMessage {
    let to: [String]
    let cc: [String]
    let subject: String
    let text: String
    let inReplyTo: String?

    init(_ template: MailTemplate, _ arguments: JSONObject) throws(RenderingError) {
        to = try MailMessage.addresses(template.to, arguments)
        cc = try template.cc.map { name throws(RenderingError) in try MailMessage.addresses(name, arguments) } ?? []
        subject = try MailMessage.line(template.subject, arguments) ?? ""
        text = arguments[template.text]?.stringValue ?? ""
        inReplyTo = try template.inReplyTo.flatMap { name throws(RenderingError) in
            try MailMessage.line(name, arguments)
        }
    }

    func base64URL() -> String {
        // A draft may have no recipient yet.
        var lines = to.isEmpty ? [] : ["To: " + to.joined(separator: ",\r\n ")]
        if !cc.isEmpty { lines.append("Cc: " + cc.joined(separator: ",\r\n ")) }
        lines.append("Subject: " + MailMessage.encodedWords(subject))
        if let inReplyTo {
            lines.append("In-Reply-To: " + inReplyTo)
            lines.append("References: " + inReplyTo)
        }
        lines += [
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
        ]
        let body = Array(Base64.encode(Array(text.utf8)))
        // Lines of 76 characters at the most (RFC 2045 section 6.8).
        for start in stride(from: 0, to: body.count, by: 76) {
            lines.append(String(body[start..<min(start + 76, body.count)]))
        }
        return Base64.encodeURL(Array((lines.joined(separator: "\r\n") + "\r\n").utf8))
    }

    private static func addresses(_ name: String, _ arguments: JSONObject) throws(RenderingError) -> [String] {
        var addresses: [String] = []
        for value in arguments[name]?.arrayValue ?? [] {
            guard let address = value.stringValue, isPlain(address) else {
                throw RenderingError(argument: name, message: "holds something that isn't an address")
            }
            addresses.append(address)
        }
        return addresses
    }

    /// One line of text: a line break in a header would let its writer add headers of their own.
    private static func line(_ name: String, _ arguments: JSONObject) throws(RenderingError) -> String? {
        guard let text = arguments[name]?.stringValue else { return nil }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw RenderingError(argument: name, message: "can't hold line breaks or control characters")
        }
        return text
    }

    private static func isPlain(_ address: String) -> Bool {
        address.unicodeScalars.allSatisfy {
            $0.isASCII && $0.value > 0x20 && $0.value != 0x7F && $0 != "," && $0 != ";"
        }
    }

    /// RFC 2047 section 2: words of 75 characters at the most, each whole characters of UTF-8.
    private static func encodedWords(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }), text.utf8.count <= 900 { return text }
        var words: [String] = []
        var word: [UInt8] = []
        for character in text.unicodeScalars {
            let bytes = Array(String(character).utf8)
            if word.count + bytes.count > 45 {
                words.append("=?utf-8?B?\(Base64.encode(word))?=")
                word = []
            }
            word += bytes
        }
        if !word.isEmpty { words.append("=?utf-8?B?\(Base64.encode(word))?=") }
        return words.joined(separator: "\r\n ")
    }
}

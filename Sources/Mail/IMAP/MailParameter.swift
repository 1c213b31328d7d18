import Wire

/// Parameters of a header that are longer than a line or beyond ASCII (RFC 2231).
enum MailParameter {
    private static let mostPieces = 100

    /// Nil where there is none. The extended form counts before the plain one.
    ///
    /// - Parameter parameters: names in lower case, as they stand: `name`, `name*`, `name*0`, `name*1*`.
    static func text(_ name: String, in parameters: [String: String]) -> String? {
        if let extended = parameters[name + "*"], let text = text(extended) { return text }
        if let pieced = joined(name, parameters) { return pieced }
        return parameters[name].map { MailText.header(Array($0.utf8)) }
    }

    /// `charset'language'percent-encoded`.
    private static func text(_ extended: String) -> String? {
        let parts = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = unescaped(String(parts[2])) else { return nil }
        return MailText.text(bytes, charset: String(parts[0]))
    }

    private static func joined(_ name: String, _ parameters: [String: String]) -> String? {
        var bytes: [UInt8] = []
        var charset = "utf-8"
        for number in 0..<mostPieces {
            if let plain = parameters["\(name)*\(number)"] {
                bytes += plain.utf8
            } else if let extended = parameters["\(name)*\(number)*"] {
                let parts = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
                let isFirst = number == 0 && parts.count == 3
                if isFirst { charset = String(parts[0]) }
                guard let piece = unescaped(isFirst ? String(parts[2]) : extended) else { return nil }
                bytes += piece
            } else {
                break
            }
        }
        return bytes.isEmpty ? nil : MailText.text(bytes, charset: charset)
    }

    /// Nil for a percent sign without two digits.
    private static func unescaped(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let pair = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self).lowercased())
            else {
                return nil
            }
            bytes += pair
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}

import Foundation

/// A message or a part of one (RFC 5322, RFC 2045), read leniently.
struct MIMEPart: Sendable {
    struct Header: Sendable {
        let name: String
        let value: String
    }

    var headers: [Header]
    /// Decoded from its transfer encoding; empty for a multipart.
    let body: Data
    let parts: [MIMEPart]

    init(_ text: String) {
        self.init(lines: text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false))
    }

    private init(lines: [Substring]) {
        var headers: [Header] = []
        var index = lines.startIndex
        while index < lines.endIndex, !lines[index].isEmpty {
            let line = lines[index]
            index += 1
            if line.first == " " || line.first == "\t", let last = headers.popLast() {
                let more = line.drop { $0 == " " || $0 == "\t" }
                headers.append(Header(name: last.name, value: last.value + " " + more))
            } else if let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                headers.append(Header(name: String(line[..<colon]), value: value))
            }
        }
        let rest = lines.dropFirst(index + 1)
        let type = Self.value("Content-Type", headers) ?? "text/plain"
        self.headers = headers
        if type.lowercased().hasPrefix("multipart/"), let boundary = Self.parameter("boundary", of: type) {
            body = Data()
            parts = Self.split(rest, boundary: boundary).map(MIMEPart.init(lines:))
        } else {
            body = Self.decode(rest.joined(separator: "\r\n"), Self.value("Content-Transfer-Encoding", headers))
            parts = []
        }
    }

    subscript(name: String) -> String? {
        Self.value(name, headers)
    }

    var type: String {
        let full = self["Content-Type"] ?? "text/plain"
        return full.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    }

    var filename: String {
        self["Content-Disposition"].flatMap { Self.parameter("filename", of: $0) } ?? ""
    }

    /// The first plain text inside, else the first text of any kind.
    var plainText: String {
        firstText { $0 == "text/plain" } ?? firstText { $0.hasPrefix("text/") } ?? ""
    }

    private func firstText(_ isWanted: (String) -> Bool) -> String? {
        if parts.isEmpty { return isWanted(type) ? String(decoding: body, as: UTF8.self) : nil }
        for part in parts {
            if let text = part.firstText(isWanted) { return text }
        }
        return nil
    }

    private static func value(_ name: String, _ headers: [Header]) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    private static func parameter(_ name: String, of value: String) -> String? {
        for parameter in value.split(separator: ";").dropFirst() {
            let halves = parameter.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, halves[0].trimmingCharacters(in: .whitespaces).lowercased() == name else {
                continue
            }
            return halves[1].trimmingCharacters(in: CharacterSet(charactersIn: " \""))
        }
        return nil
    }

    private static func split(_ lines: ArraySlice<Substring>, boundary: String) -> [[Substring]] {
        var parts: [[Substring]] = []
        for line in lines {
            if line == "--\(boundary)--" { break }
            if line == "--\(boundary)" {
                parts.append([])
            } else if !parts.isEmpty {
                parts[parts.count - 1].append(line)
            }
        }
        return parts
    }

    private static func decode(_ text: String, _ encoding: String?) -> Data {
        switch encoding?.lowercased() {
        case "base64": Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data()
        case "quoted-printable": QuotedPrintable.decode(text.replacing("=\r\n", with: ""))
        default: Data(text.utf8)
        }
    }
}

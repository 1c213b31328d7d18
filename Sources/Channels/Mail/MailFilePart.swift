import Turns
import Wire

/// A file as a part of a mail (RFC 2183), under a name by RFC 2231: nothing of a name can end its line.
struct MailFilePart {
    let file: OutboundFile

    var lines: [String] {
        let charset = file.mediaType.hasPrefix("text/") ? "; charset=utf-8" : ""
        return ["Content-Type: \(file.mediaType)\(charset)"] + disposition
            + ["Content-Transfer-Encoding: base64", ""] + Self.base64(file.bytes)
    }

    private var disposition: [String] {
        if Self.isPlain(file.name) { return ["Content-Disposition: attachment; filename=\"\(file.name)\""] }
        let pieces = Self.pieces(of: file.name)
        let lines = pieces.enumerated().map { number, piece in
            " filename*\(number)*=\(number == 0 ? "utf-8''" : "")\(piece)" + (number + 1 < pieces.count ? ";" : "")
        }
        return ["Content-Disposition: attachment;"] + lines
    }

    private static func isPlain(_ name: String) -> Bool {
        name.utf8.count <= 60
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || " ._-".utf8.contains(byte)
            }
    }

    /// Percent-encoded, each of whole characters and no longer than a line.
    private static func pieces(of name: String) -> [String] {
        var pieces = [""]
        for scalar in name.unicodeScalars {
            let encoded = PercentEncoding.encode(String(scalar))
            if pieces[pieces.count - 1].utf8.count + encoded.utf8.count > 54 { pieces.append("") }
            pieces[pieces.count - 1] += encoded
        }
        return pieces
    }

    static func base64(_ bytes: [UInt8]) -> [String] {
        let encoded = Array(Base64.encode(bytes).utf8)
        return stride(from: 0, to: encoded.count, by: 76).map { start in
            String(decoding: encoded[start..<min(start + 76, encoded.count)], as: UTF8.self)
        }
    }
}

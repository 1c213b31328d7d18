import Foundation

/// A picture that a request brings along, as base64, held to what the vendors take.
struct SentPicture {
    enum Problem: Error {
        case notBase64
        case unknownKind
        case otherKind(String)
    }

    static let types = ["image/jpeg", "image/png", "image/gif", "image/webp"]

    let mediaType: String
    let width: Int
    let height: Int

    /// - Throws: for what isn't the picture that it says it is.
    init(_ text: String, saying mediaType: String) throws(Problem) {
        guard let data = Data(base64Encoded: text), !data.isEmpty else { throw .notBase64 }
        let bytes = [UInt8](data)
        guard let kind = Self.kind(bytes) else { throw .unknownKind }
        guard kind == mediaType else { throw .otherKind(kind) }
        self.mediaType = kind
        (width, height) = Self.size(bytes, kind)
    }

    /// `data:image/png;base64,…`
    init(dataURL: String) throws(Problem) {
        let parts = dataURL.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].hasPrefix("data:"), parts[0].hasSuffix(";base64") else { throw .notBase64 }
        try self.init(String(parts[1]), saying: String(parts[0].dropFirst(5).dropLast(7)))
    }

    private static func kind(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89] + Array("PNG\r\n".utf8)) { return "image/png" }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if bytes.starts(with: Array("GIF8".utf8)) { return "image/gif" }
        return bytes.starts(with: Array("RIFF".utf8)) && bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
            ? "image/webp" : nil
    }

    /// Those of PNG and GIF; of the others nothing is looked at here.
    private static func size(_ bytes: [UInt8], _ kind: String) -> (Int, Int) {
        func number(_ places: [Int]) -> Int {
            places.reduce(0) { $0 << 8 | (bytes.indices.contains($1) ? Int(bytes[$1]) : 0) }
        }
        return switch kind {
        case "image/png": (number([16, 17, 18, 19]), number([20, 21, 22, 23]))
        case "image/gif": (number([7, 6]), number([9, 8]))
        case _: (1_000, 1_000)
        }
    }

    /// As the scripted model tells what it sees.
    var words: String { "[\(mediaType) \(width)x\(height)]" }

    /// Patches of 28 pixels, as far as one picture costs anything.
    var tokens: Int { min(((width + 27) / 28) * ((height + 27) / 28), 4_784) }
}

extension JSON {
    /// The request without the data of its pictures, which cost by what is on them and not by their letters.
    var withoutPictures: JSON {
        switch self {
        case .null, .bool, .number: return self
        case .string(let text): return text.hasPrefix("data:image/") ? .string("") : self
        case .array(let items): return .array(items.map(\.withoutPictures))
        case .object(let members):
            let isSource = self["type"]?.text == "base64"
            return .object(
                members.map {
                    JSON.Member(
                        name: $0.name, value: isSource && $0.name == "data" ? .string("") : $0.value.withoutPictures)
                })
        }
    }

    /// How many pictures there are in it, as data.
    var pictures: Int {
        switch self {
        case .null, .bool, .number: 0
        case .string(let text): text.hasPrefix("data:image/") ? 1 : 0
        case .array(let items): items.reduce(0) { $0 + $1.pictures }
        case .object(let members): members.reduce(0) { $0 + $1.value.pictures }
        }
    }
}

import Foundation

/// Decoded `application/x-www-form-urlencoded` pairs, from a query or a body.
struct Form: Sendable {
    let pairs: [(name: String, value: String)]

    init(_ text: String) {
        pairs = text.split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(halves[0]), halves.count > 1 ? Self.decode(halves[1]) : "")
        }
    }

    subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// Names that came more than once, which no OAuth request may have (RFC 6749 §3.1), `resource` apart (RFC 8707).
    var repeated: [String] {
        Dictionary(grouping: pairs.map(\.name).filter { $0 != "resource" && $0 != "grant" }, by: \.self)
            .filter { $0.value.count > 1 }.keys.sorted()
    }

    private static func decode(_ text: Substring) -> String {
        let spaced = String(text).replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? spaced
    }

    /// `pairs` as the text of a query.
    static func encode(_ pairs: [(String, String)]) -> String {
        var safe = CharacterSet.alphanumerics
        safe.insert(charactersIn: "-._~")
        let ascii = safe.intersection(CharacterSet(charactersIn: Unicode.Scalar(0)...Unicode.Scalar(127)))
        return pairs.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: ascii) ?? "")"
        }.joined(separator: "&")
    }
}

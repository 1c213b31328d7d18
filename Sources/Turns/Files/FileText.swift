/// Which files are read as text. Nothing else is decoded.
enum FileText {
    private static let types: Set<String> = [
        "application/json", "application/x-ndjson", "application/xml", "application/yaml", "application/x-yaml",
        "application/toml", "application/sql", "application/javascript",
    ]

    static func isText(_ mediaType: String) -> Bool {
        let type = mediaType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return type.hasPrefix("text/") || types.contains(type)
    }

    /// Nil for what isn't UTF-8, or holds bytes that no text has.
    static func text(_ bytes: [UInt8]) -> String? {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard !body.contains(0), let text = String(validating: body, as: UTF8.self) else { return nil }
        return text
    }
}

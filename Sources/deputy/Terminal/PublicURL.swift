import FoundationEssentials

/// How a gateway is reached: scheme, host, perhaps a port, nothing behind them.
enum PublicURL {
    static func parse(_ text: String, as option: String) throws -> String {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let parts = URLComponents(string: trimmed), let scheme = parts.scheme,
            ["https", "http"].contains(scheme), let host = parts.host, !host.isEmpty, parts.path.isEmpty,
            parts.query == nil, parts.fragment == nil, parts.user == nil
        else {
            throw CommandFailure(
                .refused, "invalid", "`\(option)` can't be `\(text)`",
                hint: "write it as https://deputy.example, with nothing behind the host")
        }
        return trimmed
    }
}

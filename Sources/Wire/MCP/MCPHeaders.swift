/// The HTTP headers that repeat parts of a body for whoever stands in between. We judge the body; headers only have to
/// agree.
///
/// Values are as received. A header that came more than once must be refused before: readers of the first and of the
/// last copy would disagree.
public struct MCPHeaders: Sendable, Hashable {
    /// `MCP-Protocol-Version`.
    public var protocolVersion: String?
    /// `Mcp-Method`.
    public var method: String?
    /// `Mcp-Name`, perhaps in the form `=?base64?…?=`.
    public var name: String?

    /// The three values; nil for what wasn't sent.
    public init(protocolVersion: String? = nil, method: String? = nil, name: String? = nil) {
        self.protocolVersion = protocolVersion
        self.method = method
        self.name = name
    }

    /// The text behind a header value, taken out of `=?base64?…?=` where it is in that form; nil when that form holds
    /// anything but strict Base64 of UTF-8, so that a broken header never agrees by accident.
    public static func decode(_ value: String) -> String? {
        let start = "=?base64?"
        let end = "?="
        guard value.utf8.count >= start.utf8.count + end.utf8.count, value.hasPrefix(start), value.hasSuffix(end) else {
            return value
        }
        let content = value.dropFirst(start.count).dropLast(end.count)
        return Base64.decode(String(content)).flatMap { String(validating: $0, as: UTF8.self) }
    }
}

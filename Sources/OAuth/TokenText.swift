/// A token, or another secret word of a token endpoint. It shows itself nowhere: what wants the text asks for it by name.
///
/// A token endpoint answers JSON, so the text was a String before it came here, and can't be wiped. It is sealed at once
/// and opened into a `Secret` where it is used.
public struct TokenText: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    public let text: String

    /// Nil for what can't be sent in a header: RFC 6750 section 2.1 has visible ASCII alone.
    public init?(_ text: String) {
        guard (1...16_384).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    public var description: String { "‹token›" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

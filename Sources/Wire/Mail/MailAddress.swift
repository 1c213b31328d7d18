/// One plain mail address in ASCII: no display name, no quoting, no line break, no list.
public struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    /// Nil for anything but the `dot-atom` form of RFC 5322 section 3.4.1 with a host name behind it.
    public init?(_ text: String) {
        guard MailGrammar.accepts(Array(text.utf8)) else { return nil }
        self.text = text
    }

    public var description: String { text }
}

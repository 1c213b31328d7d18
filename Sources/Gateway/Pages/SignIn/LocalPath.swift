import Wire

/// A path of ours that a browser may be sent on to. Nothing that another site could be read out of: one slash first, no
/// backslash, no control characters.
struct LocalPath: Hashable, Sendable {
    let text: String

    static let home = LocalPath(checked: "/approvals")

    private init(checked text: String) {
        self.text = text
    }

    /// Nil for anything else.
    init?(_ text: String?) {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.count <= 3_000,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return nil }
        self.text = text
    }

    /// The page on which to sign in and then go there.
    var signIn: String { "/sign-in?next=\(PercentEncoding.encode(text))" }
}

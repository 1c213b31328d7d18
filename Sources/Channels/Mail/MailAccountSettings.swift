public import Wire

/// What the settings of a mail account say: `{"authserv-id": "mx.acme.test"}`, by which its own server signs what it found out
/// about a message (RFC 8601 section 2.5).
public struct MailAccountSettings: Sendable, Hashable {
    /// In lower case.
    public let server: String

    public init(_ settings: JSONObject) throws(MailSettingsProblem) {
        guard let server = settings["authserv-id"]?.stringValue else {
            throw MailSettingsProblem(
                "`authserv-id` is missing: the name by which your mail server writes `Authentication-Results`")
        }
        let isPlain = server.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || ".-_".utf8.contains(byte)
        }
        guard isPlain, (1...253).contains(server.utf8.count) else {
            throw MailSettingsProblem("`\(server)` can't be an authserv-id; one looks like `mx.acme.test`")
        }
        if let key = settings.keys.first(where: { $0 != "authserv-id" }) {
            throw MailSettingsProblem("`\(key)` is no setting of a mail account; there is `authserv-id`")
        }
        self.server = server.lowercased()
    }
}

/// What is wrong with an account's settings.
public struct MailSettingsProblem: Error, Hashable {
    public let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}

/// What organizations, people, groups, agents, servers, channels' accounts and models may be called. Names appear in URLs,
/// commands, folders and the ledger, so they are plain, and no name is an option of a command.
public enum PlainName {
    public static func isPlain(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.utf8.allSatisfy(isPlain) && name.first != "-" && name.first != "_"
    }

    /// - Parameter what: what is to be called so, such as `an agent`.
    /// - Throws: why it can't, with the rule.
    public static func check(_ name: String, of what: String) throws(PlainNameProblem) {
        guard isPlain(name) else { throw PlainNameProblem(message: "`\(name)` can't be the name of \(what)") }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}

/// A name that isn't plain.
public struct PlainNameProblem: Error, Hashable, Sendable {
    public let message: String
    public let hint = "use 1 to 64 lower-case letters, digits, `-` and `_`, a letter or digit first"
}

/// Names and types of files that somebody else reads later.
public enum FileName {
    private static let longest = 150

    /// One line without a path, a direction of its own or anything that isn't seen; `file` where nothing is left.
    public static func inert(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in name.unicodeScalars.prefix(longest) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: continue
            case _: scalars.append(#"/\:*?"<>|"#.unicodeScalars.contains(scalar) ? "_" : scalar)
            }
        }
        let plain = String(scalars).drop { $0 == "." || $0 == " " }
        return plain.isEmpty ? "file" : String(plain)
    }

    /// `type/subtype` (RFC 6838 section 4.2) in lower case without parameters; nil for anything else.
    public static func mediaType(_ text: String) -> String? {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            (1...60).contains(part.utf8.count)
                && part.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "!#$&-^_.+".utf8.contains(byte)
                }
        }
        return parts.count == 2 && isPlain ? text.lowercased() : nil
    }
}

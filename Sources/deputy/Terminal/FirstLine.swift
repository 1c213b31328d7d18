import FoundationEssentials

/// Secrets are read from the first line of a file, never from an argument that other processes see.
enum FirstLine {
    static func of(_ file: String) throws -> [UInt8] {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw CommandFailure(
                .refused, "invalid", "`\(file)` can't be read", hint: "give a text file that you may read")
        }
        return Array((text.split(separator: "\n", omittingEmptySubsequences: false).first ?? "").utf8)
    }
}

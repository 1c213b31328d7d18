import ArgumentParser
import FoundationEssentials
import Glibc

/// A secret from a file, from standard input, or typed: never an argument, which every process of the machine can read.
enum SecretInput {
    /// - Parameters:
    ///   - file: nil for standard input, or to be asked.
    ///   - name: what it is for.
    /// - Throws: `CommandFailure` when there is none.
    static func read(from file: String?, for name: String) throws -> String {
        let secret = try text(file, name).trimmed
        guard !secret.isEmpty else {
            throw CommandFailure(
                .refused, "invalid", "there is no secret for `\(name)`",
                hint: "type it when asked in a terminal, pipe it in, or name a file with `--secret-file`")
        }
        return secret
    }

    private static func text(_ file: String?, _ name: String) throws -> String {
        if let file {
            guard let contents = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw CommandFailure(
                    .refused, "invalid", "`\(file)` can't be read", hint: "give a text file that you may read")
            }
            return contents
        }
        guard isatty(STDIN_FILENO) == 1 else { return readLine(strippingNewline: true) ?? "" }
        guard let typed = getpass("Secret for \(name): ") else {
            throw CommandFailure(.refused, "invalid", "no secret was typed")
        }
        return String(cString: typed)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}

/// What a statement does to transactions, by its first words.
///
/// It decides what a lost connection means. A statement outside a transaction that isn't known to change nothing commits
/// by itself, so its answer's loss leaves open whether it happened. A `SELECT` counts as reading: functions with effects
/// belong into a transaction.
enum StatementKind: Sendable, Hashable {
    /// Opens a transaction.
    case begin
    /// Ends one and keeps what it did.
    case commit
    /// Ends one and drops what it did.
    case rollback
    /// Changes nothing that another session could see.
    case harmless
    /// Changes something, or may.
    case writing
    /// Takes over the connection's protocol, which the driver doesn't speak.
    case copy

    init(_ sql: String) {
        var words = Words(sql.utf8[...])
        switch words.next() {
        case "BEGIN", "START": self = .begin
        case "COMMIT", "END": self = .commit
        case "PREPARE": self = words.next() == "TRANSACTION" ? .commit : .harmless
        case "ABORT": self = .rollback
        case "ROLLBACK": self = Self.rollback(&words)
        case "SELECT", "VALUES", "TABLE", "SHOW", "SET", "RESET", "SAVEPOINT", "RELEASE", "LISTEN", "UNLISTEN",
            "DEALLOCATE", "DISCARD":
            self = .harmless
        case "COPY": self = .copy
        default: self = .writing
        }
    }

    /// `ROLLBACK TO SAVEPOINT` stays in its transaction; `ROLLBACK PREPARED` is about another.
    private static func rollback(_ words: inout Words) -> StatementKind {
        while let word = words.next() {
            switch word {
            case "TO": return .harmless
            case "PREPARED": return .writing
            default: continue
            }
        }
        return .rollback
    }
}

/// The words of a statement in capitals, past blanks and comments.
private struct Words {
    private var rest: Substring.UTF8View

    init(_ text: Substring.UTF8View) {
        rest = text
    }

    mutating func next() -> String? {
        skipBlanks()
        let word = rest.prefix { isLetter($0) }
        guard !word.isEmpty else { return nil }
        rest = rest[word.endIndex...]
        return Substring(word).uppercased()
    }

    private mutating func skipBlanks() {
        while let first = rest.first {
            if first == UInt8(ascii: "-"), rest.dropFirst().first == first {
                rest = rest.drop { $0 != UInt8(ascii: "\n") }
            } else if first == UInt8(ascii: "/"), rest.dropFirst().first == UInt8(ascii: "*") {
                skipComment()
            } else if isLetter(first) {
                return
            } else if [9, 10, 11, 12, 13, 32, UInt8(ascii: ";"), UInt8(ascii: "(")].contains(first) {
                rest = rest.dropFirst()
            } else {
                return
            }
        }
    }

    /// Block comments nest.
    private mutating func skipComment() {
        var depth = 0
        repeat {
            if rest.starts(with: "/*".utf8) {
                depth += 1
                rest = rest.dropFirst(2)
            } else if rest.starts(with: "*/".utf8) {
                depth -= 1
                rest = rest.dropFirst(2)
            } else {
                rest = rest.dropFirst()
            }
        } while depth > 0 && !rest.isEmpty
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

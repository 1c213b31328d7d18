import Authority
import Gate

/// Why something about channels or conversations is refused, and the way out. Safe to show.
public struct TurnsError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case unknown, exists, invalid, refused, unavailable
    }

    public let code: Code
    public let message: String
    public let hint: String?

    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    public var description: String { message + (hint.map { "; \($0)" } ?? "") }

    init(_ error: CommitError) {
        self =
            switch error {
            case .exists(let row): TurnsError(.exists, "`\(row)` has changed or exists already")
            case .moved, .budgetSpent, .identicalCall, .approval, .window, .tooManyAsks: .crossed
            case .unavailable(let reason): TurnsError(.unavailable, reason, hint: "see `deputy doctor`")
            }
    }

    /// - Throws: `invalid` for a name that isn't plain.
    static func checkName(_ name: String, of what: String) throws(TurnsError) {
        do throws(PlainNameProblem) {
            try PlainName.check(name, of: what)
        } catch {
            throw TurnsError(.invalid, error.message, hint: error.hint)
        }
    }

    /// What a change was right by has changed before its commit.
    static let crossed = TurnsError(.unavailable, "something else changed at the same time", hint: "try again")
}

/// Why a store can't be used, and the way out.
public struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case held, notDurable = "not_durable", newer, altered, unreadable, corrupt, badText = "bad_text",
            otherDatabase = "other_database", databaseURL = "database_url", unreachable
        case leaseLost = "lease_lost", olderCopy = "older_copy"
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
}

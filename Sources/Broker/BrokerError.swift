/// Why the broker refuses, and the way out. Safe to show; never holds a secret.
public struct BrokerError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case unknown, invalid, refused, unavailable
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

    /// What a change was right by has changed before its commit.
    static let crossed = BrokerError(.unavailable, "something else changed at the same time", hint: "try again")
}

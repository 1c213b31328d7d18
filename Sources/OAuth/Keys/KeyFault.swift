/// Why a key, a certificate or a file of one can't be used. Safe to show: nothing of a key is in it.
public struct KeyFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, as it was named, and the member in it where it has members.
    public let place: String
    public let message: String
    public let hint: String?

    public init(_ place: String, _ message: String, hint: String? = nil) {
        self.place = place
        self.message = message
        self.hint = hint
    }

    public var description: String { "`\(place)`: \(message)" + (hint.map { "; \($0)" } ?? "") }
}

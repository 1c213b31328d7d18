/// The bounds within which a text is read; beyond them it is refused before memory is spent on it.
public struct JSONLimits: Sendable {
    /// The most bytes of text.
    public var bytes: Int
    /// The most arrays and objects within each other. Never more than `deepest` counts, whatever is asked for.
    public var depth: Int
    /// The most values in all, those within arrays and objects counted too.
    public var members: Int

    /// Makes bounds of your own.
    public init(bytes: Int, depth: Int, members: Int) {
        self.bytes = bytes
        self.depth = min(depth, Self.deepest)
        self.members = members
    }

    /// The depth that every reader and writer of a value bears on a small stack.
    public static let deepest = 256

    /// One message: 1 MiB, 64 deep, 100,000 values.
    public static let message = JSONLimits(bytes: 1 << 20, depth: 64, members: 100_000)
}

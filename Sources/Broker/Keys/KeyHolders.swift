/// The gateways that share a store, and the keys that each of them has.
public protocol KeyHolders: Sendable {
    /// Tells the others which keys this gateway has, by their ids.
    func tell(keys: [String]) async throws
    /// The others that live.
    func otherHolders() async throws -> [KeyHolder]
}

/// A gateway that lives, and the ids of the keys that it has.
public struct KeyHolder: Sendable, Hashable {
    /// What it calls itself; two may have the same name.
    public let name: String
    public let keys: Set<String>

    public init(name: String, keys: Set<String>) {
        self.name = name
        self.keys = keys
    }
}

public import Ledger

/// The signing keys of a home's trees: one Ed25519 key, under the name of each tree's origin.
public struct LedgerKeys: Sendable {
    /// Names this home among all ledgers in the world.
    public let name: String
    private let seed: [UInt8]

    /// - Parameter seed: 32 bytes (RFC 8032 section 5.1.5).
    public init(name: String, seed: [UInt8]) {
        self.name = name
        self.seed = seed
    }

    /// The C2SP checkpoint origin of a tree, which is also the name of its key.
    public func origin(of tree: TreeID) -> String { "\(name)/\(tree.raw)" }

    public func key(of tree: TreeID) throws(LedgerError) -> LedgerSigningKey {
        try LedgerSigningKey(name: origin(of: tree), seed: seed)
    }
}

public import Gate
import Vault

/// Everything that the vault has sealed, wherever it lies in the store.
public protocol SealedRows: Sendable {
    /// How many rows each key seals, by the eight bytes from their third on, which name it. A row that is too short to
    /// name its key isn't counted.
    func sealedCounts() async throws -> [[UInt8]: Int]

    /// At most `limit` rows of one kind that another key than the one named so seals, by rising id, after the id `after`.
    func sealedRows(
        _ kind: SealedKind, notBy key: [UInt8], after: String, limit: Int
    ) async throws -> [SealedRow]
}

public enum SealedKind: String, Sendable, CaseIterable {
    case connection, payload, value
    /// Secrets of our apps with providers.
    case app
    case accessToken = "access-token"
    case refreshToken = "refresh-token"
    /// Tokens that providers are still to be told to end.
    case revocation
    /// What browser sessions keep for signing out at their provider.
    case hint
    /// What channels' platforms sign with.
    case channel
    /// Keys of our apps that providers are still to be told of.
    case rotation
}

/// A small sealed value that belongs to the home as a whole. The raw value is its name in the store.
public enum SealedValue: String, Sendable, CaseIterable {
    case canary, fingerprints, notices
    case ledgerSeed = "ledger-seed"
    case signIn = "sign-in"
    case signingKeys = "signing-keys"

    /// What it is sealed under.
    public var sealID: String {
        switch self {
        case .canary: KeyRing.canaryID
        case .fingerprints, .notices, .ledgerSeed, .signIn, .signingKeys: rawValue
        }
    }
}

/// One sealed record and where it lies.
public struct SealedRow: Sendable, Hashable {
    public let kind: SealedKind
    public let id: String
    public let bytes: [UInt8]

    public init(kind: SealedKind, id: String, bytes: [UInt8]) {
        self.kind = kind
        self.id = id
        self.bytes = bytes
    }

    /// The eight bytes that name the key; nil when the row is too short to name one.
    public var key: [UInt8]? { bytes.count >= 10 ? Array(bytes[2..<10]) : nil }
}

/// What a change of keys does to the store.
public enum VaultChange: StoredChange {
    /// Puts the bytes in the place of those that the row held when it was read. A row that holds others by now was
    /// written meanwhile, by the active key: it stays as it is.
    case replace(SealedRow, with: [UInt8])
}

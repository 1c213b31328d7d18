public import Authority
public import Vault

/// One connection that isn't what the ledger says of it.
public struct SealFinding: Sendable, Hashable {
    public enum Fault: Sendable, Hashable {
        /// No record says that it was made.
        case unrecorded
        /// The ledger says that it is there, and it isn't.
        case missing
        /// It was revoked, or refused by its provider, and says that it is healthy.
        case revived
        /// An older writing of it was put back.
        case rolledBack(to: Int64, from: Int64)
        /// It says something else than was recorded of it: which field.
        case rewritten(String)
        /// Its seal doesn't hold.
        case seal(VaultError)
    }

    public let connection: ConnectionID
    public let fault: Fault

    /// For programs.
    public var code: String {
        switch fault {
        case .unrecorded: "unrecorded"
        case .missing: "missing"
        case .revived: "revived"
        case .rolledBack: "rolled_back"
        case .rewritten: "rewritten"
        case .seal(let error): error.code.rawValue
        }
    }

    public var message: String {
        switch fault {
        case .unrecorded: "connection `\(connection)` is in the store, and the ledger has no record that it was made"
        case .missing: "connection `\(connection)` was made and never revoked, and isn't in the store"
        case .revived: "connection `\(connection)` was revoked or refused, and the store says that it is healthy"
        case .rolledBack(let found, let last):
            "connection `\(connection)` is its writing \(found) in the store, and the ledger knows writing \(last)"
        case .rewritten(let field): "connection `\(connection)` has another \(field) in the store than in the ledger"
        case .seal(let error): error.message
        }
    }

    public var hint: String {
        switch fault {
        case .missing: "restore the database from a backup, or connect the account again"
        case .unrecorded, .revived, .rolledBack, .rewritten, .seal:
            "`deputy connections revoke \(connection)`, and find out who can write to the database"
        }
    }
}

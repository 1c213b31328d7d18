public import Authority
public import Vault

/// One connection that isn't what the ledger says of it, or a ledger that can't say anything.
public struct SealFinding: Sendable, Hashable {
    public enum Fault: Sendable, Hashable {
        /// The ledger doesn't verify, so it shows nothing of any connection.
        case ledger(String)
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

    /// Nil when the ledger itself is at fault.
    public let connection: ConnectionID?
    public let fault: Fault

    /// For programs.
    public var code: String {
        switch fault {
        case .ledger: "ledger_altered"
        case .unrecorded: "unrecorded"
        case .missing: "missing"
        case .revived: "revived"
        case .rolledBack: "rolled_back"
        case .rewritten: "rewritten"
        case .seal(let error): error.code.rawValue
        }
    }

    public var message: String {
        let name = connection?.raw ?? ""
        return switch fault {
        case .ledger(let message): "the ledger doesn't verify: \(message)"
        case .unrecorded: "connection `\(name)` is in the store, and the ledger has no record that it was made"
        case .missing: "connection `\(name)` was made and never revoked, and isn't in the store"
        case .revived: "connection `\(name)` was revoked or refused, and the store says that it is healthy"
        case .rolledBack(let found, let last):
            "connection `\(name)` is its writing \(found) in the store, and the ledger knows writing \(last)"
        case .rewritten(let field): "connection `\(name)` has another \(field) in the store than in the ledger"
        case .seal(let error): error.message
        }
    }

    public var hint: String {
        switch fault {
        case .ledger:
            "see `deputy ledger verify`; restore a backup from before, and find out who can write to the database"
        case .missing: "restore the database from a backup, or connect the account again"
        case .unrecorded, .revived, .rolledBack, .rewritten, .seal:
            "`deputy connections revoke \(connection?.raw ?? "")`, and find out who can write to the database"
        }
    }
}

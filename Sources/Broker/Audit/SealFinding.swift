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
        /// The ledger says that there are tokens beside it, and there are none.
        case tokensMissing
        /// There are tokens beside it, and no record says that they were given.
        case tokensUnrecorded
        /// An older writing of its tokens was put back.
        case tokensRolledBack(to: Int64, from: Int64)
        /// It was revoked, and its tokens are still there.
        case tokensLeft
        /// Its seal doesn't hold.
        case seal(VaultError)
    }

    /// Nil when the ledger itself is at fault.
    public let connection: ConnectionID?
    public let fault: Fault

    /// This gateway lacks the key that sealed it, which says nothing of the connection.
    var isForWantOfAKey: Bool {
        if case .seal(let error) = fault { error.code == .unknownKey } else { false }
    }

    /// For programs.
    public var code: String {
        switch fault {
        case .ledger: "ledger_altered"
        case .unrecorded: "unrecorded"
        case .missing: "missing"
        case .revived: "revived"
        case .rolledBack: "rolled_back"
        case .rewritten: "rewritten"
        case .tokensMissing: "tokens_missing"
        case .tokensUnrecorded: "tokens_unrecorded"
        case .tokensRolledBack: "tokens_rolled_back"
        case .tokensLeft: "tokens_left"
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
        case .tokensMissing: "connection `\(name)` has no tokens in the store, and the ledger knows of some"
        case .tokensUnrecorded: "connection `\(name)` has tokens in the store, and the ledger knows of none"
        case .tokensRolledBack(let found, let last):
            "the tokens of `\(name)` are their writing \(found) in the store, and the ledger knows writing \(last)"
        case .tokensLeft: "connection `\(name)` was revoked, and its tokens are still in the store"
        case .seal(let error): error.message
        }
    }

    public var hint: String {
        switch fault {
        case .ledger:
            "see `deputy ledger verify`; restore a backup from before, and find out who can write to the database"
        case .seal(let error) where error.code == .unknownKey:
            "copy the key file here from the gateway where the keys were changed; if none has that key, "
                + "`deputy connections revoke \(connection?.raw ?? "")`"
        case .missing: "restore the database from a backup, or connect the account again"
        case .tokensMissing: "connect the account again"
        case .unrecorded, .revived, .rolledBack, .rewritten, .tokensUnrecorded, .tokensRolledBack, .tokensLeft, .seal:
            "`deputy connections revoke \(connection?.raw ?? "")`, and find out who can write to the database"
        }
    }
}

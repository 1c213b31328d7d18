/// What a source needs to hear from whoever starts the process.
public enum KeyQuestion: Sendable, Hashable {
    /// The passphrase that opens the key file.
    case passphrase
    /// A passphrase that is about to be set. Where a person types it, it is asked for twice.
    case newPassphrase
    /// The PIN of the token with this label.
    case pin(token: String)
}

/// Answers the questions of a source: a person at a terminal, or a file descriptor.
public protocol KeyAsker: Sendable {
    /// Throws `notGiven` when nobody is there to answer.
    func answer(_ question: KeyQuestion) throws(VaultError) -> Secret
}

/// Nobody to ask.
public struct NobodyToAsk: KeyAsker {
    public init() {}

    public func answer(_ question: KeyQuestion) throws(VaultError) -> Secret { throw .nobody(question) }
}

extension VaultError {
    /// Nobody answers `question`.
    public static func nobody(_ question: KeyQuestion) -> VaultError {
        let (what, whose) =
            switch question {
            case .passphrase: ("the passphrase of the keys", "")
            case .newPassphrase: ("a new passphrase", "")
            case .pin(let token): ("the PIN of the token `\(token)`", ", or name a file in the URI's `pin-source`")
            }
        return VaultError(
            .notGiven, "\(what) is needed, and nobody is there to ask",
            hint: "start it in a terminal, or with `--passphrase-fd 3 3<FILE`\(whose)")
    }
}

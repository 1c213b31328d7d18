/// Why the vault refused. Safe to show and to log: no text of it ever holds a byte of a secret or of a key.
public struct VaultError: Error, Sendable, Hashable {
    /// What went wrong, for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// The key file isn't there.
        case keyFileMissing = "key_file_missing"
        /// The key file is there, but others could have read or replaced it.
        case keyFileExposed = "key_file_exposed"
        /// The key file isn't a key file, or a line of it is damaged.
        case keyFileInvalid = "key_file_invalid"
        /// The operating system refused to read or write the key file.
        case keyFileUnusable = "key_file_unusable"
        /// The record names a key that this ring doesn't hold.
        case unknownKey = "unknown_key"
        /// The record lost bytes.
        case truncated
        /// The record is another place's: somebody moved it.
        case misplaced
        /// The record is this place's, and not the writing that is expected: somebody put it back.
        case wrongGeneration = "wrong_generation"
        /// The record was altered.
        case notAuthentic = "not_authentic"
        /// The bytes to seal exceed ``VaultLimits``.
        case tooLarge = "too_large"
        /// The cryptographic library failed on well-formed input.
        case cryptography
        /// The operating system refused to keep this process's memory out of dumps.
        case hardening
        /// The file isn't a backup.
        case backupInvalid = "backup_invalid"
        /// The operating system refused to read or write the backup.
        case backupUnusable = "backup_unusable"
        /// What is written as a source of keys isn't one.
        case sourceInvalid = "source_invalid"
        /// A passphrase, a PIN or a credential is needed, and nobody gave it.
        case notGiven = "not_given"
        /// The passphrase doesn't open the keys.
        case wrongPassphrase = "wrong_passphrase"
        /// The passphrase or the credential is too easily guessed.
        case weakPassphrase = "weak_passphrase"
        /// The key file asks for a derivation that is too weak, or takes too much.
        case parametersRefused = "parameters_refused"
        /// The credential doesn't open the keys.
        case wrongCredential = "wrong_credential"
        /// The token is there, and its key doesn't open the keys.
        case wrongToken = "wrong_token"
        /// The token isn't there.
        case tokenMissing = "token_missing"
        /// The token refuses the PIN.
        case wrongPIN = "wrong_pin"
        /// The token, or its driver, can't do what is needed.
        case tokenUnusable = "token_unusable"
        /// The keys come from another source than the one that is needed.
        case wrongSource = "wrong_source"
        /// The key can't be changed as asked.
        case keyInUse = "key_in_use"
    }

    /// What went wrong, for programs.
    public let code: Code
    /// What went wrong, for people: lower case, no final period.
    public let message: String
    /// What to do about it, where there is something to do.
    public let hint: String?

    /// An error of this module.
    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}

import Crypto

/// A source that answers: it wraps the root of a key file, and unwraps it.
///
/// What it holds meanwhile: for a passphrase the key derived from it, which opens no more than the keys in memory do. A
/// credential is read anew each time, and a token is asked.
enum OpenedSource: Sendable {
    case passphrase(ScryptCost, SymmetricKey)
    case credential(CredentialFile)
    case token(TokenKey)

    /// A source that a key file is sealed with from now on. Nil for `file`, which needs none.
    ///
    /// - Parameter cost: log₂ of N, for a passphrase.
    init?(making source: KeySource, cost: Int, asking asker: any KeyAsker) throws(VaultError) {
        switch source {
        case .file: return nil
        case .passphrase:
            let scrypt = try ScryptCost(exponent: cost)
            let passphrase = try asker.answer(.newPassphrase)
            try PassphraseRule.check(passphrase)
            self = .passphrase(scrypt, try scrypt.key(passphrase))
        case .credential(let name): self = .credential(CredentialFile(name: name))
        case .token(let address): self = .token(try TokenKey(address, makesKey: true, asking: asker))
        }
    }

    /// The source that a sealed key file names.
    init(_ head: SealedRingHead, asking asker: any KeyAsker) throws(VaultError) {
        switch head {
        case .passphrase(let cost): self = .passphrase(cost, try cost.key(try asker.answer(.passphrase)))
        case .credential(let name): self = .credential(CredentialFile(name: name))
        case .token(let address): self = .token(try TokenKey(address, makesKey: false, asking: asker))
        }
    }

    var head: SealedRingHead {
        switch self {
        case .passphrase(let cost, _): .passphrase(cost)
        case .credential(let file): .credential(file.name)
        case .token(let key): .token(key.address)
        }
    }

    func wrap(_ root: borrowing Secret) throws(VaultError) -> [UInt8] {
        let authenticated = head.bytes
        return switch self {
        case .passphrase(_, let key):
            try root.withBytes { (bytes) throws(VaultError) in try AEAD.seal(bytes, key, authenticated) }
        case .credential(let file):
            try root.withBytes { (bytes) throws(VaultError) in try AEAD.seal(bytes, try file.key(), authenticated) }
        case .token(let key): try key.wrap(root, authenticating: authenticated)
        }
    }

    /// Throws an error with a code of its own for a wrong passphrase, credential or token.
    func unwrap(_ wrapped: [UInt8]) throws(VaultError) -> Secret {
        switch self {
        case .passphrase(_, let key):
            do throws(VaultError) {
                return try AEAD.open(wrapped, key, head.bytes)
            } catch {
                throw VaultError(
                    .wrongPassphrase, "the passphrase doesn't open the keys",
                    hint: "type it again; nobody can look it up, and it can't be set anew without the one before")
            }
        case .credential(let file):
            let key = try file.key()
            do throws(VaultError) {
                return try AEAD.open(wrapped, key, head.bytes)
            } catch {
                throw VaultError(
                    .wrongCredential, "the credential `\(file.name)` doesn't open the keys",
                    hint: "give the service the credential that this home's keys were moved to")
            }
        case .token(let key): return try key.unwrap(wrapped, authenticating: head.bytes)
        }
    }
}

import Crypto
import Glibc

/// A credential of the service manager (systemd.exec(5), `LoadCredential=` and `LoadCredentialEncrypted=`): a file in the
/// folder that `CREDENTIALS_DIRECTORY` names, readable by the service alone. It is read when it is needed and copied nowhere.
struct CredentialFile: Sendable {
    private static let fewestBytes = 32
    let name: String

    /// The key that the credential stands for.
    ///
    /// Throws `notGiven` where there is no credential, `keyFileExposed` where others could have read or replaced it, and
    /// `weakPassphrase` where it is too short for a key.
    func key() throws(VaultError) -> SymmetricKey {
        let text = try KeyFile.read(try path(), isHanded: true)
        return try text.withBytes { (bytes) throws(VaultError) in
            // A line's end isn't part of it, unless random bytes just happen to have one there.
            let isLine = bytes.count > Self.fewestBytes && bytes.last == UInt8(ascii: "\n")
            let key = isLine ? bytes.dropLast()[...] : bytes[...]
            guard key.count >= Self.fewestBytes else {
                throw VaultError(
                    .weakPassphrase, "the credential `\(name)` has \(key.count) bytes",
                    hint: "make one with `openssl rand -base64 32`: at least \(Self.fewestBytes) are needed")
            }
            return HKDF<SHA256>.deriveKey(
                inputKeyMaterial: SymmetricKey(data: UnsafeRawBufferPointer(rebasing: key)),
                info: Array("deputy/vault/v3/credential".utf8), outputByteCount: VaultKey.byteCount)
        }
    }

    /// Where the service manager has put it.
    func path() throws(VaultError) -> String {
        guard let folder = getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }), folder.hasPrefix("/") else {
            throw VaultError(
                .notGiven, "the keys need the credential `\(name)`, and this process was given no credentials",
                hint: "start it by systemd with `LoadCredentialEncrypted=\(name)`, or run the command by "
                    + "`systemd-run --pipe --uid=USER -p LoadCredentialEncrypted=\(name) deputy …`")
        }
        guard access(folder + "/" + name, F_OK) == 0 else {
            throw VaultError(
                .notGiven, "the keys need the credential `\(name)`, which isn't in `\(folder)`",
                hint: "give the unit `LoadCredentialEncrypted=\(name)`")
        }
        return folder + "/" + name
    }
}

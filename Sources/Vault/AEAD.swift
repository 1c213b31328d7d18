import Crypto
import FoundationEssentials

/// AES-256-GCM with a random nonce, as nonce, ciphertext and tag in one piece.
enum AEAD {
    static func seal(
        _ plain: some DataProtocol, _ key: SymmetricKey, _ authenticated: [UInt8]
    ) throws(VaultError) -> [UInt8] {
        do {
            guard let combined = try AES.GCM.seal(plain, using: key, authenticating: authenticated).combined else {
                throw VaultError(.cryptography, "the sealed bytes have no combined form")
            }
            return Array(combined)
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.cryptography, "sealing failed")
        }
    }

    /// The library returns the plain bytes as `Data`; they are moved into a ``Secret`` and wiped where they were.
    static func open(
        _ sealed: some DataProtocol, _ key: SymmetricKey, _ authenticated: some DataProtocol
    ) throws(VaultError) -> Secret {
        var plain: Data
        do {
            plain = try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: authenticated)
        } catch {
            throw VaultError(.notAuthentic, "the sealed bytes are not authentic")
        }
        return Secret(count: plain.count) { buffer in
            plain.withUnsafeMutableBytes { bytes in
                buffer.copyMemory(from: UnsafeRawBufferPointer(bytes))
                wipe(bytes)
            }
        }
    }
}

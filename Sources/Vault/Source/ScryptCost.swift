import Crypto
import CryptoExtras
import FoundationEssentials

/// How much a guess of the passphrase costs (RFC 7914), and the salt. Kept beside what it opens, so whoever can write the
/// file chooses it: what is too weak, and what would take too much memory, is refused before anything is derived.
struct ScryptCost: Sendable, Hashable {
    /// log₂ of N. With r = 8 a guess takes 2^(10 + this) bytes: 32 MiB to 1 GiB.
    static let allowed = 15...20
    /// 128 MiB: what OWASP names as the least for scrypt (2026).
    static let usual = 17
    private static let blockSize = 8
    private static let parallelism = 1...4
    private static let saltBytes = 32

    let exponent: Int
    let lanes: Int
    let salt: [UInt8]

    /// With a new salt.
    init(exponent: Int) throws(VaultError) {
        guard Self.allowed.contains(exponent) else { throw Self.refused("2^\(exponent)") }
        self.exponent = exponent
        lanes = 1
        salt = Secret.random(count: Self.saltBytes).withBytes { Array($0) }
    }

    /// Reads `scrypt LOG2N 8 LANES SALT`; nil if `line` isn't one.
    ///
    /// Throws `parametersRefused` for what is too weak or too much.
    init?(_ line: some StringProtocol) throws(VaultError) {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0] == "scrypt", let exponent = Int(fields[1]), let size = Int(fields[2]),
            let lanes = Int(fields[3]), let salt = Data(base64Encoded: String(fields[4]))
        else { return nil }
        guard Self.allowed.contains(exponent), size == Self.blockSize, Self.parallelism.contains(lanes),
            salt.count == Self.saltBytes
        else { throw Self.refused(fields[1...3].joined(separator: " ") + " with \(salt.count) bytes of salt") }
        self.exponent = exponent
        self.lanes = lanes
        self.salt = Array(salt)
    }

    var line: String {
        "scrypt \(exponent) \(Self.blockSize) \(lanes) \(Data(salt).base64EncodedString())"
    }

    /// Takes about half a second and the memory that the cost says.
    func key(_ passphrase: borrowing Secret) throws(VaultError) -> SymmetricKey {
        do {
            return try passphrase.withBytes { bytes in
                try KDF.Scrypt.deriveKey(
                    from: bytes, salt: salt, outputByteCount: VaultKey.byteCount, rounds: 1 << exponent,
                    blockSize: Self.blockSize, parallelism: lanes, maxMemory: 2 << 30)
            }
        } catch {
            throw VaultError(
                .cryptography, "the key can't be derived from the passphrase",
                hint: "it takes \(1 << (exponent - 10)) MiB of memory: is there as much?")
        }
    }

    private static func refused(_ what: String) -> VaultError {
        VaultError(
            .parametersRefused, "the cost of a passphrase can't be \(what)",
            hint:
                "N is 2^\(allowed.lowerBound) to 2^\(allowed.upperBound), r is 8, p is 1 to 4, the salt has 32 bytes; "
                + "if nobody chose it, restore the key file from your backup")
    }
}

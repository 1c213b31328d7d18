import Crypto

/// What stands behind the header of a sealed secret, in clear and authenticated: which writing of the secret it is, and
/// a keyed digest of its place. They tell a record that was moved, or put back, from one that was altered.
struct SealedPlace {
    static let byteCount = 24

    let generation: Int64
    let tag: [UInt8]

    init(_ context: SealContext, _ format: SealFormat, _ dataKey: SymmetricKey) {
        generation = context.generation
        tag = Self.tag(context, format, dataKey)
    }

    /// Reads what stands at `start` of a record that is known to be long enough.
    init(_ record: [UInt8], at start: Int) {
        generation = Int64(bitPattern: record[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) })
        tag = Array(record[start + 8..<start + Self.byteCount])
    }

    var bytes: [UInt8] { withUnsafeBytes(of: generation.bigEndian) { Array($0) } + tag }

    /// - Throws: `misplaced` or `wrongGeneration`, saying what was found.
    func check(_ context: SealContext, _ format: SealFormat, _ dataKey: SymmetricKey) throws(VaultError) {
        let expected = Self.tag(context, format, dataKey)
        guard zip(tag, expected).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0 else {
            throw VaultError(
                .misplaced, "the sealed secret of connection `\(context.connection)` was made for another place",
                hint:
                    "somebody moved it here from another row, or changed whose this row is; revoke the connection and find "
                    + "out who writes here")
        }
        guard generation == context.generation else {
            throw VaultError(
                .wrongGeneration,
                "the sealed secret of connection `\(context.connection)` is its writing \(generation), where "
                    + "\(context.generation) is expected",
                hint: "an older copy was put back; revoke the connection and connect the account again")
        }
    }

    private static func tag(_ context: SealContext, _ format: SealFormat, _ dataKey: SymmetricKey) -> [UInt8] {
        let key = HKDF<SHA256>.expand(
            pseudoRandomKey: dataKey, info: Array("deputy/vault/v2/place".utf8), outputByteCount: VaultKey.byteCount)
        return Array(HMAC<SHA256>.authenticationCode(for: context.placeBytes(format), using: key).prefix(16))
    }
}

/// The first 14 bytes of everything that the vault seals: version, algorithm, number of the key, length of the whole
/// record.
struct RecordHeader {
    /// What was sealed, and how. The number is stored.
    enum Algorithm: UInt8 {
        case secretAES256GCM = 1
        case payloadAES256GCM = 2
    }

    static let byteCount = 14
    /// Of payloads. Secrets have several formats.
    static let version: UInt8 = 2
    /// Where the number of the key stands.
    static let keyBytes = 2..<10

    let version: UInt8
    let algorithm: UInt8
    let keyID: KeyID
    /// Of the whole record, this header included.
    let length: Int

    init(_ algorithm: Algorithm, _ keyID: KeyID, length: Int, format: SealFormat? = nil) {
        version = format?.rawValue ?? Self.version
        self.algorithm = algorithm.rawValue
        self.keyID = keyID
        self.length = length
    }

    /// Reads the header of `record`; nil if it is too short to have one.
    init?(_ record: [UInt8]) {
        guard record.count >= Self.byteCount else { return nil }
        version = record[0]
        algorithm = record[1]
        keyID = KeyID(number: record[Self.keyBytes].reduce(0) { $0 << 8 | UInt64($1) })
        length = record[10..<14].reduce(0) { $0 << 8 | Int($1) }
    }

    var bytes: [UInt8] {
        withUnsafeBytes(of: keyID.number.bigEndian) { [version, algorithm] + $0 }
            + withUnsafeBytes(of: UInt32(length).bigEndian) { Array($0) }
    }

    /// The header of `record`, when it is one of ours and the record is whole. `what` names the record in errors.
    static func read(_ record: [UInt8], _ algorithm: Algorithm, _ what: String) throws(VaultError) -> RecordHeader {
        guard let header = RecordHeader(record) else { throw cut(what, record.count) }
        guard header.isKnown, header.algorithm == algorithm.rawValue else {
            throw VaultError(.notAuthentic, "\(what) has an unknown format", hint: tampered)
        }
        guard record.count >= header.length else { throw cut(what, record.count, of: header.length) }
        guard record.count == header.length else {
            throw VaultError(
                .notAuthentic, "\(what) has \(record.count - header.length) bytes too many", hint: tampered)
        }
        return header
    }

    private var isKnown: Bool {
        switch Algorithm(rawValue: algorithm) {
        case .secretAES256GCM: SealFormat(rawValue: version) != nil
        case .payloadAES256GCM: version == Self.version
        case nil: false
        }
    }

    static let tampered = "if nobody changed the database by hand, treat it as tampered with"

    private static func cut(_ what: String, _ count: Int, of length: Int? = nil) -> VaultError {
        VaultError(
            .truncated, "\(what) is cut off: \(count) bytes are left" + (length.map { " of \($0)" } ?? ""),
            hint: "restore the database from a backup if its disk is damaged; else treat it as tampered with")
    }
}

/// The first ten bytes of everything that the vault seals.
struct RecordHeader {
    /// What was sealed, and how. The number is stored.
    enum Algorithm: UInt8 {
        case secretAES256GCM = 1
        case payloadAES256GCM = 2
    }

    static let byteCount = 10
    static let version: UInt8 = 1

    let version: UInt8
    let algorithm: UInt8
    let keyID: KeyID

    init(_ algorithm: Algorithm, _ keyID: KeyID) {
        version = Self.version
        self.algorithm = algorithm.rawValue
        self.keyID = keyID
    }

    /// Reads the header of `record`; nil if it is too short to have one.
    init?(_ record: [UInt8]) {
        guard record.count >= Self.byteCount else { return nil }
        version = record[0]
        algorithm = record[1]
        keyID = KeyID(number: record[2..<Self.byteCount].reduce(0) { $0 << 8 | UInt64($1) })
    }

    var bytes: [UInt8] {
        withUnsafeBytes(of: keyID.number.bigEndian) { [version, algorithm] + $0 }
    }

    func isCurrent(_ algorithm: Algorithm) -> Bool {
        version == Self.version && self.algorithm == algorithm.rawValue
    }
}

public import Wire

/// What a record of the ledger tells of.
public enum LeafKind: String, Sendable, CaseIterable {
    /// The gate decided about a call, permits and refusals alike.
    case decision
    /// A permitted call is about to take effect.
    case intent
    /// What became of an intent.
    case outcome
    /// A human answered what waited for them, or it ended without an answer.
    case approval
    /// Something that decisions depend on was changed: people, agents, tokens, connections.
    case authority
    /// A gateway started.
    case epoch
    /// A session's labels were cleared, or a session began or ended.
    case session
    /// A gateway ran, or was started or stopped (``Heartbeat``).
    case heartbeat
    /// A model was about to be shown what a turn had seen.
    case model
}

/// A record before it has its place: the fields are encoded once, by whoever has something to record, so that the one
/// writer only has to put index, previous hash, kind and time in front.
public struct Leaf: Sendable {
    /// What it tells of.
    public let kind: LeafKind
    /// When it was made, in microseconds since 1970.
    public let time: Int64
    /// The end of the record, from behind the time on.
    public let body: [UInt8]

    /// The longest record that is taken: entry bundles (C2SP tlog-tiles) count its bytes in 16 bits.
    public static let maximumBytes = 65_535
    /// The most that the index, the previous hash, the kind, the time and what is between them can take.
    static let placeBytes = 160
    /// The names that records use themselves.
    static let reservedFields = ["index", "previous", "kind", "time"]

    /// A leaf with `fields`, in their order, after the kind and the time.
    ///
    /// Never put a secret or a payload in: a leaf can't be erased. Throws `reservedField` if a field is named `index`,
    /// `previous`, `kind` or `time`, and `tooLarge` if the record could exceed ``maximumBytes``.
    public init(kind: LeafKind, time: Int64, fields: JSONObject) throws(LedgerError) {
        for name in Self.reservedFields where fields[name] != nil {
            throw LedgerError(.reservedField, "a leaf cannot have a field named `\(name)`")
        }
        var body: [UInt8] = []
        if fields.isEmpty {
            body.append(UInt8(ascii: "}"))
        } else {
            body.reserveCapacity(512)
            fields.write(into: &body)
            body[0] = UInt8(ascii: ",")
        }
        guard body.count + Self.placeBytes <= Self.maximumBytes else {
            throw LedgerError(
                .tooLarge, "a leaf of \(body.count) bytes is too long",
                hint: "put commitments into leaves and payloads beside them")
        }
        self.kind = kind
        self.time = time
        self.body = body
    }

    /// The record at its place: exact JSON text of the index, the hex of the previous record's leaf hash (64 zeros for
    /// the first), kind, time and fields.
    ///
    /// Index and previous hash make a swapped or missing record one that can be named; the tree makes it provable.
    /// Leaves of parallel calls may arrive in another order than they were made in, and a ledger's time never runs back
    /// (`LedgerFault.Rule.time`): give the time of the record before as `notBefore`, and the later of the two is written.
    public func bytes(at index: Int64, previous: Digest, notBefore: Int64) -> [UInt8] {
        var record: [UInt8] = []
        record.reserveCapacity(Self.placeBytes + body.count)
        record.append(contentsOf: #"{"index":"#.utf8)
        record.append(contentsOf: String(index).utf8)
        record.append(contentsOf: #","previous":""#.utf8)
        previous.withUnsafeBytes { bytes in
            for byte in bytes {
                record.append(Self.digit(byte >> 4))
                record.append(Self.digit(byte & 15))
            }
        }
        record.append(contentsOf: #"","kind":""#.utf8)
        record.append(contentsOf: kind.rawValue.utf8)
        record.append(contentsOf: #"","time":"#.utf8)
        record.append(contentsOf: String(max(time, notBefore)).utf8)
        record.append(contentsOf: body)
        return record
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }
}

extension Digest {
    /// What the first record names as its previous one.
    public static let none = Digest(bytes: [UInt8](repeating: 0, count: byteCount)) ?? sha256(of: [])
}

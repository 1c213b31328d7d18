public import Wire

/// A record, read.
public struct LedgerRecord: Sendable, Hashable {
    /// Its place, from 0.
    public let index: Int64
    /// The leaf hash of the record before it; zeros for the first.
    public let previous: Digest
    /// What it tells of.
    public let kind: LeafKind
    /// When, in microseconds since 1970.
    public let time: Int64
    /// Everything else, in the order in which it was written.
    public let fields: JSONObject
}

extension Leaf {
    private static let limits = JSONLimits(bytes: maximumBytes, depth: 64, members: maximumBytes)

    /// Reads a record. Only the very bytes that ``bytes(at:previous:notBefore:)`` writes are taken: no white space, no other
    /// order of the first four members, no other spelling. Throws `badRecord` or `tooLarge`.
    public static func decode(_ record: [UInt8]) throws(LedgerError) -> LedgerRecord {
        guard record.count <= maximumBytes else {
            throw LedgerError(.tooLarge, "a record of \(record.count) bytes is too long")
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(record, limits: limits)
        } catch {
            throw LedgerError(.badRecord, "a record is not exact JSON: \(error)")
        }
        guard case .object(let object) = json, object.members.prefix(4).map(\.key) == reservedFields else {
            throw LedgerError(.badRecord, "a record does not begin with its index, previous hash, kind and time")
        }
        guard let index = object.members[0].value.integerValue, index >= 0,
            let previous = object.members[1].value.stringValue.flatMap(Digest.init(hex:)),
            let kind = object.members[2].value.stringValue.flatMap(LeafKind.init(rawValue:)),
            let time = object.members[3].value.integerValue
        else {
            throw LedgerError(.badRecord, "a record's index, previous hash, kind or time has no valid value")
        }
        guard json.bytes() == record else {
            throw LedgerError(.badRecord, "a record is written in another way than records are")
        }
        let fields = JSONObject(object.members.dropFirst(4).map { ($0.key, $0.value) })
        return LedgerRecord(index: index, previous: previous, kind: kind, time: time, fields: fields)
    }
}

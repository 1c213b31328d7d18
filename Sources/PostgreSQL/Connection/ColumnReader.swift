import CLibpq

/// Reads one column's binary values. The numbers are `pg_type.oid`, which the server never changes.
struct ColumnReader {
    private enum Form {
        case integer, text, bytes, nothing
    }

    let name: String
    private let column: Int32
    private let form: Form

    init(_ oid: Oid, column: Int32, name: String) throws(PostgreSQLError) {
        self.column = column
        self.name = name
        switch oid {
        case 16, 20, 21, 23: form = .integer  // bool, int8, int2, int4
        case 19, 25, 705, 1043: form = .text  // name, text, unknown, varchar
        case 17: form = .bytes  // bytea
        case 2278: form = .nothing  // void, which functions without a result have
        default:
            throw PostgreSQLError(
                .unsupportedType(oid: oid), "column `\(name)` has the type with the oid \(oid), which isn't read",
                hint: "cast it to bigint, text or bytea in the statement")
        }
    }

    func value(in result: OpaquePointer, row: Int32) throws(PostgreSQLError) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        switch form {
        case .integer: return .integer(integer(bytes))
        case .bytes: return .bytes(Array(bytes))
        case .nothing: return .null
        case .text:
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw PostgreSQLError(
                    .badText, "column `\(name)` holds text that isn't UTF-8", hint: "use a database with encoding UTF8")
            }
            return .text(text)
        }
    }

    /// Big-endian, of 1, 2, 4 or 8 bytes, with its sign.
    private func integer(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        let isNegative = bytes.count > 1 && bytes[0] & 0x80 != 0
        return bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) }
    }
}

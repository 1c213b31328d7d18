/// Parameters in binary form, one after the other in one buffer.
struct Parameters: Sendable {
    /// The most that a statement may have, by the protocol.
    static let mostValues = 65_535
    /// The most bytes of all values together; the server's own limit of a message is 1 GiB.
    static let mostBytes = 1_000_000_000

    private var buffer: [UInt8] = []
    /// Where each value lies in the buffer; nil is NULL.
    private var ranges: [Range<Int>?] = []

    init(_ values: [SQLValue]) throws(PostgreSQLError) {
        guard values.count <= Self.mostValues else {
            throw PostgreSQLError(.tooLarge, "a statement has \(values.count) parameters; at most 65535 go")
        }
        ranges.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            try append(value, at: index)
        }
    }

    private mutating func append(_ value: SQLValue, at index: Int) throws(PostgreSQLError) {
        let start = buffer.count
        switch value {
        case .null:
            ranges.append(nil)
            return
        case .integer(let number):
            withUnsafeBytes(of: number.bigEndian) { buffer.append(contentsOf: $0) }
        case .text(let text):
            buffer.append(contentsOf: text.utf8)
            guard !buffer[start...].contains(0) else {
                throw PostgreSQLError(.badText, "parameter $\(index + 1) holds U+0000, which PostgreSQL can't store")
            }
        case .bytes(let bytes):
            buffer.append(contentsOf: bytes)
        }
        guard buffer.count <= Self.mostBytes else {
            throw PostgreSQLError(.tooLarge, "the parameters are larger than \(Self.mostBytes) bytes together")
        }
        ranges.append(start..<buffer.count)
    }

    var count: Int { ranges.count }

    /// The arrays that libpq takes: a pointer (nil is NULL), a length and a format (1 is binary) for each value. They
    /// are valid during `body` only.
    func withPointers<Result>(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Result
    ) -> Result {
        // An empty value still needs an address that isn't nil, so the buffer is never empty here.
        (buffer + [0]).withUnsafeBytes { bytes in
            let start = bytes.bindMemory(to: CChar.self).baseAddress
            return body(
                ranges.map { range in range.flatMap { range in start.map { $0 + range.lowerBound } } },
                ranges.map { Int32($0?.count ?? 0) },
                Array(repeating: 1, count: ranges.count))
        }
    }

    /// `message` without the texts among the parameters, which some of the server's messages repeat. Of a text that is
    /// shorter than four bytes only what stands in quotation marks goes, since the rest may be words of the message.
    func redacted(_ message: String) -> String {
        var message = message
        for case .some(let range) in ranges where !range.isEmpty {
            guard let text = String(validating: buffer[range], as: UTF8.self) else { continue }
            message =
                range.count < 4
                ? message.replacing("\"\(text)\"", with: "\"…\"") : message.replacing(text, with: "…")
        }
        return message
    }
}

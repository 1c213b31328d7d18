import Wire

extension SignedNote: CustomStringConvertible {
    private static let dash = "\u{2014} "

    /// The whole note as text: the signed text, an empty line, a line for each signature.
    public var description: String {
        var note = text + "\n"
        for signature in signatures {
            let number = withUnsafeBytes(of: signature.keyID.bigEndian) { Array($0) }
            note += "\(Self.dash)\(signature.name) \(Base64.encode(number + signature.bytes))\n"
        }
        return note
    }

    /// Reads a note without verifying it. Throws `badNote` for anything that isn't one.
    public init(_ note: String) throws(LedgerError) {
        let bytes = Array(note.utf8)
        guard Self.isPlain(note), let blank = Self.lastBlankLine(in: bytes) else {
            throw LedgerError(.badNote, "a note is a text, an empty line, and signature lines")
        }
        var signatures: [Signature] = []
        for line in bytes[(blank + 1)...].dropLast().split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        {
            guard let signature = Self.signature(line), signatures.count < Self.maximumSignatures else {
                throw LedgerError(.badNote, "line \(signatures.count + 1) of the note's signatures is not one")
            }
            signatures.append(signature)
        }
        self.init(text: String(decoding: bytes[..<blank], as: UTF8.self), signatures: signatures)
    }

    /// The place of the line feed that makes the last empty line, if text stands before it and lines after it.
    private static func lastBlankLine(in bytes: [UInt8]) -> Int? {
        let feed = UInt8(ascii: "\n")
        guard bytes.last == feed, bytes.count >= 4 else { return nil }
        for place in stride(from: bytes.count - 2, to: 0, by: -1) where bytes[place] == feed && bytes[place - 1] == feed
        {
            return place
        }
        return nil
    }

    private static func signature(_ line: ArraySlice<UInt8>) -> Signature? {
        guard line.starts(with: dash.utf8) else { return nil }
        let parts = line.dropFirst(dash.utf8.count).split(
            separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty,
            let bytes = Base64.decode(String(decoding: parts[1], as: UTF8.self)), bytes.count > 4
        else { return nil }
        return Signature(
            name: String(decoding: parts[0], as: UTF8.self), keyID: bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) },
            bytes: Array(bytes[4...]))
    }
}

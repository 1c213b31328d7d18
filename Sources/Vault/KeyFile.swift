import Crypto

/// The text of a key file: a line `deputy-key-v1 <state> <id> <base64>` per key; blank lines and lines that start with
/// `#` say nothing. The identifier is checked against the key, so that a damaged line is noticed.
enum KeyFile {
    private static let version = "deputy-key-v1"
    private static let space = UInt8(ascii: " ")
    private static let newline = UInt8(ascii: "\n")

    static func parse(_ text: UnsafeRawBufferPointer, path: String) throws(VaultError) -> [VaultKey] {
        var keys: [VaultKey] = []
        for (index, line) in text.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            guard let key = parseLine(UnsafeRawBufferPointer(rebasing: line)) else {
                throw VaultError(
                    .keyFileInvalid, "line \(index + 1) of `\(path)` is not a key, or is damaged",
                    hint:
                        "a key line is `\(version) active|waiting|decrypt-only ID BASE64`; restore it from your backup")
            }
            keys.append(key)
        }
        return keys
    }

    private static func parseLine(_ line: UnsafeRawBufferPointer) -> VaultKey? {
        let fields = line.split(separator: space, omittingEmptySubsequences: false)
        guard fields.count == 4, fields[0].elementsEqual(version.utf8),
            let state = KeyState(rawValue: String(decoding: fields[1], as: UTF8.self)),
            let id = KeyID(String(decoding: fields[2], as: UTF8.self)),
            let raw = KeyText.decode(UnsafeRawBufferPointer(rebasing: fields[3]), count: VaultKey.byteCount)
        else { return nil }
        let key = VaultKey(raw: raw.withBytes { SymmetricKey(data: $0) }, state: state)
        return key.id == id ? key : nil
    }

    static func render(_ raw: SymmetricKey, id: KeyID, state: KeyState) -> Secret {
        let note =
            "# The key that seals this installation's secrets. Keep it private; back it up apart from the data.\n"
        var text: [UInt8] = []
        // Room for the whole line first: growing later would leave a copy of the key behind.
        text.reserveCapacity(note.utf8.count + lineBytes)
        text += note.utf8
        append(id, state, to: &text) { text in raw.withUnsafeBytes { KeyText.encode($0, into: &text) } }
        return Secret(consuming: &text)
    }

    /// `text` with the states of `keys`, without the lines of keys that aren't among them, and with a line more for
    /// `raw`, which is the last of them. Comments stay.
    static func edited(
        _ text: UnsafeRawBufferPointer, _ keys: [VaultKey], adding raw: SymmetricKey?
    ) -> Secret {
        var edited: [UInt8] = []
        edited.reserveCapacity(text.count + (keys.count + 1) * lineBytes)
        for line in text.split(separator: newline) {
            guard line.first != UInt8(ascii: "#") else {
                edited += line
                edited.append(newline)
                continue
            }
            guard let old = parseLine(UnsafeRawBufferPointer(rebasing: line)),
                let key = keys.first(where: { $0.id == old.id }),
                let start = line.lastIndex(of: space)
            else { continue }
            append(key.id, key.state, to: &edited) { $0 += line[(start + 1)...] }
        }
        if let raw, let key = keys.last {
            append(key.id, key.state, to: &edited) { text in raw.withUnsafeBytes { KeyText.encode($0, into: &text) } }
        }
        return Secret(consuming: &edited)
    }

    /// More than any line has.
    private static let lineBytes = 128

    private static func append(
        _ id: KeyID, _ state: KeyState, to text: inout [UInt8], key: (inout [UInt8]) -> Void
    ) {
        text += "\(version) \(state.rawValue) \(id) ".utf8
        key(&text)
        text.append(newline)
    }
}

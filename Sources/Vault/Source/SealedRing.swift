import Crypto
import FoundationEssentials

/// A key file whose keys don't lie open in it. Its lines, after comments, are:
///
/// | line | what |
/// |---|---|
/// | `deputy-ring-v1 SOURCE` | where the root comes from |
/// | `scrypt LOG2N 8 P SALT` | for a passphrase alone |
/// | `root BASE64` | 32 random bytes, wrapped by the source, which authenticates the lines before |
/// | `ring BASE64` | the text of a plain key file, sealed by the root with AES-256-GCM |
/// | `check HEX` | the first 8 bytes of the SHA-256 of the lines before: damage isn't told as a wrong passphrase |
struct SealedRing: Sendable {
    static let version = "deputy-ring-v1"
    private static let note =
        "# The keys of this installation, sealed. Back this file up; it opens with the source that it names.\n"

    let head: SealedRingHead
    private let root: [UInt8]
    private let ring: [UInt8]

    /// Seals the text of a key file with a new root.
    init(_ text: borrowing Secret, by source: OpenedSource) throws(VaultError) {
        let root = Secret.random(count: VaultKey.byteCount)
        head = source.head
        ring = try text.withBytes { (bytes) throws(VaultError) in
            try AEAD.seal(bytes, Self.key(root), Self.authenticated)
        }
        self.root = try source.wrap(root)
    }

    private init(head: SealedRingHead, root: [UInt8], ring: [UInt8]) {
        (self.head, self.root, self.ring) = (head, root, ring)
    }

    /// The text of the key file.
    func text(_ source: OpenedSource) throws(VaultError) -> Secret {
        try AEAD.open(ring, Self.key(try source.unwrap(root)), Self.authenticated)
    }

    /// The same keys behind another source: the root is wrapped again, and nothing else is opened.
    func rewrapped(from old: OpenedSource, to new: OpenedSource) throws(VaultError) -> SealedRing {
        SealedRing(head: new.head, root: try new.wrap(try old.unwrap(root)), ring: ring)
    }

    /// Whether `text` is a sealed key file rather than a plain one.
    static func isSealed(_ text: UnsafeRawBufferPointer) -> Bool {
        text.split(separator: UInt8(ascii: "\n")).first { $0.first != UInt8(ascii: "#") }?
            .starts(with: version.utf8) == true
    }

    /// Throws `keyFileInvalid` for a file that is damaged, and `parametersRefused` for one that asks for too little or too
    /// much.
    init(_ text: UnsafeRawBufferPointer, path: String) throws(VaultError) {
        var lines = String(decoding: text, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
        guard let check = lines.popLast(), check == Self.check(lines) else {
            throw VaultError(
                .keyFileInvalid, "the sealed key file `\(path)` is damaged", hint: "restore it from your backup")
        }
        guard lines.count >= 3, let first = Self.value(Self.version, lines[0]),
            let ring = Self.value("ring", lines[lines.count - 1]).flatMap({ Data(base64Encoded: String($0)) }),
            let root = Self.value("root", lines[lines.count - 2]).flatMap({ Data(base64Encoded: String($0)) })
        else { throw Self.unknown(path) }
        let cost = lines.count == 4 ? try ScryptCost(lines[1]) : nil
        guard lines.count == 3 || cost != nil,
            let head = SealedRingHead(try KeySource(String(first)), cost: cost), head.lines[0] == lines[0]
        else { throw Self.unknown(path) }
        self.init(head: head, root: Array(root), ring: Array(ring))
    }

    /// The text of the file.
    var bytes: [UInt8] {
        let lines =
            head.lines + [
                "root \(Data(root).base64EncodedString())", "ring \(Data(ring).base64EncodedString())",
            ]
        return Array((Self.note + lines.joined(separator: "\n") + "\n" + Self.check(lines) + "\n").utf8)
    }

    private static let authenticated = Array(version.utf8)

    private static func key(_ root: borrowing Secret) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: root.withBytes { SymmetricKey(data: $0) }, info: Array("deputy/vault/v3/ring".utf8),
            outputByteCount: VaultKey.byteCount)
    }

    private static func check(_ lines: [some StringProtocol]) -> String {
        let digest = SHA256.hash(data: Array(lines.joined(separator: "\n").utf8))
        return "check " + hex(digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    private static func value(_ name: String, _ line: Substring) -> Substring? {
        line.hasPrefix(name + " ") ? line.dropFirst(name.utf8.count + 1) : nil
    }

    private static func unknown(_ path: String) -> VaultError {
        VaultError(
            .keyFileInvalid, "`\(path)` is a sealed key file of a kind that isn't known",
            hint: "use a newer Deputy, or restore the file from your backup")
    }
}

import Crypto

/// A SHA-256 value: 32 bytes.
public struct Digest: Sendable, Hashable {
    // In memory order, so that the value's own memory is the digest.
    private let words: Words

    private struct Words: Sendable, Hashable {
        var a: UInt64 = 0
        var b: UInt64 = 0
        var c: UInt64 = 0
        var d: UInt64 = 0
    }

    /// The number of bytes of every digest.
    public static let byteCount = 32

    /// Takes exactly 32 bytes; nil for any other number.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words = Words()
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        self.words = words
    }

    /// Takes exactly 64 lower-case hexadecimal digits; nil for anything else, so that a digest has one spelling.
    public init?(hex: String) {
        guard hex.utf8.count == 2 * Self.byteCount, let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    private init(_ digest: some ContiguousBytesSource) {
        var words = Words()
        withUnsafeMutableBytes(of: &words) { target in
            digest.withBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(Self.byteCount))) }
        }
        self.words = words
    }

    /// The bytes as an array.
    public var bytes: [UInt8] {
        withUnsafeBytes { Array($0) }
    }

    /// The bytes as 64 lower-case hexadecimal digits.
    public var hex: String {
        withUnsafeBytes { Hex.encode($0) }
    }

    /// The bytes without a copy; the pointer must not leave `body`.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try Swift.withUnsafeBytes(of: words, body)
    }

    /// SHA-256 of the bytes.
    public static func sha256(of bytes: [UInt8]) -> Digest {
        Digest(SHA256.hash(data: bytes))
    }

    /// SHA-256 of the bytes behind a pointer.
    public static func sha256(of bytes: UnsafeRawBufferPointer) -> Digest {
        var hasher = SHA256()
        hasher.update(bufferPointer: bytes)
        return Digest(hasher.finalize())
    }

    /// HMAC-SHA-256 of the bytes under the key (RFC 2104).
    public static func hmac(of bytes: [UInt8], key: [UInt8]) -> Digest {
        Digest(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key)))
    }

    /// Compares in a time that doesn't depend on the values. `==` doesn't promise that; use this where one side is a
    /// secret's digest.
    public static func constantTimeEqual(_ left: Digest, _ right: Digest) -> Bool {
        let (l, r) = (left.words, right.words)
        return (l.a ^ r.a) | (l.b ^ r.b) | (l.c ^ r.c) | (l.d ^ r.d) == 0
    }
}

/// What swift-crypto answers with, seen as bytes.
private protocol ContiguousBytesSource {
    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void)
}

extension SHA256.Digest: ContiguousBytesSource {
    fileprivate func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeBytes { body($0) }
    }
}

extension HMAC<SHA256>.MAC: ContiguousBytesSource {
    fileprivate func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeBytes { body($0) }
    }
}

extension JSON {
    /// What names this value everywhere: SHA-256 over `deputy/json/v1`, a line feed, and `canonicalBytes()`.
    public var digest: Digest {
        var bytes = Array("deputy/json/v1\n".utf8)
        writeCanonical(into: &bytes)
        return Digest.sha256(of: bytes)
    }
}

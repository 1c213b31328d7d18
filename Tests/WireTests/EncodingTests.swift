import Testing
import Wire

@Suite struct `Encodings and digests` {
    /// RFC 4648 section 10.
    static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: vectors) func `Base64 matches its vectors`(_ plain: String, _ encoded: String) {
        let bytes = Array(plain.utf8)
        let bare = String(encoded.prefix { $0 != "=" })
        #expect(Base64.encode(bytes) == encoded)
        #expect(Base64.decode(encoded) == bytes)
        #expect(Base64.encodeURL(bytes) == bare)
        #expect(Base64.decodeURL(bare) == bytes)
    }

    @Test func `the alphabets differ in two letters`() {
        #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
        #expect(Base64.encodeURL([0xFB, 0xFF]) == "-_8")
        #expect(Base64.decode("-_8=") == nil)
        #expect(Base64.decodeURL("+/8") == nil)
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm9v====", "Zg==Zg==", "Zm9é",
        "Z",
    ])
    func `Base64 has one text for each value`(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: ["Zg==", "Zh", "Zm9", "Z", "Zm9v=", "Zm\n9v", "Zm9v "]) func `so has the URL form`(_ text: String)
    {
        #expect(Base64.decodeURL(text) == nil)
    }

    @Test(arguments: 0..<40) func `all encodings come back`(_ seed: UInt64) {
        var source = Seeded(state: seed)
        let bytes = (0..<Int(seed)).map { _ in UInt8.random(in: 0...255, using: &source) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64.decodeURL(Base64.encodeURL(bytes)) == bytes)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        let text = String.random(&source)
        #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
    }

    @Test func `hexadecimal is lower case`() {
        #expect(Hex.encode([0, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
        for text in ["0", "0G", "FF", "f ", "é"] { #expect(Hex.decode(text) == nil) }
    }

    @Test func `percent encoding keeps the unreserved alone`() {
        #expect(PercentEncoding.encode("AZaz09-._~") == "AZaz09-._~")
        #expect(PercentEncoding.encode("a b+c/é?&=%\n") == "a%20b%2Bc%2F%C3%A9%3F%26%3D%25%0A")
        #expect(PercentEncoding.encode([0xFF]) == "%FF")
        #expect(PercentEncoding.decode("a+b%2f%C3%a9") == "a+b/é")
        for text in ["%", "%2", "%GG", "a%2", "%FF", "%C3"] { #expect(PercentEncoding.decode(text) == nil) }
    }

    @Test func `SHA-256 and HMAC match published vectors`() throws {
        let abc = Digest.sha256(of: Array("abc".utf8))
        #expect(abc.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Array("abc".utf8).withUnsafeBytes { Digest.sha256(of: $0) } == abc)
        // RFC 4231 section 4.3.
        let code = Digest.hmac(of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(code.hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func `a digest has one spelling`() throws {
        let digest = Digest.sha256(of: [1])
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(digest.bytes.count == Digest.byteCount)
        #expect(Digest(hex: digest.hex.uppercased()) == nil)
        #expect(Digest(hex: String(digest.hex.dropLast(2))) == nil)
        #expect(Digest(hex: digest.hex + "00") == nil)
        #expect(Digest(bytes: [1, 2, 3]) == nil)
        #expect(Digest(bytes: digest.bytes + [0]) == nil)
    }

    @Test func `a comparison sees every byte`() throws {
        let digest = Digest.sha256(of: [1])
        #expect(Digest.constantTimeEqual(digest, digest))
        for place in 0..<Digest.byteCount {
            var bytes = digest.bytes
            bytes[place] ^= 1
            let other = try #require(Digest(bytes: bytes))
            #expect(!Digest.constantTimeEqual(digest, other))
            #expect(digest != other)
        }
    }

    @Test(arguments: [("", ""), ("f", "co"), ("fo", "cpng"), ("foobar", "cpnmuoj1e8"), ("call_", "cdgmor2v")])
    func `base32hex is RFC 4648 section 10's`(text: String, encoded: String) {
        #expect(Base32Hex.encode(text.utf8) == encoded)
        #expect(Base32Hex.decode(encoded.uppercased()) == Array(text.utf8))
    }

    @Test(arguments: ["c", "cp", "w0", "cpng=", "co o", "cpnh", "cö"]) func `what base32hex doesn't write isn't it`(
        text: String
    ) {
        #expect(Base32Hex.decode(text) == nil)
    }
}

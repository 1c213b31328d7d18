import Testing
import Vault

@Suite struct SecretTests {
    @Test func `wiping leaves zeros`() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_099, alignment: 1)
        defer { buffer.deallocate() }
        buffer.initializeMemory(as: UInt8.self, repeating: 0xA5)
        wipe(UnsafeMutableRawBufferPointer(rebasing: buffer[1..<4_098]))
        #expect(buffer[0] == 0xA5)
        #expect(buffer[1..<4_098].allSatisfy { $0 == 0 })
        #expect(buffer[4_098] == 0xA5)
    }

    @Test func `the array that a secret is made from is wiped in place and emptied`() {
        var source = Array("xoxp-1234567890".utf8)
        source.withUnsafeMutableBytes { bytes in
            wipe(bytes)
            #expect(bytes.allSatisfy { $0 == 0 })
        }
        source = Array("xoxp-1234567890".utf8)
        let secret = Secret(consuming: &source)
        #expect(source.isEmpty)
        #expect(secret.copyOfBytes() == Array("xoxp-1234567890".utf8))
    }

    @Test func `a secret keeps the bytes that it was given`() {
        for count in [0, 1, 15, 16, 17, 1_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let kept = bytes.withUnsafeBytes { Secret(copying: $0).copyOfBytes() }
            #expect(kept == bytes)
        }
    }

    @Test func `random secrets differ and have the length asked for`() {
        let first = Secret.random(count: 32)
        let second = Secret.random(count: 32)
        #expect(first.count == 32)
        #expect(first.copyOfBytes() != second.copyOfBytes())
    }

    @Test func `equality sees every byte and the length`() {
        let bytes = (0..<40).map { UInt8($0) }
        #expect(equal(bytes, bytes))
        #expect(equal([], []))
        #expect(!equal(bytes, Array(bytes.dropLast())))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(!equal(bytes, other))
        }
    }

    private func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var (left, right) = (left, right)
        return Secret.constantTimeEqual(Secret(consuming: &left), Secret(consuming: &right))
    }

    @Test func `an error while filling comes out`() {
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            let secret = try Secret(count: 8) { (_) throws(Stop) in throw Stop() }
            #expect(secret.count == 8)
        }
    }
}

/// The bytes of a credential: owned once, never copied by the language, wiped when the owner goes.
///
/// The bytes lie in an allocation of their own, outside every Swift object, so nothing but this value refers to them.
/// A `Secret` can't be copied, printed, interpolated, compared with `==`, hashed or encoded: none of these compiles.
///
/// The allocation isn't locked into memory. `mlock` works on whole pages and an ordinary process may lock 8 MB, which
/// would be 2,048 secrets of any length; a gateway with more connections would have to fall back silently. Dumps are
/// ruled out for the whole process instead, by ``ProcessHardening/apply()``; swap is the host's business.
public struct Secret: ~Copyable, @unchecked Sendable {
    // Unchecked for the pointer alone. No lock is needed: the bytes are written before `init` returns and never again
    // until `deinit`, and a value that can't be copied has one owner, so both happen once.
    private let storage: UnsafeMutableRawBufferPointer

    /// A secret of `count` bytes that `fill` writes. The buffer starts as zeros; on an error it is wiped and freed.
    public init<Failure: Error>(
        count: Int, filling fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        storage.initializeMemory(as: UInt8.self, repeating: 0)
        do {
            try fill(storage)
        } catch {
            wipe(storage)
            storage.deallocate()
            throw error
        }
        self.storage = storage
    }

    /// A secret with a copy of `bytes`. Wiping the source stays the caller's duty.
    public init(copying bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
    }

    /// A secret with the bytes of `bytes`, which is wiped and emptied. No other copy of the array may be alive.
    public init(consuming bytes: inout [UInt8]) {
        self.init(count: bytes.count) { buffer in bytes.withUnsafeBytes { buffer.copyMemory(from: $0) } }
        wipe(&bytes)
    }

    deinit {
        wipe(storage)
        storage.deallocate()
    }

    /// A secret of `count` bytes from the operating system's generator.
    public static func random(count: Int) -> Secret {
        Secret(count: count) { buffer in
            var generator = SystemRandomNumberGenerator()
            for index in buffer.indices {
                buffer[index] = UInt8.random(in: .min ... .max, using: &generator)
            }
        }
    }

    /// How many bytes the secret has.
    public var count: Int { storage.count }

    /// Lends the bytes for the length of `body`. The pointer must not leave it, and what `body` copies it must wipe.
    public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    /// Whether both hold the same bytes, in a time that depends on the lengths alone.
    public static func constantTimeEqual(_ left: borrowing Secret, _ right: borrowing Secret) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<left.count {
            difference |= left.storage[index] ^ right.storage[index]
        }
        return difference == 0
    }
}

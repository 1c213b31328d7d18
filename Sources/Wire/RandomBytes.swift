import Glibc

/// Bytes from the system's secure generator, for keys, tokens and ids that nobody can guess.
public func randomBytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        while filled < count {
            let part = UnsafeMutableBufferPointer(rebasing: buffer[filled..<min(count, filled + mostAtOnce)])
            // Without random bytes nothing may go on.
            guard getentropy(part.baseAddress, part.count) == 0 else { fatalError("the system gives no random bytes") }
            filled += part.count
        }
    }
}

/// What getentropy(3) gives at once.
private let mostAtOnce = 256

import Glibc

/// Overwrites `buffer` with zeros, in a way that the optimiser may not drop even when nothing reads it afterwards.
public func wipe(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let address = buffer.baseAddress else { return }
    explicit_bzero(address, buffer.count)
}

/// Overwrites the bytes of `bytes` with zeros and empties it.
///
/// Keep the array to yourself until then: a copy made earlier shares its storage, so the wipe would hit a fresh copy
/// and leave the bytes where they were.
public func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { wipe($0) }
    bytes = []
}

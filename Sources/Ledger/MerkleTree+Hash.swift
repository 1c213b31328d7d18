public import Wire

extension MerkleTree {
    /// SHA-256 of 0x00 and the record: what stands for a record in the tree.
    public static func leafHash(of record: [UInt8]) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: record.count + 1, alignment: 16) { buffer in
            buffer[0] = 0x00
            UnsafeMutableRawBufferPointer(rebasing: buffer[1...]).copyBytes(from: record)
            return Digest.sha256(of: UnsafeRawBufferPointer(buffer))
        }
    }

    /// SHA-256 of 0x01 and both children. The different first byte keeps a node from being passed off as a record.
    static func nodeHash(_ left: Digest, _ right: Digest) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Digest.byteCount, alignment: 16) { buffer in
            buffer[0] = 0x01
            write(left, to: UnsafeMutableRawBufferPointer(rebasing: buffer[1..<33]))
            write(right, to: UnsafeMutableRawBufferPointer(rebasing: buffer[33...]))
            return Digest.sha256(of: UnsafeRawBufferPointer(buffer))
        }
    }

    private static func write(_ digest: Digest, to buffer: UnsafeMutableRawBufferPointer) {
        digest.withUnsafeBytes { buffer.copyMemory(from: $0) }
    }
}

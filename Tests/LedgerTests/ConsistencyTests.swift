import Ledger
import Testing
import Wire

struct ConsistencyTests {
    private static let leaves = (0..<300).map { MerkleTree.leafHash(of: Array("record \($0)".utf8)) }
    private let key: LedgerSigningKey

    init() throws {
        key = try LedgerSigningKey(name: SampleLedger.origin, seed: [UInt8](repeating: 7, count: 32))
    }

    private func root(_ size: Int, forkedAt fork: Int? = nil) -> Digest {
        var tree = MerkleTree()
        for (index, leaf) in Self.leaves[..<size].enumerated() {
            tree.append(leafHash: index == fork ? Self.leaves[299] : leaf)
        }
        return tree.root
    }

    private func proof(_ old: Int, _ size: Int) -> [Digest] {
        MerkleProof.consistency(from: Int64(old), to: Int64(size)).map { range in
            var tree = MerkleTree()
            for leaf in Self.leaves[Int(range.lowerBound)..<Int(range.upperBound)] { tree.append(leafHash: leaf) }
            return tree.root
        }
    }

    private func verifies(_ old: Int, _ oldRoot: Digest, _ size: Int, _ root: Digest, _ proof: [Digest]) -> Bool {
        MerkleTree.verifies(consistencyFrom: Int64(old), root: oldRoot, to: Int64(size), root: root, proof)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 11, 64, 65, 127, 128, 129, 290])
    func `every tree is shown to begin with each of its beginnings, and with nothing else`(size: Int) {
        let root = root(size)
        for old in 0...size {
            let (before, proof) = (self.root(old), proof(old, size))
            #expect(verifies(old, before, size, root, proof))
            #expect(!verifies(old, before, size, root, proof + [root]))
            #expect(!verifies(size + 1, before, size, root, proof))
            if !proof.isEmpty { #expect(!verifies(old, before, size, root, proof.dropLast())) }
            if old > 0 { #expect(!verifies(old, self.root(old, forkedAt: old - 1), size, root, proof)) }
            if old > 0, old < size { #expect(!verifies(old - 1, self.root(old - 1), size, root, proof)) }
            if old > 0, old < size { #expect(!verifies(old, before, size, self.root(size, forkedAt: 0), proof)) }
        }
    }

    @Test func `a proof comes back from its text`() throws {
        let note = try Checkpoint(origin: SampleLedger.origin, size: 7, root: root(7)).signed(by: key).description
        let made = ConsistencyProof(old: 3, hashes: proof(3, 7), checkpoint: note)
        #expect(made.text.hasPrefix("old 3\n"))
        let read = try ConsistencyProof(text: made.text)
        #expect(read == made)
        try read.verify(oldRoot: root(3), origin: SampleLedger.origin, key: key.key)
        for broken in [
            "", "old 3", "old -1\n\n\(note)", "old 03\n\n\(note)", "new 3\n\n\(note)", "old 3\nAAAA\n\n\(note)",
        ] {
            #expect(code { () throws(LedgerError) in try ConsistencyProof(text: broken) } == .badProof)
        }
    }

    @Test func `a fork, a log that was cut back and another key are found`() throws {
        let note = try Checkpoint(origin: SampleLedger.origin, size: 7, root: root(7)).signed(by: key).description
        let good = ConsistencyProof(old: 3, hashes: proof(3, 7), checkpoint: note)
        func found(_ proof: ConsistencyProof, _ old: Digest) -> LedgerError.Code? {
            code { () throws(LedgerError) in try proof.verify(oldRoot: old, origin: SampleLedger.origin, key: key.key) }
        }
        #expect(found(good, root(3)) == nil)
        #expect(found(good, root(3, forkedAt: 1)) == .badProof)
        #expect(found(ConsistencyProof(old: 8, hashes: [], checkpoint: note), root(8)) == .badProof)
        let other = try LedgerSigningKey(name: SampleLedger.origin, seed: [UInt8](repeating: 8, count: 32))
        let forged = try Checkpoint(origin: SampleLedger.origin, size: 7, root: root(7)).signed(by: other).description
        #expect(found(ConsistencyProof(old: 3, hashes: proof(3, 7), checkpoint: forged), root(3)) == .badSignature)
    }
}

import Ledger
import Testing
import Wire

struct MerkleProofTests {
    private static let leaves = (0..<300).map { MerkleTree.leafHash(of: Array("record \($0)".utf8)) }

    private func root(_ size: Int) -> Digest {
        var tree = MerkleTree()
        for leaf in Self.leaves[..<size] { tree.append(leafHash: leaf) }
        return tree.root
    }

    /// The hash of a range, by the definition alone.
    private func hash(_ range: Range<Int64>) -> Digest {
        var tree = MerkleTree()
        for leaf in Self.leaves[Int(range.lowerBound)..<Int(range.upperBound)] { tree.append(leafHash: leaf) }
        return tree.root
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 11, 64, 65, 127, 128, 129, 300])
    func `each leaf is shown to be where it is, and nowhere else`(size: Int) {
        let root = root(size)
        for index in 0..<size {
            let proof = MerkleProof.inclusion(of: Int64(index), in: Int64(size)).map(hash)
            func verifies(_ leaf: Digest, at index: Int, in size: Int, _ proof: [Digest]) -> Bool {
                MerkleTree.verifies(inclusionOf: leaf, at: Int64(index), in: Int64(size), root: root, proof)
            }
            let leaf = Self.leaves[index]
            #expect(verifies(leaf, at: index, in: size, proof))
            #expect(!verifies(Self.leaves[(index + 1) % 300], at: index, in: size, proof))
            #expect(!verifies(leaf, at: index, in: size, proof + [root]))
            if !proof.isEmpty { #expect(!verifies(leaf, at: index, in: size, proof.dropLast())) }
            if size > 1 { #expect(!verifies(leaf, at: (index + 1) % size, in: size, proof)) }
        }
        #expect(MerkleProof.inclusion(of: Int64(size), in: Int64(size)).isEmpty)
    }

    @Test func `a range is made of perfect subtrees, and their hashes make its root`() {
        for size in 1...130 {
            for index in 0..<size {
                for range in MerkleProof.inclusion(of: Int64(index), in: Int64(size)) {
                    let cover = MerkleProof.cover(range)
                    #expect(cover.map { Int64(1) << $0.level }.reduce(0, +) == Int64(range.count))
                    let hashes = cover.map { subtree in
                        hash((subtree.index << subtree.level)..<((subtree.index + 1) << subtree.level))
                    }
                    #expect(MerkleTree.root(ofSubtrees: hashes) == hash(range))
                }
            }
        }
    }

    @Test func `equal parts make a perfect subtree`() {
        for count in [1, 2, 4, 64, 256] {
            #expect(MerkleTree.root(ofEqualParts: Array(Self.leaves[..<count])) == root(count))
        }
    }

    @Test func `the hashes of a consistency proof are those of RFC 6962`() {
        // The example of RFC 6962 §2.1.3: PROOF(3, D[7]), PROOF(4, D[7]) and PROOF(6, D[7]).
        #expect(MerkleProof.consistency(from: 3, to: 7) == [2..<3, 3..<4, 0..<2, 4..<7])
        #expect(MerkleProof.consistency(from: 4, to: 7) == [4..<7])
        #expect(MerkleProof.consistency(from: 6, to: 7) == [4..<6, 6..<7, 0..<4])
        #expect(MerkleProof.consistency(from: 7, to: 7).isEmpty)
        #expect(MerkleProof.consistency(from: 0, to: 7).isEmpty)
    }
}

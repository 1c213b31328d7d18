import Ledger
import Testing
import Wire

@Suite struct MerkleTreeTests {
    /// The leaves and roots that Certificate Transparency's own tests use.
    private static let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test func `the roots over none to eight leaves are the known ones`() throws {
        var tree = MerkleTree()
        #expect(tree.root.hex == Self.roots[0])
        for (leaf, root) in zip(Self.leaves, Self.roots.dropFirst()) {
            tree.append(leafHash: MerkleTree.leafHash(of: try #require(Hex.decode(leaf))))
            #expect(tree.root.hex == root)
        }
    }

    @Test func `the edge gives the same roots as the definition`() {
        var tree = MerkleTree()
        var hashes: [Digest] = []
        for number in 0..<200 {
            let hash = MerkleTree.leafHash(of: Array("leaf \(number)".utf8))
            tree.append(leafHash: hash)
            hashes.append(hash)
            #expect(tree.root == Self.definition(hashes[...]))
            #expect(tree.edge.count == tree.size.nonzeroBitCount)
        }
    }

    @Test func `a tree comes back from its bytes and goes on as before`() throws {
        var tree = MerkleTree()
        for number in 0..<70 {
            var back = try #require(MerkleTree(size: tree.size, edgeBytes: tree.edgeBytes))
            #expect(back == tree)
            let hash = MerkleTree.leafHash(of: [UInt8(number)])
            tree.append(leafHash: hash)
            back.append(leafHash: hash)
            #expect(back.root == tree.root)
        }
    }

    @Test func `an edge that does not go with the size is refused`() {
        var tree = MerkleTree()
        for number in 0..<7 { tree.append(leafHash: MerkleTree.leafHash(of: [UInt8(number)])) }
        #expect(MerkleTree(size: 8, edge: tree.edge) == nil)
        #expect(MerkleTree(size: -1, edge: tree.edge) == nil)
        #expect(MerkleTree(size: 0, edge: []) == MerkleTree())
        #expect(MerkleTree(size: 7, edgeBytes: tree.edgeBytes + [0]) == nil)
        #expect(MerkleTree(size: 7, edgeBytes: Array(tree.edgeBytes.dropLast())) == nil)
    }

    /// RFC 6962 §2.1 to the letter.
    private static func definition(_ hashes: ArraySlice<Digest>) -> Digest {
        guard hashes.count > 1, let first = hashes.first else { return hashes.first ?? Digest.sha256(of: []) }
        var half = 1
        while half * 2 < hashes.count { half *= 2 }
        let left = definition(hashes[..<(hashes.startIndex + half)])
        let right = definition(hashes[(hashes.startIndex + half)...])
        return first == hashes.last && hashes.count == 1 ? first : Digest.sha256(of: [1] + left.bytes + right.bytes)
    }
}

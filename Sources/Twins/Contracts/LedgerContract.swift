import Authority
public import Gate
import Ledger
import Wire

/// Checks the promises of `LedgerStore`, and that what was appended verifies.
public func checkLedgerStore(_ makeStore: () async throws -> any Commits & LedgerStore) async throws {
    let store = try await makeStore()
    let (acme, other) = (TreeID.organization(Sample.acme), TreeID.organization(Sample.other))
    try expect(try await store.trees().isEmpty, "an empty store has no trees")
    try expect(
        try await store.head(of: acme) == TreeHead(size: 0, root: MerkleTree().root), "an empty tree has a head")

    try await store.commit(
        Transaction(leaves: [
            PlacedLeaf(try Sample.leaf(.epoch, ["started": "1"], at: 5), in: acme),
            PlacedLeaf(try Sample.leaf(.authority, ["change": "agent"], at: 5), in: other),
            PlacedLeaf(try Sample.leaf(.decision, ["call": "c1", "verdict": "permit"], at: 9), in: acme),
        ]))
    let middle = try await store.head(of: acme)
    try await checkSlots(try await makeStore())
    // Made before the one above, and committed after it.
    try await store.commit(
        Transaction(leaves: [PlacedLeaf(try Sample.leaf(.intent, ["call": "c1"], at: 7), in: acme)]))
    try await store.commit(
        Transaction(leaves: [PlacedLeaf(try Sample.leaf(.outcome, ["call": "c1"], at: 11), in: acme)]))
    try expect(try await store.trees() == [acme, other], "trees come by name")
    try expect(try await store.head(of: other).size == 1, "trees stay apart")

    let records = try await store.records(of: acme, from: 0, limit: 100)
    try expect(records.map(\.index) == [0, 1, 2, 3], "records come in their order")
    let times = try records.map { try Leaf.decode($0.bytes).time - Sample.time(0).microseconds }
    try expect(times == [5_000_000, 9_000_000, 9_000_000, 11_000_000], "time never runs back, nor does it stand still")
    try expect(
        try await store.records(of: acme, from: 1, limit: 2).map(\.index) == [1, 2], "a page is what was asked for")
    try expect(try await store.records(of: acme, from: 4, limit: 2).isEmpty, "behind the end there is nothing")

    let keys = LedgerKeys(name: "store.test", seed: [UInt8](repeating: 3, count: 32))
    let checkpoints = try [middle, try await store.head(of: acme)].map { head in
        try Checkpoint(origin: keys.origin(of: acme), size: head.size, root: head.root)
            .signed(by: keys.key(of: acme)).description
    }
    try await store.keep(checkpoint: checkpoints[1], size: 4, of: acme)
    try await store.keep(checkpoint: checkpoints[0], size: 2, of: acme)
    try await store.keep(checkpoint: "another", size: 2, of: acme)
    try expect(
        try await store.checkpoints(of: acme) == checkpoints, "checkpoints come by size, and the first one stays")
    try expect(
        try await store.latestCheckpoints(of: acme, limit: 1) == [checkpoints[1]],
        "the largest comes first from the end")
    try expect(try await store.checkpoints(of: other).isEmpty, "checkpoints of trees stay apart")
    try await verifyTree(acme, of: store, keys)
    try await verifyTree(other, of: store, keys)
    try await checkProofs(of: acme, in: store)
}

private func checkSlots(_ store: any Commits & LedgerStore) async throws {
    let tree = TreeID.organization(Sample.acme)
    let slots = [LeafSlot(), LeafSlot()]
    var transaction = Transaction(leaves: [
        PlacedLeaf(try Sample.leaf(at: 1), in: .system), PlacedLeaf(try Sample.leaf(at: 1), in: tree),
        PlacedLeaf(try Sample.leaf(at: 2), in: tree),
    ])
    for (index, slot) in slots.enumerated() { transaction.leaves[index + 1].slot = slot }
    try await store.commit(Transaction(leaves: [PlacedLeaf(try Sample.leaf(at: 0), in: tree)]))
    try await store.commit(transaction)
    let records = try await store.records(of: tree, from: 1, limit: 9)
    try expect(
        slots.map(\.place) == records.map { LeafPlace(tree: tree, index: $0.index, hash: $0.hash) },
        "who asks is told where each leaf went")
}

private func checkProofs(of tree: TreeID, in store: any Commits & LedgerStore) async throws {
    for number in 0..<14 {
        let leaves = try (0..<50).map { part in
            let leaf = try Leaf(kind: .session, time: 1, fields: ["n": .number(JSONNumber(number * 50 + part))])
            return PlacedLeaf(leaf, in: tree)
        }
        try await store.commit(Transaction(leaves: leaves))
    }
    let size = try await store.head(of: tree).size
    let leaves = try await store.hashes(of: tree, level: 0, from: 0, count: Int(size))
    try expect(
        try await store.records(of: tree, from: 0, limit: Int(size)).map(\.hash) == leaves,
        "the lowest hashes are those of the records")
    try expect(
        try await store.hashes(of: tree, level: 8, from: 0, count: 9)
            == [0, 256].map { MerkleTree.root(ofEqualParts: Array(leaves[$0..<$0 + 256])) },
        "the inner nodes that are kept are there, and no others")
    let prover = LedgerProver(store: store)
    for end in [1, 256, 300, 512, size] {
        var merkle = MerkleTree()
        for leaf in leaves[..<Int(end)] { merkle.append(leafHash: leaf) }
        for old in [1, 2, 255, 256, 257, 300, 512, end] where old <= end {
            var before = MerkleTree()
            for leaf in leaves[..<Int(old)] { before.append(leafHash: leaf) }
            try expect(
                try await prover.root(of: tree, at: old) == before.root, "the root over \(old) is found again")
            try expect(
                MerkleTree.verifies(
                    consistencyFrom: old, root: before.root, to: end, root: merkle.root,
                    try await prover.consistency(of: tree, from: old, to: end)),
                "the first \(end) are shown to begin with the first \(old)")
        }
        for index in Set([0, 1, 255, 256, 511, end - 1]) where index < end {
            let proof = try await prover.inclusion(of: index, in: tree, at: end)
            try expect(
                MerkleTree.verifies(
                    inclusionOf: leaves[Int(index)], at: index, in: end, root: merkle.root, proof),
                "record \(index) is shown to be in the first \(end)")
        }
    }
}

/// Verifies a tree as it is stored: every record, every checkpoint, and the head.
///
/// - Throws: `ContractViolation` with the fault, if there is one.
public func verifyTree(_ tree: TreeID, of store: any LedgerStore, _ keys: LedgerKeys) async throws {
    while true {
        let head = try await store.head(of: tree)
        do {
            return try await verify(tree, of: store, keys, upTo: head)
        } catch let fault as LedgerFault {
            // Outcomes of reads come in up to a second later: what was read while one came is read again.
            guard try await store.head(of: tree) == head else { continue }
            throw ContractViolation(promise: "`\(tree.raw)` verifies: \(fault.message)")
        }
    }
}

private func verify(
    _ tree: TreeID, of store: any LedgerStore, _ keys: LedgerKeys, upTo head: TreeHead
) async throws {
    var verifier = LedgerVerifier(
        origin: keys.origin(of: tree), key: try keys.key(of: tree).key,
        checkpoints: try await store.checkpoints(of: tree))
    for start in stride(from: Int64(0), to: head.size, by: 500) {
        for record in try await store.records(of: tree, from: start, limit: 500) {
            try verifier.add(record: record.bytes, storedHash: record.hash)
        }
    }
    _ = try verifier.finish(head: (head.size, head.root))
}

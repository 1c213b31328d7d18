import Authority
import Crypto
import Foundation
import Gate
import Ledger
import Storage
import Wire

extension Bench {
    static let fields: JSONObject = [
        "call": "call_0123456789abcdef0123456789abcd", "agent": "onboarding", "requester": "person:alice",
        "tool": "notion.get_page", "effect": "read", "verdict": "permit",
        "arguments": ["payload": "call/arguments", "hmac": .string(String(repeating: "a", count: 64))],
    ]

    static func ledgerRows() async throws -> [JSON] {
        let count = 300_000
        let calls = try (0..<count / 3).map { number in
            var fields = fields
            fields["call"] = .string("call_0123456789abcdef" + String(number + 1 << 32, radix: 16))
            return try [LeafKind.decision, .intent, .outcome].map { try Leaf(kind: $0, time: 1, fields: fields) }
        }
        var records: [LedgerVerifier.StoredRecord] = []
        records.reserveCapacity(count)
        var tree = MerkleTree()
        var previous = Digest.none
        let start = ContinuousClock.now
        for leaf in calls.joined() {
            let record = leaf.bytes(at: tree.size, previous: previous, notBefore: 0)
            previous = MerkleTree.leafHash(of: record)
            tree.append(leafHash: previous)
            records.append(LedgerVerifier.StoredRecord(record, hash: previous))
        }
        let append = Double(count) / (ContinuousClock.now - start).seconds
        let key = try LedgerSigningKey(name: "bench", privateKey: Curve25519.Signing.PrivateKey())
        let checkpoint = try Checkpoint(origin: "bench", size: tree.size, root: tree.root).signed(by: key).description
        let receipt = Receipt(
            origin: "bench", time: 1, leaves: (0..<3).map { Receipt.Leaf(index: $0, hash: previous) })
        let signing = try seconds {
            for _ in 0..<1000 { _ = try receipt.signed(by: key).description }
        }
        var verifier = LedgerVerifier(origin: "bench", key: key.key, checkpoints: [checkpoint])
        let verifyStart = ContinuousClock.now
        for start in stride(from: 0, to: count, by: LedgerVerifier.batchSize) {
            try await verifier.add(Array(records[start..<min(start + LedgerVerifier.batchSize, count)]))
        }
        _ = try verifier.finish(head: (tree.size, tree.root))
        let verify = Double(count) / (ContinuousClock.now - verifyStart).seconds
        return [
            row("ledger append, in memory", append, "leaves/s"),
            row("ledger verify", verify, "leaves/s", budget: 1_000_000),
            row("receipt of three leaves, signed", signing * 1000, "us"),
        ]
    }

    static func transaction(_ id: String) throws -> Transaction {
        let tree = TreeID.organization(OrganizationID("acme"))
        let open = OpenCall(
            id: CallID(id), organization: OrganizationID("acme"), agent: AgentID("a"), requester: "person:alice",
            tool: "notion.get_page", effect: .read, identity: nil, state: .open, opened: Timestamp(microseconds: 1))
        return Transaction(
            changes: [
                GateChange.open(open),
                GateChange.keep(
                    Payload(
                        id: id, digestKey: [UInt8](repeating: 1, count: 32), sealed: [UInt8](repeating: 2, count: 200))),
            ],
            leaves: [
                PlacedLeaf(try Leaf(kind: .authority, time: 1, fields: fields), in: tree),
                PlacedLeaf(try Leaf(kind: .authority, time: 1, fields: fields), in: tree),
            ])
    }
}

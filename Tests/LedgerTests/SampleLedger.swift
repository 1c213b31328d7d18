import Ledger
import Testing
import Wire

/// A ledger as a store would hold it, and the ways to tamper with it.
struct SampleLedger {
    static let origin = "acme.example/ledger"

    let key: LedgerSigningKey
    var records: [[UInt8]] = []
    var hashes: [Digest?] = []
    var checkpoints: [String] = []
    var head: (size: Int64, root: Digest)?
    private(set) var tree = MerkleTree()

    init(key: LedgerSigningKey) {
        self.key = key
    }

    /// Nine records: two finished calls, a refusal, an open intent, checkpoints over three and six, a head over nine.
    static func small() throws -> SampleLedger {
        var ledger = SampleLedger(key: try LedgerSigningKey(name: origin, seed: [UInt8](repeating: 7, count: 32)))
        try ledger.append(.epoch, ["gateway": "g1"])
        try ledger.append(.authority, ["change": "agent added", "agent": "onboarding"])
        try ledger.append(.decision, ["call": "c1", "verdict": "permit"])
        try ledger.sign()
        try ledger.append(.intent, ["call": "c1"])
        try ledger.append(.outcome, ["call": "c1", "state": "done"])
        try ledger.append(.decision, ["call": "c2", "verdict": "deny", "why": "not \"yours\" \u{e9}"])
        try ledger.sign()
        try ledger.append(.decision, ["call": "c3", "verdict": "permit"])
        try ledger.append(.intent, ["call": "c3"])
        try ledger.append(.session, [:])
        return ledger
    }

    mutating func append(_ kind: LeafKind, _ fields: JSONObject, time: Int64? = nil) throws {
        let leaf = try Leaf(kind: kind, time: time ?? 1_800_000_000_000_000 + tree.size, fields: fields)
        append(leaf.bytes(at: tree.size, previous: (hashes.last ?? nil) ?? .none, notBefore: 0))
    }

    mutating func append(_ record: [UInt8]) {
        let hash = MerkleTree.leafHash(of: record)
        records.append(record)
        hashes.append(hash)
        tree.append(leafHash: hash)
        head = (tree.size, tree.root)
    }

    mutating func sign() throws {
        checkpoints.append(try checkpoint().signed(by: key).description)
    }

    func checkpoint() -> Checkpoint {
        Checkpoint(origin: Self.origin, size: tree.size, root: tree.root)
    }

    /// How many records the last checkpoint at or below `position` covers.
    static func signed(before position: Int) -> Int64 {
        position >= 6 ? 6 : position >= 3 ? 3 : 0
    }

    func withoutHashes() -> SampleLedger {
        var copy = self
        copy.hashes = [Digest?](repeating: nil, count: hashes.count)
        return copy
    }

    func verify() throws(LedgerFault) -> LedgerReport {
        var verifier = LedgerVerifier(origin: Self.origin, key: key.key, checkpoints: checkpoints)
        for (record, hash) in zip(records, hashes) {
            try verifier.add(record: record, storedHash: hash)
        }
        return try verifier.finish(head: head)
    }

    /// The fault that verifying finds; nil if it finds none.
    var fault: LedgerFault? {
        do throws(LedgerFault) {
            _ = try verify()
            return nil
        } catch {
            return error
        }
    }
}

/// The code of the error that `body` throws; nil if it throws none.
func code<Result>(of body: () throws(LedgerError) -> Result) -> LedgerError.Code? {
    do throws(LedgerError) {
        _ = try body()
        return nil
    } catch {
        return error.code
    }
}

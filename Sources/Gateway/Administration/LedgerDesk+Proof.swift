import Gate
import Ledger
import Wire

extension LedgerDesk {
    /// The record `index` of a tree with a proof that it is in it, under the first checkpoint that covers it.
    func proof(in name: String, _ query: [String: String]) async throws -> JSON {
        let tree = try await tree(name)
        let size = try await store.head(of: tree).size
        guard let index = query["index"].flatMap({ Int64($0) }), index >= 0, index < size,
            let record = try await store.records(of: tree, from: index, limit: 1).first
        else {
            throw LedgerDeskError(
                status: 404, code: "unknown", message: "there is no record \(query["index"] ?? "")",
                hint: "`\(name)` has \(size) records, counted from 0")
        }
        let key = try keys.key(of: tree).key
        for note in try await store.checkpoints(of: tree) {
            let checkpoint = try Checkpoint(note, origin: keys.origin(of: tree), key: key)
            guard checkpoint.size > index else { continue }
            let hashes = try await LedgerProver(store: store).inclusion(of: index, in: tree, at: checkpoint.size)
            let proof = InclusionProof(index: index, hashes: hashes, checkpoint: note)
            // A store that was tampered with gives no proof, rather than one that doesn't hold.
            try proof.verify(record.bytes, origin: keys.origin(of: tree), key: key)
            return [
                "tree": .string(name), "origin": .string(keys.origin(of: tree)), "key": .string(key.description),
                "index": .number(JSONNumber(index)), "record": .string(String(decoding: record.bytes, as: UTF8.self)),
                "proof": .string(proof.text),
            ]
        }
        throw LedgerDeskError(
            status: 409, code: "unsigned", message: "record \(index) isn't under a checkpoint yet",
            hint: "a running gateway signs each second: try again")
    }

    func checkpoints(of name: String) async throws -> JSON {
        let tree = try await tree(name)
        return [
            "tree": .string(name), "key": .string(try keys.key(of: tree).key.description),
            "checkpoints": .array(try await store.checkpoints(of: tree).map { .string($0) }),
        ]
    }
}

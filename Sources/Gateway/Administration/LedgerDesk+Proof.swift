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
        for note in try await store.checkpoints(of: tree) where covered(by: note) > index {
            let checkpoint = try Checkpoint(note, origin: keys.origin(of: tree), key: key)
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

    /// What a checkpoint says that it covers, before its signature is looked at: there may be very many.
    private func covered(by note: String) -> Int64 {
        let lines = note.utf8.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
        return lines.count > 1 ? Int64(String(decoding: lines[1], as: UTF8.self)) ?? -1 : -1
    }

    /// A proof that the tree under its newest checkpoint, or the one over `to` records, begins with its first `from`
    /// records.
    func growth(of name: String, _ query: [String: String]) async throws -> JSON {
        let tree = try await tree(name)
        let (origin, key) = (keys.origin(of: tree), try keys.key(of: tree).key)
        let newest = try await store.latestCheckpoints(of: tree, limit: 1)
        let wanted = query["to"].flatMap { Int64($0) }
        let notes = wanted == nil ? newest : try await store.checkpoints(of: tree)
        var found: (note: String, checkpoint: Checkpoint)?
        for note in notes.reversed() where wanted == nil || covered(by: note) == wanted {
            let checkpoint = try Checkpoint(note, origin: origin, key: key)
            if wanted == nil || checkpoint.size == wanted { found = (note, checkpoint) }
            if found != nil { break }
        }
        guard let (note, checkpoint) = found else {
            throw LedgerDeskError(
                status: 404, code: "unknown",
                message: wanted.map { "no checkpoint of `\(name)` is over \($0) records" }
                    ?? "`\(name)` isn't signed yet",
                hint: "leave `--size` out to have the newest")
        }
        guard let old = query["from"].flatMap({ Int64($0) }), old >= 0, old <= checkpoint.size else {
            throw LedgerDeskError(
                status: 404, code: "unknown", message: "the checkpoint doesn't cover \(query["from"] ?? "") records",
                hint: "it covers \(checkpoint.size)")
        }
        let prover = LedgerProver(store: store)
        let proof = ConsistencyProof(
            old: old, hashes: try await prover.consistency(of: tree, from: old, to: checkpoint.size), checkpoint: note)
        // A store that was tampered with gives no proof, rather than one that doesn't hold.
        try proof.verify(oldRoot: try await prover.root(of: tree, at: old), origin: origin, key: key)
        return [
            "tree": .string(name), "origin": .string(origin), "key": .string(key.description),
            "from": .number(JSONNumber(old)), "to": .number(JSONNumber(checkpoint.size)), "proof": .string(proof.text),
        ]
    }

    func checkpoints(of name: String) async throws -> JSON {
        let tree = try await tree(name)
        return [
            "tree": .string(name), "key": .string(try keys.key(of: tree).key.description),
            "checkpoints": .array(try await store.checkpoints(of: tree).map { .string($0) }),
        ]
    }
}

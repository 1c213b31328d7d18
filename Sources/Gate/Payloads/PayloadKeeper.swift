public import Wire

/// Makes the two halves of a payload: the sealed row beside the tree, and the keyed digest inside it.
public struct PayloadKeeper: Sendable {
    let sealing: any PayloadSealing
    let store: any Payloads

    public init(sealing: any PayloadSealing, store: any Payloads) {
        self.sealing = sealing
        self.store = store
    }

    /// The change that keeps words which no leaf commits to.
    public func kept(_ value: JSON, id: String) throws -> GateChange { .keep(try keep(value, id: id).row) }

    /// The change that keeps words, and the keyed digest by which a leaf commits to them.
    public func committed(_ value: JSON, id: String) throws -> (change: GateChange, digest: JSON) {
        let kept = try keep(value, id: id)
        return (.keep(kept.row), kept.digest.json)
    }

    func keep(_ value: JSON, id: String) throws -> (row: Payload, digest: KeyedDigest) {
        let bytes = value.bytes()
        let key = randomBytes(32)
        let row = Payload(id: id, digestKey: key, sealed: try sealing.seal(bytes, id: id))
        return (row, KeyedDigest(of: bytes, key: key, payload: id))
    }

    /// With the key of its digest. Nil when it was never kept, or erased.
    func read(_ id: String) async throws -> ReadPayload? {
        guard let row = try await store.payload(id) else { return nil }
        let text = String(decoding: try sealing.open(row.sealed, id: id), as: UTF8.self)
        return ReadPayload(id: id, key: row.digestKey, text: text)
    }

    /// Nil when it was never kept, or erased.
    public func open(_ id: String) async throws -> JSON? {
        guard let row = try await store.payload(id) else { return nil }
        return try JSON.parse(try sealing.open(row.sealed, id: id), limits: .payload)
    }
}

extension JSONLimits {
    /// For what this home kept itself.
    fileprivate static let payload = JSONLimits(bytes: 64 << 20, depth: 128, members: 4_000_000)
}

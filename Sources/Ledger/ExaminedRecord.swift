import Wire

/// What a record shows by itself, without the ones around it.
struct ExaminedRecord: Sendable {
    /// The parts that the order of records depends on.
    struct Head: Sendable, Equatable {
        let index: Int64
        let previous: Digest
        let kind: LeafKind
        let time: Int64
        /// The field `call` of a decision, intent or outcome, if it is a text.
        let call: String?
        /// Whether the field `verdict` is `permit`.
        let isPermit: Bool
        /// What a heartbeat says; nil for every other kind.
        var heartbeat: Heartbeat?
    }

    let leafHash: Digest
    let storedHash: Digest?
    let head: Result<Head, LedgerError>

    init(_ record: LedgerVerifier.StoredRecord) {
        leafHash = MerkleTree.leafHash(of: record.bytes)
        storedHash = record.hash
        if let plain = PlainRecord.head(of: record.bytes) {
            head = .success(plain)
            return
        }
        do throws(LedgerError) {
            let read = try Leaf.decode(record.bytes)
            let heartbeat = read.kind == .heartbeat ? Heartbeat(fields: read.fields) : nil
            guard read.kind != .heartbeat || heartbeat != nil else {
                throw LedgerError(.badRecord, "a heartbeat doesn't say what heartbeats say")
            }
            head = .success(
                Head(
                    index: read.index, previous: read.previous, kind: read.kind, time: read.time,
                    call: read.kind.isOfCall ? read.fields["call"]?.stringValue : nil,
                    isPermit: read.fields["verdict"] == "permit",
                    heartbeat: heartbeat))
        } catch {
            head = .failure(error)
        }
    }
}

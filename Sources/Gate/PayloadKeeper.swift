import Wire

/// Makes the two halves of a payload: the sealed row beside the tree, and the keyed digest inside it.
struct PayloadKeeper: Sendable {
    let sealing: any PayloadSealing

    func keep(_ value: JSON, id: String) throws -> (row: Payload, digest: KeyedDigest) {
        let bytes = value.bytes()
        let key = randomBytes(32)
        let row = Payload(id: id, digestKey: key, sealed: try sealing.seal(bytes, id: id))
        return (row, KeyedDigest(of: bytes, key: key, payload: id))
    }
}

import Gate

/// Seals as the product does, and can fail.
struct SimulatedSealing: PayloadSealing {
    let universe: Universe
    let life: Life
    let inner: any PayloadSealing

    struct Unsealed: Error {}

    func seal(_ payload: [UInt8], id: String) throws -> [UInt8] {
        if try universe.arriveAtOnce(at: .sealing, in: life) == .error { throw Unsealed() }
        return try inner.seal(payload, id: id)
    }

    func open(_ sealed: [UInt8], id: String) throws -> [UInt8] { try inner.open(sealed, id: id) }
}

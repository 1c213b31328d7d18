import Synchronization

// What somebody else wrote into the key file.
extension KeyRing {
    /// Whether the key file was written by somebody else, or another key seals the database that `canary` was read from.
    public func isBehind(_ canary: [UInt8]) -> Bool {
        let (path, written) = held.withLock { ($0.keeper.path, $0.written) }
        return path.map { KeyFile.written($0) != written || RecordHeader(canary)?.keyID != activeKey } ?? false
    }

    /// Takes over what somebody put into the key file, if it belongs to the database that `canary` was read from. Not while
    /// the ring is changed. Blocks.
    ///
    /// - Returns: whether anything changed.
    /// - Throws: what ``init(file:asking:)`` and ``checkCanary(_:)`` throw; the ring stays as it was then.
    public func follow(_ canary: [UInt8]) throws(VaultError) -> Bool {
        let (keeper, known) = held.withLock { ($0.keeper, $0.keys) }
        guard let path = keeper.path, isBehind(canary) else { return false }
        let ring = try KeyRing(try Self.keys(keeper, path), place: path, keeper: keeper)
        try ring.checkCanary(canary)
        guard ring.keyStates.map(\.id) != known.map(\.id) || ring.activeKey != activeKey else {
            held.withLock { $0.written = ring.held.withLock(\.written) }
            return false
        }
        let fresh = ring.held.withLock { $0 }
        held.withLock { held in
            (held.keys, held.active, held.written) = (fresh.keys, fresh.active, fresh.written)
        }
        return true
    }

    /// Shows that the key file still holds these keys and that its source still opens it. Blocks.
    public func check() throws(VaultError) {
        let (keeper, ids) = held.withLock { ($0.keeper, $0.keys.map(\.id)) }
        guard let path = keeper.path else { return }
        guard try Self.keys(keeper, path).map(\.id) == ids else {
            throw VaultError(
                .keyFileInvalid, "`\(path)` was changed since this process read it", hint: "start the gateway again")
        }
    }
}

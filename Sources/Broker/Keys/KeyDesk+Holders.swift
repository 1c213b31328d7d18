import Vault
import Wire

extension KeyDesk {
    /// Makes a key that opens everywhere before it seals anywhere.
    ///
    /// - Returns: its id.
    public func add(by: String) async throws(BrokerError) -> String {
        try await alone { () async throws(BrokerError) in
            let new = try await vault { [keys] () throws(VaultError) in try keys.add() }
            try await record(["change": "keys.added", "by": .string(by), "key": .string("\(new)")])
            try await tellHolders()
            return "\(new)"
        }
    }

    /// - Throws: when a living gateway doesn't have the key that is to seal: what it sealed couldn't be opened there.
    func checkHolders() async throws(BrokerError) {
        guard let holders else { return }
        let others = try await read { try await holders.otherHolders() }
        guard !others.isEmpty else { return }
        guard let waiting = keys.waiting else {
            throw BrokerError(
                .refused, "other gateways serve this database: \(KeyDesk.names(others))",
                hint: "make the key with `deputy keys add`, copy the key file to each of them, and then rotate")
        }
        let lacking = others.filter { !$0.keys.contains("\(waiting)") }
        guard lacking.isEmpty else {
            throw BrokerError(
                .refused, "the key `\(waiting)` isn't at every gateway: \(KeyDesk.names(lacking))",
                hint: "copy the key file there; it is taken up within seconds")
        }
    }

    private static func names(_ holders: [KeyHolder]) -> String {
        holders.map { "`\($0.name)`" }.sorted().joined(separator: ", ")
    }

    func tellHolders() async throws(BrokerError) {
        guard let holders else { return }
        let ids = keys.keyStates.map { "\($0.id)" }
        try await read { try await holders.tell(keys: ids) }
    }

    /// Takes over what was put into the key file, tells the other gateways, and seals with what the home is sealed with.
    ///
    /// - Parameter canary: as the store has it now.
    /// - Throws: `VaultError` for a file that can't be taken over, and `BrokerError`.
    public func follow(_ canary: [UInt8]) async throws {
        if keys.isBehind(canary), turn.take() {
            defer { turn.release() }
            let (keys, active) = (keys, SealedRow(kind: .value, id: SealedValue.canary.rawValue, bytes: canary).key)
            try await onOwnThread { () throws(VaultError) in
                _ = try keys.follow(canary)
                if let id = keys.keyStates.first(where: { $0.id.bytes == active })?.id { try keys.activate(id) }
            }
        }
        try await tellHolders()
    }
}

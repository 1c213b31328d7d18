import Authority
public import Gate
import Ledger
public import Vault
import Wire

/// Changes the keys of a home while it is in use. Calls go on meanwhile: what is sealed by an older key opens as before.
///
/// A change that was interrupted is taken up by ``reseal(by:)``: each row says which key seals it.
public struct KeyDesk: Sendable {
    let rows: any SealedRows
    let commits: any Commits
    let keys: KeyRing
    let world: World
    let holders: (any KeyHolders)?
    /// For sealing anew what isn't bound to all of its place; nil where that is left to whoever writes it next.
    let connections: (any ConnectionStore & TokenSetStore)?
    let turn = Turn()

    /// - Parameter holders: nil where one gateway is alone with its store.
    public init(
        rows: any SealedRows, commits: any Commits, keys: KeyRing, holders: (any KeyHolders)? = nil,
        connections: (any ConnectionStore & TokenSetStore)? = nil, world: World
    ) {
        self.connections = connections
        self.rows = rows
        self.holders = holders
        self.commits = commits
        self.keys = keys
        self.world = world
    }

    /// What a client was given to bring back (`RequestState`) is sealed for fifteen minutes, and no row shows it; so long a
    /// key that was changed isn't retired.
    static let settling = Duration.seconds(900)

    public func list() async throws(BrokerError) -> [KeyView] {
        let counts = try await read { try await rows.sealedCounts() }
        return keys.keyStates.map { KeyView(id: "\($0.id)", state: $0.state.rawValue, rows: counts[$0.id.bytes] ?? 0) }
    }

    /// Seals from now on with the key that waits, or with a new one, and seals anew what the older ones sealed.
    ///
    /// - Throws: where a living gateway doesn't have the key.
    public func rotate(by: String) async throws(BrokerError) -> Resealing {
        try await alone { () async throws(BrokerError) in
            try await checkHolders()
            let old = keys.activeKey
            try await record(["change": "keys.rotating", "by": .string(by), "from": .string("\(old)")])
            let new = try await vault { [keys] () throws(VaultError) in try keys.rotate() }
            world.reached(.keyRotated)
            do throws(BrokerError) {
                try await record([
                    "change": "keys.rotated", "by": .string(by), "from": .string("\(old)"), "to": .string("\(new)"),
                ])
            } catch {
                throw BrokerError(
                    .unavailable, "`\(new)` seals from now on, but the ledger can't be written",
                    hint: "when it can, go on with `deputy keys reseal`: another rotation isn't needed")
            }
            try await tellHolders()
            return try await resealAll(by)
        }
    }

    /// Seals with the active key what older ones sealed. Takes up a rotation that was interrupted.
    public func reseal(by: String) async throws(BrokerError) -> Resealing {
        try await alone { () async throws(BrokerError) in try await resealAll(by) }
    }

    /// Forgets a key that nothing in the store is sealed with any more.
    ///
    /// - Parameter name: the key's id.
    public func retire(_ name: String, by: String) async throws(BrokerError) {
        try await alone { () async throws(BrokerError) in
            guard let id = keys.keyStates.first(where: { "\($0.id)" == name })?.id else {
                throw BrokerError(.unknown, "no key of the ring is called `\(name)`", hint: "see `deputy keys list`")
            }
            guard id != keys.activeKey else {
                throw BrokerError(
                    .refused, "`\(id)` is the key that seals", hint: "make another with `deputy keys rotate` first")
            }
            if let since = keys.sinceChange, since < KeyDesk.settling {
                throw BrokerError(
                    .refused, "calls that began before the change of keys may still need `\(id)`",
                    hint: "try again in \((KeyDesk.settling - since).components.seconds / 60 + 1) minutes")
            }
            if let rows = try await read({ try await rows.sealedCounts() })[id.bytes] {
                throw BrokerError(
                    .refused, "\(rows) rows are still sealed with `\(id)`",
                    hint: "seal them anew with `deputy keys reseal`")
            }
            try await record(["change": "keys.retired", "by": .string(by), "key": .string("\(id)")])
            try await vault { [keys] () throws(VaultError) in try keys.retire(id) }
        }
    }

    /// Takes the keys to another source, or changes the passphrase. No secret is opened, and no row changes.
    ///
    /// - Parameter cost: log₂ of scrypt's N, for a passphrase.
    /// - Throws: `VaultError` of the source, and `BrokerError` of the ledger.
    public func move(
        to source: KeySource, cost: Int, asking asker: any KeyAsker, by: String
    ) async throws {
        try takeTurn()
        defer { turn.release() }
        let from = "\(keys.source ?? .file)"
        try await record([
            "change": "keys.moving", "by": .string(by), "from": .string(from), "to": .string("\(source)"),
        ])
        world.reached(.keysMoving)
        try await onOwnThread { [keys, world] () throws(VaultError) in
            try keys.move(
                to: source, cost: cost, asking: asker, ready: { world.reached(.keysReady) },
                replaced: { world.reached(.keysMoved) })
        }
        try await record([
            "change": "keys.moved", "by": .string(by), "from": .string(from), "to": .string("\(source)"),
        ])
    }

    /// Keeps the keys as they are while a backup is made, so that one of them opens all of it.
    public func unchanged<Value>(
        _ body: () async throws(BrokerError) -> Value
    ) async throws(BrokerError) -> Value { try await alone(body) }

    /// One change of keys at a time.
    func alone<Value>(
        _ body: () async throws(BrokerError) -> Value
    ) async throws(BrokerError) -> Value {
        try takeTurn()
        defer { turn.release() }
        return try await body()
    }

    private func takeTurn() throws(BrokerError) {
        guard turn.take() else {
            throw BrokerError(
                .refused, "the keys are being changed, or a backup is being made", hint: "try again when that is done")
        }
    }

    func read<Value>(_ body: () async throws -> Value) async throws(BrokerError) -> Value {
        do {
            return try await body()
        } catch {
            throw BrokerError(.unavailable, "the store can't be read", hint: "see `deputy doctor`")
        }
    }

    /// A source of keys may block as long as it likes, so not on the thread of a task.
    func vault<Value: Sendable>(
        _ body: @escaping @Sendable () throws(VaultError) -> Value
    ) async throws(BrokerError) -> Value {
        do throws(VaultError) {
            return try await onOwnThread(body)
        } catch {
            throw BrokerError(.unavailable, error.message, hint: error.hint)
        }
    }

    func record(_ fields: JSONObject) async throws(BrokerError) {
        do {
            let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
            try await commits.commit(Transaction(leaves: [PlacedLeaf(leaf, in: .system)]))
        } catch {
            throw BrokerError(.unavailable, "the ledger can't be written", hint: "see `deputy doctor`")
        }
    }
}

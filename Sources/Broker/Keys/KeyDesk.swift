import Authority
public import Gate
import Ledger
import Synchronization
public import Vault
import Wire

/// One key of the ring, and how much is sealed with it.
public struct KeyView: Sendable, Hashable {
    /// `k_` and 16 hex digits.
    public let id: String
    /// `active` or `decrypt-only`.
    public let state: String
    public let rows: Int
}

/// What sealing anew came to.
public struct Resealing: Sendable, Hashable {
    /// Rows that the active key seals now.
    public var rows = 0
    /// Rows that couldn't be opened.
    public var refused: [RefusedRow] = []

    public init() {}
}

/// A row that keeps its old seal, because that doesn't open.
public struct RefusedRow: Sendable, Hashable {
    /// Its kind and id.
    public let row: String
    public let code: String
    public let message: String
}

/// Changes the keys of a home while it is in use. Calls go on meanwhile: what is sealed by an older key opens as before.
///
/// A change that was interrupted is taken up by ``reseal(by:)``: each row says which key seals it.
public struct KeyDesk: Sendable {
    private let rows: any SealedRows
    private let commits: any Commits
    private let keys: KeyRing
    private let world: World
    private let isBusy = Flag()

    public init(rows: any SealedRows, commits: any Commits, keys: KeyRing, world: World) {
        self.rows = rows
        self.commits = commits
        self.keys = keys
        self.world = world
    }

    /// A key that stopped sealing may still be in the hands of a call that began before; so long it isn't retired.
    static let settling = Duration.seconds(60)
    private static let batch = 200

    public func list() async throws(BrokerError) -> [KeyView] {
        let counts = try await read { try await rows.sealedCounts() }
        return keys.keyStates.map { KeyView(id: "\($0.id)", state: $0.state.rawValue, rows: counts[$0.id.bytes] ?? 0) }
    }

    /// Makes a key, seals with it from now on, and seals anew what the older ones sealed.
    public func rotate(by: String) async throws(BrokerError) -> Resealing {
        try await alone { () async throws(BrokerError) in
            let old = keys.activeKey
            try await record(["change": "keys.rotating", "by": .string(by), "from": .string("\(old)")])
            let new = try vault { () throws(VaultError) in try keys.rotate() }
            world.reached(.keyRotated)
            try await record([
                "change": "keys.rotated", "by": .string(by), "from": .string("\(old)"), "to": .string("\(new)"),
            ])
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
                    .refused, "calls that began before the change of keys may still be writing with `\(id)`",
                    hint: "try again in \((KeyDesk.settling - since).components.seconds + 1) seconds")
            }
            if let rows = try await read({ try await rows.sealedCounts() })[id.bytes] {
                throw BrokerError(
                    .refused, "\(rows) rows are still sealed with `\(id)`",
                    hint: "seal them anew with `deputy keys reseal`")
            }
            try await record(["change": "keys.retired", "by": .string(by), "key": .string("\(id)")])
            try vault { () throws(VaultError) in try keys.retire(id) }
        }
    }

    private func resealAll(_ by: String) async throws(BrokerError) -> Resealing {
        var done = Resealing()
        for kind in SealedKind.allCases {
            var after = ""
            while true {
                let from = after
                let batch = try await read {
                    try await rows.sealedRows(kind, notBy: keys.activeKey.bytes, after: from, limit: KeyDesk.batch)
                }
                guard let last = batch.last else { break }
                after = last.id
                try await reseal(batch, &done)
                world.reached(.rowsResealed)
            }
        }
        guard done != Resealing() else { return done }
        try await record([
            "change": "keys.resealed", "by": .string(by), "key": .string("\(keys.activeKey)"),
            "rows": .number(JSONNumber(done.rows)), "refused": .number(JSONNumber(done.refused.count)),
        ])
        return done
    }

    /// In one commit. A row that doesn't open is left as it is, and told.
    private func reseal(_ batch: [SealedRow], _ done: inout Resealing) async throws(BrokerError) {
        var changes: [VaultChange] = []
        for row in batch {
            do throws(VaultError) {
                changes.append(.replace(row, with: try resealed(row)))
            } catch {
                done.refused.append(
                    RefusedRow(row: "\(row.kind.rawValue) \(row.id)", code: error.code.rawValue, message: error.message)
                )
            }
        }
        do {
            try await commits.commit(Transaction(changes: changes))
        } catch {
            throw BrokerError(
                .unavailable, "the rows can't be written", hint: "take it up again with `deputy keys reseal`")
        }
        done.rows += changes.count
    }

    private func resealed(_ row: SealedRow) throws(VaultError) -> [UInt8] {
        switch row.kind {
        case .connection: try keys.rewrap(SealedSecret(bytes: row.bytes)).bytes
        case .payload: try again(row.bytes, id: row.id)
        case .value: try again(row.bytes, id: SealedValue(rawValue: row.id)?.sealID ?? row.id)
        }
    }

    private func again(_ bytes: [UInt8], id: String) throws(VaultError) -> [UInt8] {
        var payload = try keys.openPayload(bytes, id: id)
        defer { wipe(&payload) }
        return try keys.sealPayload(payload, id: id)
    }

    /// One change of keys at a time.
    private func alone<Value>(
        _ body: () async throws(BrokerError) -> Value
    ) async throws(BrokerError) -> Value {
        guard isBusy.take() else {
            throw BrokerError(.refused, "the keys are being changed already", hint: "see `deputy keys list`")
        }
        defer { isBusy.release() }
        return try await body()
    }

    private func read<Value>(_ body: () async throws -> Value) async throws(BrokerError) -> Value {
        do {
            return try await body()
        } catch {
            throw BrokerError(.unavailable, "the store can't be read", hint: "see `deputy doctor`")
        }
    }

    private func vault<Value>(_ body: () throws(VaultError) -> Value) throws(BrokerError) -> Value {
        do throws(VaultError) {
            return try body()
        } catch {
            throw BrokerError(.unavailable, error.message, hint: error.hint)
        }
    }

    private func record(_ fields: JSONObject) async throws(BrokerError) {
        do {
            let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
            try await commits.commit(Transaction(leaves: [PlacedLeaf(leaf, in: .system)]))
        } catch {
            throw BrokerError(.unavailable, "the ledger can't be written", hint: "see `deputy doctor`")
        }
    }
}

private final class Flag: Sendable {
    private let isTaken = Mutex(false)

    func take() -> Bool {
        isTaken.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }

    func release() { isTaken.withLock { $0 = false } }
}

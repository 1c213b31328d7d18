public import Authority
public import Broker
public import Gate
import Ledger
import Registry
import Synchronization
import Turns

extension MemoryStore: SealedRows {
    public func sealedCounts() async throws -> [[UInt8]: Int] {
        let rows = state.withLock(\.sealedRows)
        return Dictionary(grouping: rows.compactMap(\.key)) { $0 }.mapValues(\.count)
    }

    public func sealedRows(
        _ kind: SealedKind, notBy key: [UInt8], after: String, limit: Int
    ) async throws -> [SealedRow] {
        let rows = state.withLock(\.sealedRows).filter { $0.kind == kind && $0.id > after && $0.key != key }
        return Array(rows.sorted { $0.id < $1.id }.prefix(limit))
    }
}

extension MemoryStore: SigningKeyStore {
    public func signingKeys() async throws -> [UInt8]? { state.withLock(\.signingKeys) }
}

/// What somebody does who can write to the database by hand.
extension MemoryStore {
    public func put(_ record: ConnectionRecord) { state.withLock { $0.connections[record.id] = record } }

    /// Puts another record, with the hash of its own, in the place of one.
    public func alter(_ tree: TreeID, at index: Int64, to bytes: [UInt8]) {
        state.withLock {
            $0.trees[tree]?.records[Int(index)] = StoredRecord(
                index: index, bytes: bytes, hash: MerkleTree.leafHash(of: bytes))
        }
    }

    public func remove(_ id: ConnectionID) { state.withLock { $0.connections[id] = nil } }
}

extension MemoryState {
    fileprivate var sealedRows: [SealedRow] {
        var rows = connections.values.filter { !$0.sealed.isEmpty }.map {
            SealedRow(kind: .connection, id: $0.id.raw, bytes: $0.sealed)
        }
        rows += payloads.values.map { SealedRow(kind: .payload, id: $0.id, bytes: $0.sealed) }
        for app in apps.values where !app.sealed.isEmpty {
            rows.append(SealedRow(kind: .app, id: app.id, bytes: app.sealed))
        }
        for record in channelAccounts where !record.sealed.isEmpty {
            rows.append(SealedRow(kind: .channel, id: record.account.id.place, bytes: record.sealed))
        }
        for rotation in rotations.values where !rotation.sealed.isEmpty {
            rows.append(SealedRow(kind: .rotation, id: rotation.id, bytes: rotation.sealed))
        }
        for tokens in tokenSets.values {
            rows.append(SealedRow(kind: .accessToken, id: tokens.connection.raw, bytes: tokens.access))
            if let refresh = tokens.refresh {
                rows.append(SealedRow(kind: .refreshToken, id: tokens.connection.raw, bytes: refresh))
            }
        }
        rows += revocations.values.map { SealedRow(kind: .revocation, id: $0.id, bytes: $0.sealed) }
        let values: [(SealedValue, [UInt8]?)] = [
            (.notices, noticeSettings), (.signingKeys, signingKeys), (.signIn, signInSettings),
        ]
        for case (let value, let bytes?) in values {
            rows.append(SealedRow(kind: .value, id: value.rawValue, bytes: bytes))
        }
        for session in browserSessions.values {
            if let hint = session.provided?.hint {
                rows.append(SealedRow(kind: .hint, id: session.id.raw, bytes: hint))
            }
        }
        return rows
    }

    mutating func apply(vault change: VaultChange) {
        switch change {
        case .replace(let row, let bytes):
            switch row.kind {
            case .connection:
                let id = ConnectionID(row.id)
                guard let record = connections[id], record.sealed == row.bytes else { return }
                connections[id] = record.with(health: record.health, sealed: bytes)
            case .payload:
                guard let payload = payloads[row.id], payload.sealed == row.bytes else { return }
                payloads[row.id] = Payload(id: row.id, digestKey: payload.digestKey, sealed: bytes)
            case .app:
                guard let app = apps[row.id], app.sealed == row.bytes else { return }
                apps[row.id] = app.holding(bytes, isRotating: app.isRotating)
            case .revocation:
                guard let pending = revocations[row.id], pending.sealed == row.bytes else { return }
                revocations[row.id] = pending.with(sealed: bytes, attempts: pending.attempts, due: pending.due)
            case .accessToken:
                let id = ConnectionID(row.id)
                guard let tokens = tokenSets[id], tokens.access == row.bytes else { return }
                tokenSets[id] = tokens.with(access: bytes, refresh: tokens.refresh)
            case .refreshToken:
                let id = ConnectionID(row.id)
                guard let tokens = tokenSets[id], tokens.refresh == row.bytes else { return }
                tokenSets[id] = tokens.with(access: tokens.access, refresh: bytes)
            case .hint:
                let id = BrowserSessionID(row.id)
                guard let session = browserSessions[id], session.provided?.hint == row.bytes else { return }
                browserSessions[id] = session.with(hint: bytes)
            case .channel:
                guard let index = channelAccounts.firstIndex(where: { $0.account.id.place == row.id }),
                    channelAccounts[index].sealed == row.bytes
                else { return }
                let record = channelAccounts[index]
                channelAccounts[index] = ChannelAccountRecord(
                    account: record.account, sealed: bytes, created: record.created)
            case .rotation:
                guard var rotation = rotations[row.id], rotation.sealed == row.bytes else { return }
                rotation.sealed = bytes
                rotation.version += 1
                rotations[row.id] = rotation
            case .value:
                if noticeSettings == row.bytes { noticeSettings = bytes }
                if signInSettings == row.bytes { signInSettings = bytes }
                if signingKeys == row.bytes { signingKeys = bytes }
            }
        }
    }
}

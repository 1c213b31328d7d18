import Authority
import Gate
import Ledger
import Vault
import Wire

/// What older keys sealed, sealed anew: batch by batch, each in one commit.
extension KeyDesk {
    private static let batch = 200

    func resealAll(_ by: String) async throws(BrokerError) -> Resealing {
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
                changes.append(.replace(row, with: try await resealed(row)))
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

    private func resealed(_ row: SealedRow) async throws(VaultError) -> [UInt8] {
        switch row.kind {
        case .connection, .accessToken, .refreshToken:
            if let bound = await bound(row) { return bound }
            return try keys.rewrap(SealedSecret(bytes: row.bytes)).bytes
        case .payload, .app, .channel, .rotation: return try again(row.bytes, id: row.id)
        case .revocation: return try again(row.bytes, id: PendingRevocation.place(row.id))
        case .hint: return try again(row.bytes, id: SignInDesk.hintPlace)
        case .value: return try again(row.bytes, id: SealedValue(rawValue: row.id)?.sealID ?? row.id)
        }
    }

    /// A secret that was sealed before issuer and account were bound, bound to them. Nil for any other, and for one that
    /// doesn't open where it is: that stays as it is, and is told by whoever needs it.
    private func bound(_ row: SealedRow) async -> [UInt8]? {
        let sealed = SealedSecret(bytes: row.bytes)
        guard !sealed.isOfCurrentFormat, let connections,
            let record = try? await connections.connection(ConnectionID(row.id)), record.health == .healthy,
            let context = await context(of: row.kind, record, connections)
        else { return nil }
        do throws(VaultError) {
            return try keys.seal(try keys.open(sealed, context), context).bytes
        } catch {
            return nil
        }
    }

    private func context(
        of kind: SealedKind, _ record: ConnectionRecord, _ connections: any ConnectionStore & TokenSetStore
    ) async -> SealContext? {
        let place: TokenPlace
        switch kind {
        case .connection: return record.use.sealContext(kind: record.kind)
        case .accessToken: place = .access
        case .refreshToken: place = .refresh
        case .payload, .value, .app, .revocation, .hint, .channel, .rotation: return nil
        }
        guard let tokens = try? await connections.tokens(of: record.id), tokens.grant == record.fingerprint else {
            return nil
        }
        return record.use.tokenContext(place, generation: tokens.generation)
    }

    private func again(_ bytes: [UInt8], id: String) throws(VaultError) -> [UInt8] {
        var payload = try keys.openPayload(bytes, id: id)
        defer { wipe(&payload) }
        return try keys.sealPayload(payload, id: id)
    }
}

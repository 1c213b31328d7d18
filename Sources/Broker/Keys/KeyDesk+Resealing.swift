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
        case .connection, .accessToken, .refreshToken: try keys.rewrap(SealedSecret(bytes: row.bytes)).bytes
        case .payload, .app, .channel: try again(row.bytes, id: row.id)
        case .revocation: try again(row.bytes, id: PendingRevocation.place(row.id))
        case .hint: try again(row.bytes, id: SignInDesk.hintPlace)
        case .value: try again(row.bytes, id: SealedValue(rawValue: row.id)?.sealID ?? row.id)
        }
    }

    private func again(_ bytes: [UInt8], id: String) throws(VaultError) -> [UInt8] {
        var payload = try keys.openPayload(bytes, id: id)
        defer { wipe(&payload) }
        return try keys.sealPayload(payload, id: id)
    }
}

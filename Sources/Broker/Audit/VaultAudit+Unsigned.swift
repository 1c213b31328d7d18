public import Authority
import Gate
import Ledger
import Wire

extension VaultAudit {
    /// Takes out of use what was added by records that no checkpoint covers. To be called before anything is signed: only a
    /// crash, or somebody who writes to the database, leaves such records behind.
    ///
    /// - Parameter mayWait: waits a moment for whoever else runs on this store, and may be about to sign what they added;
    ///   false when they had long enough. Nothing but a signature shows that a living gateway added it.
    /// - Returns: the connections.
    public func distrustUnsigned(
        in organization: OrganizationID, whileOthersSign mayWait: () async -> Bool = { false }
    ) async throws -> [ConnectionID] {
        let tree = TreeID.organization(organization)
        var suspects = try await added(in: tree, from: try await signedSize(of: tree))
        while !suspects.isEmpty, await mayWait() {
            let signed = try await signedSize(of: tree)
            suspects.removeAll { $0.index < signed }
        }
        var distrusted: [ConnectionID] = []
        for suspect in suspects {
            guard let row = try await connections.connection(suspect.id), row.health == .healthy else { continue }
            try await takeOut(row, because: "unsigned")
            distrusted.append(row.id)
        }
        return distrusted
    }

    /// How many records the newest checkpoint covers that the key has signed.
    private func signedSize(of tree: TreeID) async throws -> Int64 {
        try await signedCheckpoint(of: tree)?.size ?? 0
    }

    /// The connections in use that records from `start` to the end of the tree say were added.
    private func added(in tree: TreeID, from start: Int64) async throws -> [(index: Int64, id: ConnectionID)] {
        let size = try await ledger.head(of: tree).size
        var next = start
        var added: [(index: Int64, id: ConnectionID)] = []
        while next < size {
            let batch = try await ledger.records(of: tree, from: next, limit: 1000)
            if batch.isEmpty { break }
            next += Int64(batch.count)
            for record in batch where record.bytes.holds(Told.mark) {
                guard let leaf = try? JSON.parse(record.bytes), Told.isAdded(leaf),
                    let id = leaf["connection"]?.stringValue,
                    try await connections.connection(ConnectionID(id))?.health == .healthy
                else { continue }
                added.append((record.index, ConnectionID(id)))
            }
        }
        return added
    }
}

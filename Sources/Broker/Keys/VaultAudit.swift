public import Authority
public import Gate
import Ledger
public import Vault
import Wire

/// Compares the connections in the store with what the ledger says of them. A seal shows that a record wasn't altered or
/// moved; that a whole row wasn't put back from an older copy, only the ledger shows. So the ledger is verified first.
public struct VaultAudit: Sendable {
    let connections: any ConnectionStore
    let ledger: any LedgerStore
    private let commits: any Commits
    private let keys: KeyRing
    let signing: LedgerKeys
    let world: World

    public init(
        connections: any ConnectionStore, ledger: any LedgerStore, commits: any Commits, keys: KeyRing,
        signing: LedgerKeys, world: World
    ) {
        self.connections = connections
        self.ledger = ledger
        self.commits = commits
        self.keys = keys
        self.signing = signing
        self.world = world
    }

    /// What is wrong, in the order of the rows. Reads the whole tree of the organization; where that doesn't verify, this
    /// is the one finding.
    public func findings(in organization: OrganizationID) async throws -> [SealFinding] {
        try await faults(in: organization).map(\.finding)
    }

    /// Takes what is wrong out of use, with a record of why.
    ///
    /// - Returns: the findings.
    public func quarantine(in organization: OrganizationID) async throws -> [SealFinding] {
        let faults = try await faults(in: organization)
        for fault in faults {
            if let row = fault.row { try await takeOut(row, because: fault.finding.code) }
        }
        return faults.map(\.finding)
    }

    /// The ids of the connections that the ledger says were revoked.
    ///
    /// - Throws: `LedgerFault` when the ledger doesn't verify.
    public func revoked(in organization: OrganizationID) async throws -> [ConnectionID] {
        try await told(of: organization).filter { $0.value.health == .revoked }.keys.sorted().map { ConnectionID($0) }
    }

    /// The rows are read before the ledger, and again when something seems wrong: what is made, revoked or broken
    /// meanwhile is nobody's fault.
    private func faults(
        in organization: OrganizationID
    ) async throws -> [(row: ConnectionRecord?, finding: SealFinding)] {
        let rows = try await connections.connections(in: organization, of: nil)
        let told: [String: Told]
        do {
            told = try await self.told(of: organization)
        } catch let fault as LedgerFault {
            return [(nil, SealFinding(connection: nil, fault: .ledger(fault.message)))]
        }
        var faults: [(row: ConnectionRecord?, finding: SealFinding)] = []
        for row in rows {
            guard let fault = fault(row, told[row.id.raw]), try await connections.connection(row.id) == row else {
                continue
            }
            faults.append((row, SealFinding(connection: row.id, fault: fault)))
        }
        let there = Set(rows.map(\.id.raw))
        for (name, told) in told.sorted(by: { $0.key < $1.key }) where told.health != .revoked && !there.contains(name)
        {
            let id = ConnectionID(name)
            if try await connections.connection(id) == nil {
                faults.append((nil, SealFinding(connection: id, fault: .missing)))
            }
        }
        return faults
    }

    func takeOut(_ row: ConnectionRecord, because reason: String) async throws {
        let scope = EpochScope.connections(row.organization, row.owner, row.provider)
        let reading = EpochReading(scope: scope, value: commits.epoch(of: scope))
        guard row.health == .healthy, try await connections.connection(row.id) == row else { return }
        let leaf = try Leaf(
            kind: .authority, time: world.now().microseconds,
            fields: [
                "change": "connection.broken", "by": "vault", "connection": .string(row.id.raw),
                "because": .string(reason),
            ])
        do throws(CommitError) {
            try await commits.commit(
                Transaction(
                    requires: [reading], bumps: [scope],
                    changes: [
                        BrokerChange.setHealth(row.id, .broken),
                        HealthChange.turn(
                            row.use.turned(ConnectionStanding(.needsReconnect, .notAsRecorded), by: world)),
                    ],
                    leaves: [PlacedLeaf(leaf, in: .organization(row.organization))]))
        } catch {
            // Its owner was quicker, and revoked it or made another.
            guard case .moved = error else { throw error }
        }
    }

    private func fault(_ row: ConnectionRecord, _ told: Told?) -> SealFinding.Fault? {
        guard let told else { return .unrecorded }
        if told.isTwice { return .rewritten("record") }
        switch (row.health, told.health) {
        case (.healthy, .broken), (.healthy, .revoked), (.broken, .revoked): return .revived
        case (.healthy, .healthy), (.broken, .healthy), (.broken, .broken): break
        // A row is revoked in the commit that records it: without the record, somebody else wrote it.
        case (.revoked, .healthy), (.revoked, .broken): return .rewritten("health")
        case (.revoked, .revoked): return nil
        }
        if row.generation < told.generation { return .rolledBack(to: row.generation, from: told.generation) }
        if row.generation > told.generation { return .rewritten("generation") }
        if row.owner.text != told.owner { return .rewritten("owner") }
        if row.provider.raw != told.provider { return .rewritten("provider") }
        if row.account != told.account { return .rewritten("account") }
        if row.fingerprint != told.fingerprint { return .rewritten("fingerprint") }
        do throws(VaultError) {
            _ = try keys.open(SealedSecret(bytes: row.sealed), row.use.sealContext(kind: row.kind)).count
            return nil
        } catch {
            return .seal(error)
        }
    }

    private func told(of organization: OrganizationID) async throws -> [String: Told] {
        let tree = TreeID.organization(organization)
        let checkpoints = try await ledger.checkpoints(of: tree)
        let head = try await ledger.head(of: tree)
        var verifier = LedgerVerifier(
            origin: signing.origin(of: tree), key: try signing.key(of: tree).key, checkpoints: checkpoints)
        var told: [String: Told] = [:]
        var next: Int64 = 0
        while next < head.size {
            let batch = try await ledger.records(of: tree, from: next, limit: Int(min(1000, head.size - next)))
            if batch.isEmpty { break }
            next += Int64(batch.count)
            try await verifier.add(batch.map { LedgerVerifier.StoredRecord($0.bytes, hash: $0.hash) })
            for record in batch where record.bytes.holds(Told.mark) { Told.take(record.bytes, &told) }
        }
        _ = try verifier.finish(head: (head.size, head.root))
        return told
    }
}

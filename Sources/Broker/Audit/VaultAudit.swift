public import Authority
public import Gate
import Ledger
public import Vault
import Wire

/// Compares the connections in the store with what the ledger says of them. A seal shows that a record wasn't altered or
/// moved; that a whole row wasn't put back from an older copy, only the ledger shows. So the ledger is verified first.
public struct VaultAudit: Sendable {
    let connections: any ConnectionStore & TokenSetStore
    let ledger: any LedgerStore
    private let commits: any Commits
    let keys: KeyRing
    let signing: LedgerKeys
    let world: World

    public init(
        connections: any ConnectionStore & TokenSetStore, ledger: any LedgerStore, commits: any Commits, keys: KeyRing,
        signing: LedgerKeys, world: World
    ) {
        self.connections = connections
        self.ledger = ledger
        self.commits = commits
        self.keys = keys
        self.signing = signing
        self.world = world
    }

    /// What is wrong. Reads the whole tree of the organization; where that doesn't verify, this is the one finding.
    public func findings(in organization: OrganizationID) async throws -> [SealFinding] {
        try await faults(in: organization).faults.map(\.finding)
    }

    /// Takes what is wrong out of use, with a record of why; not what this gateway lacks the key for, and can't use anyway.
    ///
    /// - Returns: the findings.
    public func quarantine(in organization: OrganizationID) async throws -> [SealFinding] {
        try await takeOut(try await faults(in: organization).faults)
    }

    /// The same, from where an audit ended before if nothing is wrong since. It holds one page of connections in memory
    /// then, and what was changed since.
    ///
    /// - Parameter sealed: the mark that an audit of this home gave; anything else is as good as none.
    public func quarantine(
        in organization: OrganizationID, since sealed: [UInt8]?, rest: @escaping AuditRest
    ) async throws -> AuditOutcome {
        if let mark = sealed.flatMap({ AuditMark($0, of: organization, with: keys) }),
            let next = try await resumed(in: organization, from: mark, rest)
        {
            return AuditOutcome(findings: [], mark: try next.sealed(of: organization, with: keys), isResumed: true)
        }
        let (faults, mark) = try await faults(in: organization, rest: rest)
        return AuditOutcome(
            findings: try await takeOut(faults), mark: try mark?.sealed(of: organization, with: keys), isResumed: false)
    }

    /// Nil where only the whole ledger shows what is right.
    private func resumed(
        in organization: OrganizationID, from mark: AuditMark, _ rest: @escaping AuditRest
    ) async throws -> AuditMark? {
        do {
            var audit = try await ResumedAudit(self, of: organization, from: mark, rest: rest)
            return try await audit.run()
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return nil
        }
    }

    private func takeOut(_ faults: [Faulty]) async throws -> [SealFinding] {
        for fault in faults where !fault.finding.isForWantOfAKey {
            if let row = fault.row { try await takeOut(row, because: fault.finding.code) }
        }
        return faults.map(\.finding)
    }

    /// The ids of the connections that the ledger says were revoked.
    ///
    /// - Throws: `LedgerFault` when the ledger doesn't verify.
    public func revoked(in organization: OrganizationID) async throws -> [ConnectionID] {
        var ledger = try await ToldLedger(self.ledger, of: .organization(organization), signing: signing)
        try await ledger.readOn {}
        return ledger.told.filter { $0.value.health == .revoked }.keys.sorted().map { ConnectionID($0) }
    }

    private typealias Faulty = (row: ConnectionRecord?, finding: SealFinding)

    /// What seems wrong is looked at again with what the ledger says by then: what is made, revoked or broken meanwhile is
    /// nobody's fault.
    ///
    /// - Returns: the mark for the next audit where nothing is wrong.
    private func faults(
        in organization: OrganizationID, rest: AuditRest = {}
    ) async throws -> (faults: [Faulty], mark: AuditMark?) {
        do {
            var ledger = try await ToldLedger(self.ledger, of: .organization(organization), signing: signing)
            try await ledger.readOn(rest: rest)
            let suspects = try await suspects(in: organization, &ledger, rest)
            var faults: [Faulty] = []
            for suspect in suspects {
                let row = try await connections.connection(suspect)
                let tokens = try await connections.tokens(of: suspect)
                try await ledger.readOn(rest: rest)
                guard let fault = fault(of: row, tokens, ledger.told[suspect.raw]),
                    try await connections.connection(suspect) == row,
                    try await connections.tokens(of: suspect)?.generation == tokens?.generation
                else { continue }
                faults.append((row, SealFinding(connection: suspect, fault: fault)))
            }
            return (faults, faults.isEmpty ? ledger.mark() : nil)
        } catch let fault as LedgerFault {
            return ([(nil, SealFinding(connection: nil, fault: .ledger(fault.message)))], nil)
        }
    }

    private static let pageSize = 500

    private func suspects(
        in organization: OrganizationID, _ ledger: inout ToldLedger, _ rest: AuditRest
    ) async throws -> [ConnectionID] {
        var (suspects, after): ([ConnectionID], ConnectionID?) = ([], nil)
        while true {
            let rows = try await connections.connections(in: organization, after: after, limit: VaultAudit.pageSize)
            let sets = try await connections.tokens(in: organization, after: after, through: rows.last?.id)
            let tokens = Dictionary(sets.map { ($0.connection, $0) }) { _, last in last }
            for row in rows {
                ledger.seen(row.id.raw)
                if fault(row, tokens[row.id], ledger.told[row.id.raw]) != nil { suspects.append(row.id) }
            }
            guard rows.count == VaultAudit.pageSize else { break }
            after = rows.last?.id
            try await rest()
        }
        let missing = ledger.told.filter { !$0.value.isThere && $0.value.health != .revoked }
        return suspects + missing.keys.sorted().map { ConnectionID($0) }
    }

    /// The newest checkpoint that the key has signed.
    func signedCheckpoint(of tree: TreeID) async throws -> Checkpoint? {
        let (origin, key) = (signing.origin(of: tree), try signing.key(of: tree).key)
        for note in try await ledger.latestCheckpoints(of: tree, limit: 16) {
            if let checkpoint = try? Checkpoint(note, origin: origin, key: key) { return checkpoint }
        }
        return nil
    }

    func takeOut(_ row: ConnectionRecord, because reason: String) async throws {
        let scope = EpochScope.connections(row.organization, row.owner, row.provider)
        let reading = await commits.reading(scope)
        guard row.health == .healthy, try await connections.connection(row.id) == row else { return }
        let leaf = try Leaf(
            kind: .authority, time: world.now().microseconds,
            fields: [
                "change": "connection.broken", "by": "vault", "connection": .string(row.id.raw),
                "was": row.told, "because": .string(reason),
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

    private func fault(of row: ConnectionRecord?, _ tokens: TokenSet?, _ told: Told?) -> SealFinding.Fault? {
        if let row { return fault(row, tokens, told) }
        return told.map { $0.health != .revoked } ?? false ? .missing : nil
    }

    private func fault(_ row: ConnectionRecord, _ tokens: TokenSet?, _ told: Told?) -> SealFinding.Fault? {
        fault(row, told) ?? fault(tokens, of: row, told: told?.tokens ?? 0)
    }

    func fault(_ row: ConnectionRecord, _ told: Told?) -> SealFinding.Fault? {
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
        return sealFault(row).map { .seal($0) }
    }

    func sealFault(_ row: ConnectionRecord) -> VaultError? {
        do throws(VaultError) {
            _ = try keys.open(SealedSecret(bytes: row.sealed), row.use.sealContext(kind: row.kind)).count
            return nil
        } catch {
            return error
        }
    }
}

/// What became of an audit.
public struct AuditOutcome: Sendable {
    public let findings: [SealFinding]
    /// Where the next one goes on; nil when something was found.
    public let mark: [UInt8]?
    /// It went on from a mark, and didn't read the whole ledger.
    public let isResumed: Bool
}

public import Authority
public import Gate
import Ledger
public import Vault
import Wire

/// Compares the connections in the store with what the ledger says of them. A seal shows that a record wasn't altered or
/// moved; that a whole row wasn't put back from an older copy, only the ledger shows.
public struct VaultAudit: Sendable {
    private let connections: any ConnectionStore
    private let ledger: any LedgerStore
    private let commits: any Commits
    private let keys: KeyRing
    private let world: World

    public init(
        connections: any ConnectionStore, ledger: any LedgerStore, commits: any Commits, keys: KeyRing, world: World
    ) {
        self.connections = connections
        self.ledger = ledger
        self.commits = commits
        self.keys = keys
        self.world = world
    }

    /// What is wrong, in the order of the rows. Reads the whole tree of the organization.
    public func findings(in organization: OrganizationID) async throws -> [SealFinding] {
        let told = try await told(of: organization)
        let rows = try await connections.connections(in: organization, of: nil)
        let faulty = rows.compactMap { row in
            fault(row, told[row.id.raw]).map { SealFinding(connection: row.id, fault: $0) }
        }
        let there = Set(rows.map(\.id.raw))
        let missing = told.filter { !there.contains($0.key) && $0.value.health != .revoked }.keys.sorted()
        return faulty + missing.map { SealFinding(connection: ConnectionID($0), fault: .missing) }
    }

    /// Takes what is wrong out of use, with a record of why.
    ///
    /// - Returns: the findings.
    public func quarantine(in organization: OrganizationID) async throws -> [SealFinding] {
        let findings = try await findings(in: organization)
        for finding in findings {
            guard let row = try await connections.connection(finding.connection), row.health == .healthy else {
                continue
            }
            let leaf = try Leaf(
                kind: .authority, time: world.now().microseconds,
                fields: [
                    "change": "connection.broken", "by": "vault", "connection": .string(row.id.raw),
                    "because": .string(finding.code),
                ])
            try await commits.commit(
                Transaction(
                    bumps: [.connections(organization, row.owner, row.provider)],
                    changes: [BrokerChange.setHealth(row.id, .broken)],
                    leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
        }
        return findings
    }

    /// The ids of the connections that the ledger says were revoked.
    public func revoked(in organization: OrganizationID) async throws -> [ConnectionID] {
        try await told(of: organization).filter { $0.value.health == .revoked }.keys.sorted().map { ConnectionID($0) }
    }

    private func fault(_ row: ConnectionRecord, _ told: Told?) -> SealFinding.Fault? {
        guard let told else { return .unrecorded }
        switch (row.health, told.health) {
        case (.healthy, .broken), (.healthy, .revoked), (.broken, .revoked): return .revived
        case (.healthy, .healthy), (.broken, .healthy), (.broken, .broken): break
        // A row is revoked in the commit that records it: without the record, somebody else wrote it.
        case (.revoked, .healthy), (.revoked, .broken): return .rewritten("health")
        case (.revoked, .revoked): return nil
        }
        if row.generation < told.generation { return .rolledBack(to: row.generation, from: told.generation) }
        if row.generation > told.generation { return .rewritten("generation") }
        if row.owner.told != told.owner { return .rewritten("owner") }
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
        let size = try await ledger.head(of: tree).size
        var told: [String: Told] = [:]
        var next: Int64 = 0
        while next < size {
            let batch = try await ledger.records(of: tree, from: next, limit: 1000)
            if batch.isEmpty { break }
            next += Int64(batch.count)
            for record in batch where record.bytes.contains(Told.mark) {
                let leaf = try JSON.parse(record.bytes)
                guard leaf["kind"]?.stringValue == "authority", let id = leaf["connection"]?.stringValue else {
                    continue
                }
                switch leaf["change"]?.stringValue {
                case "connection.added", "connection.added-shared-with-owner": told[id] = Told(added: leaf)
                case "connection.broken": told[id]?.health = .broken
                case "connection.revoked": told[id]?.health = .revoked
                case _: continue
                }
            }
        }
        return told
    }
}

/// What the ledger says of a connection.
private struct Told {
    let owner: String
    let provider: String
    let account: String
    let generation: Int64
    let fingerprint: String
    var health = ConnectionHealth.healthy

    /// Stands in every leaf that tells of a connection.
    static let mark = Array("\"change\":\"connection.".utf8)

    init(added leaf: JSON) {
        owner = leaf["owner"]?.stringValue ?? ""
        provider = leaf["provider"]?.stringValue ?? ""
        account = leaf["account"]?.stringValue ?? ""
        generation = leaf["generation"]?.integerValue ?? 1
        fingerprint = leaf["fingerprint"]?.stringValue ?? ""
    }
}

extension Owner {
    /// As a leaf tells it.
    fileprivate var told: String {
        switch self {
        case .person(let person): "person:\(person)"
        case .agent(let agent): "agent:\(agent)"
        }
    }
}

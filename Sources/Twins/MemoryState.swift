import Authority
import Broker
import Gate
import Ledger
import Registry
import Wire

/// A whole store as one value: a transaction is applied to a copy, which is kept or thrown away.
struct MemoryState: Sendable {
    struct Tree: Sendable {
        var merkle = MerkleTree()
        var records: [StoredRecord] = []
        var lastTime: Int64 = 0
    }

    var failure: String?
    var commits = 0
    var epochs: [EpochScope: Int64] = [:]
    var budgets: [BudgetWindow: Int] = [:]
    var sessions: [SessionKey: SessionState] = [:]
    var calls: [CallID: OpenCall] = [:]
    var payloads: [String: Payload] = [:]
    var trees: [TreeID: Tree] = [:]
    var checkpoints: [TreeID: [Int64: String]] = [:]
    var organizations: [OrganizationID: OrganizationRecord] = [:]
    var people: [OrganizationID: [PersonID: PersonRecord]] = [:]
    var agents: [OrganizationID: [AgentID: AgentRecord]] = [:]
    var tokens: [ClientID: TokenRecord] = [:]
    var agreements: [AgreementRecord] = []
    var connections: [ConnectionID: ConnectionRecord] = [:]

    mutating func apply(_ transaction: Transaction) throws(CommitError) {
        for reading in transaction.requires where epochs[reading.scope] ?? 0 != reading.value {
            throw .moved(reading.scope)
        }
        for spend in transaction.spends {
            guard budgets[spend.window] ?? 0 < spend.limit else { throw .budgetSpent(spend.window) }
            budgets[spend.window, default: 0] += 1
        }
        for change in transaction.changes {
            switch change {
            case let change as GateChange: try apply(gate: change)
            case let change as RegistryChange: try apply(registry: change)
            case let change as BrokerChange: try apply(broker: change)
            default: throw .unavailable("a change of an unknown kind")
            }
        }
        for scope in transaction.bumps { epochs[scope, default: 0] += 1 }
        for placed in transaction.leaves { append(placed) }
    }

    private mutating func append(_ placed: PlacedLeaf) {
        var tree = trees[placed.tree] ?? Tree()
        let bytes = placed.leaf.bytes(
            at: tree.merkle.size, previous: tree.records.last?.hash ?? .none, notBefore: tree.lastTime)
        let hash = MerkleTree.leafHash(of: bytes)
        tree.records.append(StoredRecord(index: tree.merkle.size, bytes: bytes, hash: hash))
        tree.merkle.append(leafHash: hash)
        tree.lastTime = max(tree.lastTime, placed.leaf.time)
        trees[placed.tree] = tree
    }

    private mutating func apply(gate change: GateChange) throws(CommitError) {
        switch change {
        case .open(let call):
            if let identity = call.identity, let other = calls.values.first(where: { $0.identity == identity }) {
                throw .identicalCall(other.id, other.state)
            }
            if calls[call.id] != nil { throw .exists(call.id.raw) }
            calls[call.id] = call
        case .close(let id): calls[id] = nil
        case .markUnknown(let id): calls[id] = calls[id]?.unknown
        case .keep(let payload): payloads[payload.id] = payload
        case .saw(let key, let labels, let time):
            sessions[key] = SessionState.seeing(labels, at: time, after: sessions[key])
        case .clearSessions(let organization, let agent, let person):
            sessions = sessions.filter { key, _ in
                key.organization != organization || key.agent != agent || key.requester.person != person
            }
        }
    }

    private mutating func apply(registry change: RegistryChange) throws(CommitError) {
        switch change {
        case .addOrganization(let record): try MemoryState.add(record, record.id.raw, &organizations[record.id])
        case .replaceOrganization(let record): try MemoryState.replace(record, record.id.raw, &organizations[record.id])
        case .addPerson(let record):
            if people[record.organization]?.values.contains(where: { $0.email == record.email }) == true {
                throw .exists(record.id.raw)
            }
            try MemoryState.add(record, record.id.raw, &people[record.organization, default: [:]][record.id])
        case .replacePerson(let record):
            try MemoryState.replace(record, record.id.raw, &people[record.organization, default: [:]][record.id])
        case .addAgent(let record):
            try MemoryState.add(record, record.id.raw, &agents[record.organization, default: [:]][record.id])
        case .replaceAgent(let record):
            try MemoryState.replace(record, record.id.raw, &agents[record.organization, default: [:]][record.id])
        case .addToken(let record): try MemoryState.add(record, record.id.raw, &tokens[record.id])
        case .replaceToken(let record): try MemoryState.replace(record, record.id.raw, &tokens[record.id])
        case .agree(let record): agreements.append(record)
        }
    }

    private mutating func apply(broker change: BrokerChange) throws(CommitError) {
        switch change {
        case .add(let record): try MemoryState.add(record, record.id.raw, &connections[record.id])
        case .setHealth(let id, let health):
            guard let record = connections[id] else { throw .exists(id.raw) }
            connections[id] = record.with(health: health, sealed: record.sealed)
        case .shred(let id):
            guard let record = connections[id] else { throw .exists(id.raw) }
            connections[id] = record.with(health: record.health, sealed: [])
        }
    }

    private static func add<Record>(_ record: Record, _ name: String, _ place: inout Record?) throws(CommitError) {
        if place != nil { throw .exists(name) }
        place = record
    }

    private static func replace<Record>(_ record: Record, _ name: String, _ place: inout Record?) throws(CommitError) {
        if place == nil { throw .exists(name) }
        place = record
    }
}

extension OpenCall {
    fileprivate var unknown: OpenCall {
        OpenCall(
            id: id, organization: organization, agent: agent, requester: requester, tool: tool, effect: effect,
            identity: identity, state: .unknown, opened: opened)
    }
}

extension ConnectionRecord {
    fileprivate func with(health: ConnectionHealth, sealed: [UInt8]) -> ConnectionRecord {
        ConnectionRecord(
            id: id, organization: organization, owner: owner, provider: provider, origin: origin, kind: kind,
            account: account, accountName: accountName, email: email, scopes: scopes, generation: generation,
            fingerprint: fingerprint, sealed: sealed, health: health, created: created)
    }
}

public import Authority
public import Broker
public import Gate
import Ledger
public import Registry
import Synchronization
public import Turns
public import Wire

/// Every port of a store, in memory. The same promises as the real ones, but for surviving the process.
public final class MemoryStore: Sendable {
    let state: MemoryBox
    /// Nil for the only gateway.
    let lease: Int64?
    let late = Mutex<@Sendable ([TurnID]) async -> Void>({ _ in })

    public init() {
        (state, lease) = (MemoryBox(), nil)
    }

    /// Another gateway of the same store, with a lease of its own for as long as nobody ends it.
    public init(sharing other: MemoryStore) {
        state = other.state
        lease = other.takeLease(until: Timestamp(microseconds: .max))
    }

    /// What happens to turns after this gateway has taken them, and before it hears of it.
    public func whenTaken(_ work: @escaping @Sendable ([TurnID]) async -> Void) { late.withLock { $0 = work } }

    /// Makes the next commits fail as a full disk would; nil makes them work again.
    public func fail(with reason: String?) { state.withLock { $0.failure = reason } }

    /// Makes all commits fail after so many more, as if the process died there; nil makes them work again.
    public func fail(after commits: Int?) { state.withLock { $0.commitsLeft = commits } }

    /// How many transactions were applied.
    public var commits: Int { state.withLock(\.commits) }
}

extension MemoryStore: Commits {
    public func commit(_ transaction: Transaction) async throws(CommitError) {
        try apply(transaction, by: lease, comparesLease: true, at: Timestamp(microseconds: 0)).get()
    }

    /// What a commit does, at once.
    public func apply(_ transaction: Transaction) -> Result<Void, CommitError> { apply(transaction, by: nil) }

    func apply(
        _ transaction: Transaction, by gateway: Int64?, at now: Timestamp = Timestamp(microseconds: 0)
    ) -> Result<Void, CommitError> {
        state.withLock { state -> Result<Void, CommitError> in
            if let failure = state.failure { return .failure(.unavailable(failure)) }
            if state.commitsLeft == 0 { return .failure(.unavailable("the process is gone")) }
            var next = state
            (next.writer, next.now) = (gateway, now)
            do throws(CommitError) {
                try next.apply(transaction)
            } catch {
                return .failure(error)
            }
            next.commits += 1
            next.commitsLeft = next.commitsLeft.map { $0 - 1 }
            state = next
            return .success(())
        }
    }

    public func submit(_ transaction: Transaction) {
        state.withLock { state in
            guard state.failure == nil, state.commitsLeft != 0 else { return }
            var next = state
            guard (try? next.apply(transaction)) != nil else { return }
            next.commits += 1
            state = next
        }
    }

    public func epoch(of scope: EpochScope) -> Int64 { state.withLock { $0.epochs[scope] ?? 0 } }

    public func knownEpoch(of scope: EpochScope) -> Int64? { epoch(of: scope) }
}

extension MemoryStore: SessionStates, OpenCalls, Budgets, Payloads {
    public func state(of session: SessionKey) async throws -> SessionState? { state.withLock { $0.sessions[session] } }

    public func sessions(in organization: OrganizationID, limit: Int) async throws -> [StoredSession] {
        let kept = state.withLock { $0.sessions }.filter { $0.key.organization == organization }
        let sorted = kept.map { StoredSession(key: $0.key, state: $0.value) }.sorted {
            ($1.state.lastUsed.microseconds, $0.key.raw) < ($0.state.lastUsed.microseconds, $1.key.raw)
        }
        return Array(sorted.prefix(limit))
    }

    public func abandonedCalls() async throws -> [AbandonedCalls] {
        [AbandonedCalls(gateway: 0, calls: try await ownCalls())]
    }

    public func ownCalls() async throws -> [OpenCall] {
        try await openCalls().filter { $0.state == .open }
    }

    public func openCalls() async throws -> [OpenCall] {
        state.withLock { $0.calls.values.sorted { ($0.opened, $0.id.raw) < ($1.opened, $1.id.raw) } }
    }

    public func openCall(_ id: CallID) async throws -> OpenCall? { state.withLock { $0.calls[id] } }

    public func used(_ window: BudgetWindow) async throws -> Int { used(at: window) }

    /// What is used of the window, at once.
    public func used(at window: BudgetWindow) -> Int { state.withLock { $0.used(window) } }

    public func payload(_ id: String) async throws -> Payload? { state.withLock { $0.payloads[id] } }
}

extension MemoryStore: LedgerStore {
    public func trees() async throws -> [TreeID] {
        state.withLock { $0.trees.keys.sorted { $0.raw < $1.raw } }
    }

    public func records(of tree: TreeID, from index: Int64, limit: Int) async throws -> [StoredRecord] {
        state.withLock { Array(($0.trees[tree]?.records ?? []).dropFirst(max(0, Int(clamping: index))).prefix(limit)) }
    }

    public func hashes(of tree: TreeID, level: Int, from index: Int64, count: Int) async throws -> [Digest] {
        let hashes = state.withLock { $0.trees[tree]?.records.map(\.hash) ?? [] }
        let width = 1 << level
        return (Int(index)..<Int(index) + count).filter { ($0 + 1) * width <= hashes.count }.map {
            MerkleTree.root(ofEqualParts: Array(hashes[$0 * width..<($0 + 1) * width]))
        }
    }

    public func head(of tree: TreeID) async throws -> TreeHead {
        state.withLock { state in
            let merkle = state.trees[tree]?.merkle ?? MerkleTree()
            return TreeHead(size: merkle.size, root: merkle.root)
        }
    }

    public func checkpoints(of tree: TreeID) async throws -> [String] {
        state.withLock { ($0.checkpoints[tree] ?? [:]).sorted { $0.key < $1.key }.map(\.value) }
    }

    public func latestCheckpoints(of tree: TreeID, limit: Int) async throws -> [String] {
        Array(try await checkpoints(of: tree).reversed().prefix(limit))
    }

    public func keep(checkpoint: String, size: Int64, of tree: TreeID) async throws {
        state.withLock { state in
            if state.checkpoints[tree]?[size] == nil { state.checkpoints[tree, default: [:]][size] = checkpoint }
        }
    }
}

extension MemoryStore: RegistryStore {
    public func organization(_ id: OrganizationID) async throws -> OrganizationRecord? {
        state.withLock { $0.organizations[id] }
    }

    public func organizations() async throws -> [OrganizationRecord] {
        state.withLock { $0.organizations.values.sorted { $0.id < $1.id } }
    }

    public func person(_ id: PersonID, in organization: OrganizationID) async throws -> PersonRecord? {
        state.withLock { $0.people[organization]?[id] }
    }

    public func person(at address: String, in organization: OrganizationID) async throws -> PersonRecord? {
        state.withLock { $0.people[organization]?.values.first { $0.email == address } }
    }

    public func people(in organization: OrganizationID) async throws -> [PersonRecord] {
        state.withLock { ($0.people[organization] ?? [:]).values.sorted { $0.id < $1.id } }
    }

    public func agent(_ id: AgentID, in organization: OrganizationID) async throws -> AgentRecord? {
        state.withLock { $0.agents[organization]?[id] }
    }

    public func agents(in organization: OrganizationID) async throws -> [AgentRecord] {
        state.withLock { ($0.agents[organization] ?? [:]).values.sorted { $0.id < $1.id } }
    }

    public func token(hash: Digest) async throws -> TokenRecord? {
        state.withLock { $0.tokens.values.first { $0.hash == hash } }
    }

    public func token(_ id: ClientID) async throws -> TokenRecord? { state.withLock { $0.tokens[id] } }

    public func tokens(in organization: OrganizationID) async throws -> [TokenRecord] {
        state.withLock { state in
            state.tokens.values.filter { $0.organization == organization }
                .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
        }
    }

    public func connections(
        in organization: OrganizationID, after: ConnectionID?, limit: Int
    ) async throws -> [ConnectionRecord] {
        let all = try await connections(in: organization, of: nil).sorted { $0.id < $1.id }
        return Array(all.drop { row in after.map { row.id <= $0 } ?? false }.prefix(limit))
    }

    public func document(_ name: String, in organization: OrganizationID) async throws -> JSON? {
        state.withLock { $0.documents[organization]?[name] }
    }

    public func agreement(
        of person: PersonID, with agent: AgentID, in organization: OrganizationID
    ) async throws -> AgreementRecord? {
        state.withLock { state in
            state.agreements.last { $0.person == person && $0.agent == agent && $0.organization == organization }
        }
    }
}

extension MemoryStore: ConnectionStore {
    public func connection(_ id: ConnectionID) async throws -> ConnectionRecord? {
        state.withLock { $0.connections[id] }
    }

    public func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [ConnectionRecord] {
        try await connections(in: organization, of: owner).filter { $0.provider == provider }
    }

    public func connections(in organization: OrganizationID, of owner: Owner?) async throws -> [ConnectionRecord] {
        state.withLock { state in
            state.connections.values
                .filter { $0.organization == organization && (owner == nil || $0.owner == owner) }
                .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
        }
    }
}

public import Authority
public import Broker
import Gate
import Synchronization

extension MemoryStore: AppStore {
    public func app(
        at provider: ProviderID, of agent: AgentID?, in organization: OrganizationID
    ) async throws -> AppRecord? {
        state.withLock { $0.apps[AppRecord.id(provider, of: agent, in: organization)] }
    }

    public func apps(in organization: OrganizationID) async throws -> [AppRecord] {
        state.withLock { $0.apps.values.filter { $0.organization == organization } }.sorted {
            ($0.provider.raw, $0.agent?.raw ?? "") < ($1.provider.raw, $1.agent?.raw ?? "")
        }
    }
}

extension MemoryStore {
    /// As `tokens(of:)`, at once.
    public func tokenSet(of connection: ConnectionID) -> TokenSet? { state.withLock { $0.tokenSets[connection] } }
}

extension MemoryStore: TokenSetStore {
    public func tokens(of connection: ConnectionID) async throws -> TokenSet? {
        state.withLock { $0.tokenSets[connection] }
    }

    public func tokens(in organization: OrganizationID, of owner: Owner?) async throws -> [TokenSet] {
        state.withLock { state in
            state.tokenSets.values.filter { tokens in
                state.connections[tokens.connection].map {
                    $0.organization == organization && (owner == nil || $0.owner == owner)
                } ?? false
            }
        }
    }

    public func tokens(
        in organization: OrganizationID, after: ConnectionID?, through last: ConnectionID?
    ) async throws -> [TokenSet] {
        try await tokens(in: organization, of: nil).filter { tokens in
            (after.map { $0.raw < tokens.connection.raw } ?? true)
                && (last.map { tokens.connection.raw <= $0.raw } ?? true)
        }.sorted { $0.connection.raw < $1.connection.raw }
    }

    public func tokensDue(by time: Timestamp, limit: Int) async throws -> [ConnectionID] {
        let due = state.withLock { state in
            state.tokenSets.values.compactMap { record in
                record.due.flatMap { due in
                    state.connections[record.connection]?.health == .healthy && due <= time
                        && record.lease.map { $0.until <= time } ?? true ? (due, record.connection) : nil
                }
            }
        }
        var left: [ProviderID: Int] = [:]
        return due.sorted { ($0.0, $0.1.raw) < ($1.0, $1.1.raw) }.map(\.1).filter { id in
            guard let provider = state.withLock({ $0.connections[id]?.provider }) else { return false }
            left[provider, default: limit] -= 1
            return left[provider, default: 0] >= 0
        }
    }
}

extension MemoryState {
    mutating func apply(app change: AppChange) {
        switch change {
        case .keep(let record): apps[record.id] = record
        case .remove(let provider, of: let agent, let organization):
            apps[AppRecord.id(provider, of: agent, in: organization)] = nil
        }
    }

    mutating func apply(token change: TokenSetChange) throws(CommitError) {
        switch change {
        case .keep(let record): tokenSets[record.connection] = record
        case .claim(let read, let lease, let now):
            let record = try tokens(read.connection, read.generation)
            guard record.lease.map({ $0.until <= now }) ?? true, record.grant == read.grant,
                record.attempted == read.attempted, record.failure?.count == read.failure?.count
            else { throw .exists(read.connection.raw) }
            tokenSets[read.connection] = record.with(
                lease: lease, attempted: now, failure: record.failure, due: record.due)
        case .renew(let record):
            let earlier = try tokens(record.connection, record.generation - 1)
            guard earlier.grant == record.grant else { throw .exists(record.connection.raw) }
            tokenSets[record.connection] = record
        case .giveUp(let id, let generation, let owner, let trouble, let due, let isAnswered):
            let record = try tokens(id, generation)
            guard record.lease?.owner == owner else { throw .exists(id.raw) }
            tokenSets[id] = record.with(
                lease: nil, attempted: isAnswered ? nil : record.attempted, failure: trouble, due: due)
        case .drop(let id): tokenSets[id] = nil
        case .still(let id, let generation): _ = try tokens(id, generation)
        }
    }

    private func tokens(_ id: ConnectionID, _ generation: Int64) throws(CommitError) -> TokenSet {
        guard let record = tokenSets[id], record.generation == generation else { throw .exists(id.raw) }
        return record
    }
}

extension TokenSet {
    fileprivate func with(
        lease: TokenLease?, attempted: Timestamp?, failure: TokenTrouble?, due: Timestamp?
    ) -> TokenSet {
        TokenSet(
            connection: connection, grant: grant, generation: generation, clientID: clientID,
            fingerprint: fingerprint, access: access, refresh: refresh, expires: expires, obtained: obtained, due: due,
            lease: lease, attempted: attempted, failure: failure)
    }

    func with(access: [UInt8], refresh: [UInt8]?) -> TokenSet {
        TokenSet(
            connection: connection, grant: grant, generation: generation, clientID: clientID,
            fingerprint: fingerprint, access: access, refresh: refresh, expires: expires, obtained: obtained, due: due,
            lease: lease, attempted: attempted, failure: failure)
    }
}

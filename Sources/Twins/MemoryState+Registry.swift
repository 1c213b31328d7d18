import Authority
import Broker
import Gate
import Registry
import Wire

extension MemoryState {
    mutating func apply(registry change: RegistryChange) throws(CommitError) {
        switch change {
        case .addOrganization(let record): try MemoryState.add(record, record.id.raw, &organizations[record.id])
        case .replaceOrganization(let record): try MemoryState.replace(record, record.id.raw, &organizations[record.id])
        case .addPerson(let record):
            try checkAddress(of: record)
            try MemoryState.add(record, record.id.raw, &people[record.organization, default: [:]][record.id])
        case .replacePerson(let record):
            try checkAddress(of: record)
            try MemoryState.replace(record, record.id.raw, &people[record.organization, default: [:]][record.id])
        case .addAgent(let record):
            try MemoryState.add(record, record.id.raw, &agents[record.organization, default: [:]][record.id])
        case .replaceAgent(let record):
            try MemoryState.replace(record, record.id.raw, &agents[record.organization, default: [:]][record.id])
        case .addToken(let record):
            try checkHash(of: record)
            try MemoryState.add(record, record.id.raw, &tokens[record.id])
        case .replaceToken(let record):
            try checkHash(of: record)
            try MemoryState.replace(record, record.id.raw, &tokens[record.id])
        case .agree(let record): agreements.append(record)
        case .setDocument(let organization, let name, let value): documents[organization, default: [:]][name] = value
        }
    }

    /// No two people of an organization have one address.
    private func checkAddress(of record: PersonRecord) throws(CommitError) {
        let others = people[record.organization]?.values.filter { $0.id != record.id } ?? []
        if others.contains(where: { $0.email == record.email }) { throw .exists(record.id.raw) }
    }

    private func checkHash(of record: TokenRecord) throws(CommitError) {
        if tokens.values.contains(where: { $0.id != record.id && $0.hash == record.hash }) {
            throw .exists(record.id.raw)
        }
    }

    mutating func apply(broker change: BrokerChange) throws(CommitError) {
        switch change {
        case .add(let record): try MemoryState.add(record, record.id.raw, &connections[record.id])
        case .reconnect(let record):
            guard let earlier = connections[record.id], earlier.health != .revoked,
                earlier.generation == record.generation - 1, earlier.owner == record.owner,
                earlier.organization == record.organization, earlier.provider == record.provider,
                earlier.origin == record.origin
            else { throw .exists(record.id.raw) }
            connections[record.id] = record
        case .setScopes(let id, let scopes):
            guard let record = connections[id] else { throw .exists(id.raw) }
            connections[id] = record.with(scopes: scopes)
        case .lack(let id, let generation, let lacks):
            guard let record = connections[id], record.generation == generation else { throw .exists(id.raw) }
            connections[id] = record.with(lacks: lacks)
        case .setHealth(let id, let health):
            guard let record = connections[id] else { throw .exists(id.raw) }
            connections[id] = record.with(
                health: record.health == .revoked ? .revoked : health, sealed: record.sealed)
        case .shred(let id):
            guard let record = connections[id] else { throw .exists(id.raw) }
            connections[id] = record.with(health: record.health, sealed: [])
            tokenSets[id] = nil
        case .revokeAll(let organization, let owner):
            for record in connections.values
            where record.organization == organization && record.owner == owner && record.health != .revoked {
                connections[record.id] = record.with(health: .revoked, sealed: record.sealed)
                health.forget(record.id, in: organization)
            }
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

extension ConnectionRecord {
    func with(scopes: Set<String>) -> ConnectionRecord { with(scopes: scopes, lacks: lacks, health, sealed) }

    func with(lacks: LackedScopes) -> ConnectionRecord { with(scopes: scopes, lacks: lacks, health, sealed) }

    func with(health: ConnectionHealth, sealed: [UInt8]) -> ConnectionRecord {
        with(scopes: scopes, lacks: lacks, health, sealed)
    }

    private func with(
        scopes: Set<String>, lacks: LackedScopes, _ health: ConnectionHealth, _ sealed: [UInt8]
    ) -> ConnectionRecord {
        ConnectionRecord(
            id: id, organization: organization, owner: owner, provider: provider, origin: origin, issuer: issuer,
            kind: kind, account: account, accountName: accountName, email: email, scopes: scopes,
            generation: generation, fingerprint: fingerprint, sealed: sealed, health: health, created: created,
            granted: granted, lacks: lacks, assertedAs: assertedAs, formerAccount: formerAccount)
    }
}

public import Authority
import Gate
public import Registry
import Synchronization

extension MemoryState {
    mutating func apply(sharing change: SharingChange) throws(CommitError) {
        switch change {
        case .addGroup(let group):
            if groups[group.organization]?[group.id] != nil { throw .exists(group.id.raw) }
            groups[group.organization, default: [:]][group.id] = group
        case .replaceGroup(let group):
            if groups[group.organization]?[group.id] == nil { throw .exists(group.id.raw) }
            groups[group.organization]?[group.id] = group
        case .removeGroup(let organization, let id):
            groups[organization]?[id] = nil
            shares[organization]?.removeAll { $0.grantee == .group(id) }
        case .share(let share):
            shares[share.organization]?.removeAll { $0.agent == share.agent && $0.grantee == share.grantee }
            shares[share.organization, default: []].append(share)
        case .unshare(let organization, let agent, let grantee):
            shares[organization]?.removeAll { $0.agent == agent && $0.grantee == grantee }
        case .forgetUse(let organization, let agent, let person):
            agreements.removeAll {
                $0.organization == organization && $0.agent == agent && $0.person == person
            }
            sessions = sessions.filter { key, _ in
                key.organization != organization || key.agent != agent || key.requester.person != person
            }
        case .forgetPerson(let organization, let person):
            agreements.removeAll { $0.organization == organization && $0.person == person }
            sessions = sessions.filter { $0.key.organization != organization || $0.key.requester.person != person }
            for token in tokens.values where token.organization == organization && token.person == person {
                tokens[token.id] = token.revoked
            }
        }
    }
}

extension MemoryStore: SharingStore {
    public func sharing(in organization: OrganizationID) async throws -> Sharing {
        state.withLock { state in
            Sharing(
                groups: (state.groups[organization] ?? [:]).values.sorted { $0.id < $1.id },
                shares: (state.shares[organization] ?? []).sorted {
                    ($0.agent, $0.grantee.text) < ($1.agent, $1.grantee.text)
                })
        }
    }

    public func sharing(of agent: AgentID, in organization: OrganizationID) async throws -> Sharing {
        let all = try await sharing(in: organization)
        let shares = all.shares(of: agent)
        return Sharing(
            groups: all.groups.filter { group in shares.contains { $0.grantee == .group(group.id) } }, shares: shares)
    }
}

public import Authority
public import Gate

/// Some people of an organization, under one name.
public struct GroupRecord: Sendable, Hashable {
    public let organization: OrganizationID
    public let id: GroupID
    public let name: String
    public let members: Set<PersonID>

    public init(organization: OrganizationID, id: GroupID, name: String, members: Set<PersonID>) {
        self.organization = organization
        self.id = id
        self.name = name
        self.members = members
    }
}

/// An agent that was shared. One for each agent and grantee.
public struct ShareRecord: Sendable, Hashable {
    public let organization: OrganizationID
    public let agent: AgentID
    public let grantee: Grantee
    public let rights: Set<ShareRight>
    /// The only places where it may be used by this share; nil for everywhere. The other rights aren't limited.
    public let channels: Set<SharedPlace>?
    /// Who shared it, as leaves name them.
    public let by: String
    public let at: Timestamp

    public init(
        organization: OrganizationID, agent: AgentID, grantee: Grantee, rights: Set<ShareRight>,
        channels: Set<SharedPlace>? = nil, by: String, at: Timestamp
    ) {
        self.organization = organization
        self.agent = agent
        self.grantee = grantee
        self.rights = rights
        self.channels = channels
        self.by = by
        self.at = at
    }
}

/// The groups and shares of an organization, as one reading.
public struct Sharing: Sendable, Hashable {
    /// By id.
    public let groups: [GroupRecord]
    /// By agent, then grantee.
    public let shares: [ShareRecord]

    public init(groups: [GroupRecord], shares: [ShareRecord]) {
        self.groups = groups
        self.shares = shares
    }

    public func group(_ id: GroupID) -> GroupRecord? { groups.first { $0.id == id } }

    public func shares(of agent: AgentID) -> [ShareRecord] { shares.filter { $0.agent == agent } }

    /// Where this person may use an agent by what was shared, by whichever way.
    public func reach(of person: PersonID, on agent: AgentID) -> ShareReach {
        shares(of: agent).reduce(.nowhere) { reach, share in
            guard share.rights.contains(.use), covers(share.grantee, person) else { return reach }
            return reach.union(share.channels.map(ShareReach.only) ?? .everywhere)
        }
    }

    /// What was shared with this person, by whichever way; to use it, if it were but in one place (``reach(of:on:)``).
    public func rights(of person: PersonID, on agent: AgentID) -> Set<ShareRight> {
        shares(of: agent).reduce(into: []) { if covers($1.grantee, person) { $0.formUnion($1.rights) } }
    }

    public func covers(_ grantee: Grantee, _ person: PersonID) -> Bool {
        switch grantee {
        case .organization: true
        case .person(let one): one == person
        case .group(let id): group(id)?.members.contains(person) ?? false
        }
    }
}

/// Groups and shares, for reading. Changing them is a transaction's.
public protocol SharingStore: Sendable {
    /// All of them at one moment.
    func sharing(in organization: OrganizationID) async throws -> Sharing
    /// One agent's shares and the groups that they name.
    func sharing(of agent: AgentID, in organization: OrganizationID) async throws -> Sharing
}

/// What sharing changes in the store.
public enum SharingChange: StoredChange {
    /// Refused as `exists` when there is a group of that id.
    case addGroup(GroupRecord)
    /// Refused as `exists` when there is none.
    case replaceGroup(GroupRecord)
    /// Takes the shares with the group along.
    case removeGroup(OrganizationID, GroupID)
    /// Written over an earlier share of the same agent with the same grantee.
    case share(ShareRecord)
    case unshare(OrganizationID, AgentID, Grantee)
    /// What this person agreed to for this agent, and what their sessions with it have seen, are gone.
    case forgetUse(OrganizationID, AgentID, PersonID)
    /// The same for all agents; and every token of theirs is revoked.
    case forgetPerson(OrganizationID, PersonID)
}

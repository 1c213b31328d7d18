public import Authority

/// Something that can be revoked, and so has an epoch.
public enum EpochScope: Hashable, Sendable {
    case home
    case organization(OrganizationID)
    case agent(OrganizationID, AgentID)
    case person(OrganizationID, PersonID)
    case client(ClientID)
    /// All connections of one owner at one provider: adding, revoking and breaking one of them bumps
    /// it, and so does choosing among them for an agent.
    case connections(OrganizationID, Owner, ProviderID)
    case session(SessionKey)
    /// Groups and shares of an organization, and which agents it has. No decision reads it: it keeps two changes of them
    /// from crossing, and an agent from being added unseen while its owner leaves.
    case sharing(OrganizationID)
    /// A client of the authorization server, by its `client_id`. No decision reads it, since what it ends ends each of the
    /// client's tokens: it keeps a change of the client and somebody's yes to it from crossing.
    case software(OrganizationID, String)
    /// What a provider knows an organization by. No decision reads it: it keeps two changes of it from crossing.
    case app(OrganizationID, ProviderID)
    /// The issuers whose word an organization takes. No decision reads it: it keeps a change of them and an exchange of one
    /// of their tokens from crossing.
    case issuers(OrganizationID)

    /// The scope as one text, for a row's key.
    public var raw: String {
        switch self {
        case .home: "home"
        case .organization(let organization): "organization/\(organization)"
        case .agent(let organization, let agent): "agent/\(organization)/\(agent)"
        case .person(let organization, let person): "person/\(organization)/\(person)"
        case .client(let client): "client/\(client)"
        case .connections(let organization, .person(let person), let provider):
            "connections/\(organization)/person/\(person)/\(provider)"
        case .connections(let organization, .agent(let agent), let provider):
            "connections/\(organization)/agent/\(agent)/\(provider)"
        case .connections(let organization, .organization, let provider):
            "connections/\(organization)/organization/\(provider)"
        case .session(let key): "session/\(key.raw)"
        case .sharing(let organization): "sharing/\(organization)"
        case .software(let organization, let client): "software/\(organization)/\(client)"
        case .app(let organization, let provider): "app/\(organization)/\(provider)"
        case .issuers(let organization): "issuers/\(organization)"
        }
    }
}

/// The value that an epoch had when a decision read it. A permit exists only while it still has it.
public struct EpochReading: Hashable, Sendable {
    public let scope: EpochScope
    public let value: Int64

    public init(scope: EpochScope, value: Int64) {
        self.scope = scope
        self.value = value
    }
}

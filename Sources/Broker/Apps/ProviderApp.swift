public import Authority
public import Gate
public import OAuth

/// Our registration with a provider, for one organization or one of its agents: what the provider knows us by.
public struct ProviderApp: Sendable {
    public let organization: OrganizationID
    public let provider: ProviderID
    /// Whose it is; nil for the home's.
    public let agent: AgentID?
    /// What the provider's answers call it, where somebody said so.
    public let appID: String?
    public let clientID: String
    public let authentication: ClientAuthentication
    /// Nil for a public client, and for one that signs.
    public let secret: HeldSecret?
    /// Signs for this app; nil for one with a secret or without.
    public let signer: AppSigner?

    /// The authorization server that a remote server's client belongs to; nil for a provider of this home.
    public let issuer: String?

    /// What tokens belong to: the client, and where it is one.
    public var registration: String { issuer.map { "\(clientID) at \($0)" } ?? clientID }
    /// With the secret before, while the provider hasn't answered to this one yet; at most one.
    public var before: [ProviderApp] = []
    /// As the pair of both is stored; empty when there is no such pair.
    var sealed: [UInt8] = []

    public init(
        organization: OrganizationID, provider: ProviderID, clientID: String, authentication: ClientAuthentication,
        secret: HeldSecret?, signer: AppSigner? = nil, issuer: String? = nil, agent: AgentID? = nil,
        appID: String? = nil
    ) {
        self.organization = organization
        self.provider = provider
        self.agent = agent
        self.appID = appID
        self.clientID = clientID
        self.authentication = authentication
        self.secret = secret
        self.signer = signer
        self.issuer = issuer
    }
}

extension ProviderApp {
    /// - Throws: `noKey` for an app that can't sign.
    func signing() throws(GrantFault) -> AppSigner {
        guard let signer else { throw .noKey }
        return signer
    }
}

/// One app as it is stored.
public struct AppRecord: Sendable, Hashable {
    public let organization: OrganizationID
    public let provider: ProviderID
    public let clientID: String
    public let authentication: ClientAuthentication
    /// The client's secret, as a sealed payload; empty for a public client.
    public let sealed: [UInt8]
    public let created: Timestamp
    /// The authorization server that the client belongs to, for a remote server; nil for a provider of this home.
    public let issuer: String?
    /// The provider hasn't answered to the newest secret yet: the payload is a `SecretPair` with the one before.
    public let isRotating: Bool
    /// The agent whose own it is; nil for the home's.
    public let agent: AgentID?
    /// What the provider's answers call it, such as Slack's `A…`; nil where nobody said.
    public let appID: String?

    public init(
        organization: OrganizationID, provider: ProviderID, clientID: String, authentication: ClientAuthentication,
        sealed: [UInt8], created: Timestamp, issuer: String? = nil, isRotating: Bool = false, agent: AgentID? = nil,
        appID: String? = nil
    ) {
        self.agent = agent
        self.appID = appID
        self.organization = organization
        self.provider = provider
        self.clientID = clientID
        self.authentication = authentication
        self.sealed = sealed
        self.created = created
        self.issuer = issuer
        self.isRotating = isRotating
    }

    /// With another secret.
    public func holding(_ sealed: [UInt8], isRotating: Bool) -> AppRecord {
        AppRecord(
            organization: organization, provider: provider, clientID: clientID, authentication: authentication,
            sealed: sealed, created: created, issuer: issuer,
            isRotating: isRotating, agent: agent, appID: appID)
    }

    /// The row's key, and what its secret is sealed under.
    public var id: String { AppRecord.id(provider, of: agent, in: organization) }

    public static func id(_ provider: ProviderID, of agent: AgentID?, in organization: OrganizationID) -> String {
        "app/\(organization)/\(provider)" + (agent.map { "/\($0)" } ?? "")
    }

    /// What tokens belong to, as `ProviderApp` says it.
    var registration: String { issuer.map { "\(clientID) at \($0)" } ?? clientID }
}

public protocol AppStore: Sendable {
    /// - Parameter agent: whose own it is; nil for the home's. Neither takes the other's place.
    func app(at provider: ProviderID, of agent: AgentID?, in organization: OrganizationID) async throws -> AppRecord?
    /// By the names of their providers, the home's before those of agents.
    func apps(in organization: OrganizationID) async throws -> [AppRecord]
}

public enum AppChange: StoredChange {
    /// Takes the place of the one that was there.
    case keep(AppRecord)
    case remove(ProviderID, of: AgentID?, OrganizationID)
}

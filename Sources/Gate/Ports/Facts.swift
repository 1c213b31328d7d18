public import Authority
public import Wire

/// What the registry knows of a request: whether everybody is in good standing, and under which mandate.
public protocol Facts: Sendable {
    /// Nil when the organization has no such agent.
    func facts(for request: ToolCallRequest) async throws -> AuthorityFacts?
}

/// The registry's part of a decision's facts, with the epochs that were read for it.
public struct AuthorityFacts: Sendable {
    public let mandate: Mandate
    /// Of the definition that the mandate was compiled from.
    public let definition: Digest
    public let standing: StandingFacts
    public let client: ClientFacts
    /// The principal's recorded ids, by provider.
    public let subjects: [ProviderID: String]
    public let agreed: Set<Capability>?
    public let directory: any Directory
    /// Whether the agent's use was shared with the requester.
    public let isShared: Bool
    /// Whether the requester was given the right to change what the agent remembers.
    public let editsMemory: Bool
    /// For what nobody asks; how often each was used isn't in them.
    public var orders: [StandingOrderFacts] = []
    public let epochs: [EpochReading]

    public init(
        mandate: Mandate, definition: Digest, standing: StandingFacts, client: ClientFacts,
        subjects: [ProviderID: String],
        agreed: Set<Capability>?, directory: any Directory,
        isShared: Bool = false, editsMemory: Bool = false, epochs: [EpochReading]
    ) {
        self.mandate = mandate
        self.definition = definition
        self.standing = standing
        self.client = client
        self.subjects = subjects
        self.agreed = agreed
        self.directory = directory
        self.isShared = isShared
        self.editsMemory = editsMemory
        self.epochs = epochs
    }
}

/// The connections that could fill a slot.
public protocol ConnectionSource: Sendable {
    /// Every connection of this owner at this provider, whatever its health.
    func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> FoundConnections

    /// The provider refused this credential itself. Until its owner connects again it is broken, unless it is one that is
    /// renewed: then whoever renews it says whether the grant is over.
    ///
    /// - Returns: whether the connection is out of use now.
    func wasRefused(_ use: ConnectionUse) async -> Bool
}

public struct FoundConnections: Sendable {
    public let connections: [ConnectionUse]
    /// What was chosen among them, for each agent for which somebody chose.
    public let chosen: [AgentID: ChosenAccount]
    /// A change of either moves it.
    public let epoch: EpochReading

    public init(
        connections: [ConnectionUse], chosen: [AgentID: ChosenAccount] = [:], epoch: EpochReading
    ) {
        self.connections = connections
        self.chosen = chosen
        self.epoch = epoch
    }
}

/// Seals what goes into the payload store.
public protocol PayloadSealing: Sendable {
    func seal(_ payload: [UInt8], id: String) throws -> [UInt8]
    func open(_ sealed: [UInt8], id: String) throws -> [UInt8]
}

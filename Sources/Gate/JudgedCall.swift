public import Authority
public import Wire

/// The connection that a permit names: the only credential that its call may use.
public struct ConnectionUse: Sendable, Hashable {
    public let facts: ConnectionFacts
    public let organization: OrganizationID
    /// Of the secret that was stored when the decision read it.
    public let generation: Int64
    /// Recognises the secret without revealing it.
    public let fingerprint: String
    /// Scheme, host and port that the credential was made for; of a remote server's tokens its whole address.
    public let origin: String
    /// Who gave the credential out: an authorization server's name or origin; empty where nobody did, and where it isn't known.
    public let issuer: String

    public init(
        facts: ConnectionFacts, organization: OrganizationID, generation: Int64, fingerprint: String, origin: String,
        issuer: String = ""
    ) {
        self.issuer = issuer
        self.facts = facts
        self.organization = organization
        self.generation = generation
        self.fingerprint = fingerprint
        self.origin = origin
    }

    /// The same, with what its provider has just said that a call of this tool lacks.
    func lacking(_ scopes: Set<String>, for tool: String) -> ConnectionUse {
        var lacks = facts.lacks
        lacks[tool, default: []].formUnion(scopes)
        return ConnectionUse(
            facts: ConnectionFacts(
                id: facts.id, provider: facts.provider, owner: facts.owner, host: facts.host, account: facts.account,
                scopes: facts.scopes, health: facts.health, lacks: lacks, assertedAs: facts.assertedAs,
                formerAccount: facts.formerAccount),
            organization: organization, generation: generation, fingerprint: fingerprint, origin: origin,
            issuer: issuer)
    }
}

/// Exactly what was judged, which is exactly what is sent.
public struct JudgedCall: Sendable {
    public let id: CallID
    public let organization: OrganizationID
    public let agent: AgentID
    public let principal: PersonID?
    public let tool: String
    public let effect: Effect
    /// Validated, with defaults filled in.
    public let arguments: JSONObject
    /// Over organization, agent, requester, tool, arguments and connection.
    public let digest: Digest
    public let connection: ConnectionUse?
    public let plan: RequestPlan
    /// The principal's recorded id at the provider, which the answer of a company-wide tool must be about.
    public let subject: String?
    /// Who may read what comes back where the manifest doesn't say more: the connection's owner, or who it acts for.
    public let readers: Readers
    public let requester: Requester
    /// The conversation that it belongs to.
    public let session: SessionKey
    /// What the session had seen when it was judged. Of a call that changes something, still so when it was committed.
    public let labels: Labels
    /// What was right when it was judged, and can be taken away.
    public let grounds: [EpochReading]
    /// What of the agent's memory the call may see and add to.
    public let memory: MemoryScope
    /// Whether the answer is kept, for a caller who may ask for it again.
    let keepsAnswer: Bool
}

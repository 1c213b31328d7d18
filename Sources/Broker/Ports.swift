public import Authority
public import Gate
public import Vault

/// Hands egress the bytes of the connection that a permit names, and of no other. It never chooses.
public protocol CredentialSource: Sendable {
    /// - Parameter agent: who acts; nil for an errand.
    /// - Throws: `CredentialError` when the stored secret isn't the one that the permit was made for.
    func credential(for use: ConnectionUse, by agent: AgentID?) async throws(CredentialError) -> Credential

    /// Another than the one of this generation, which the provider refused; nil where there can be no other. It is the only
    /// way to have a token renewed before its time.
    func credential(
        for use: ConnectionUse, by agent: AgentID?, rejecting generation: Int64
    ) async throws(CredentialError) -> Credential?

    /// Whether the provider's answer says that the credential itself doesn't do.
    func isRefused(_ answer: UpstreamAnswer, for use: ConnectionUse) -> Bool
}

/// Why a credential can't be had.
public enum CredentialError: Error, Hashable, Sendable {
    case gone
    /// It belongs to another owner, host or account than the permit says.
    case notAsJudged
    /// Its seal doesn't hold: the record was moved here, put back, cut off, altered, or sealed by another key.
    case sealBroken(VaultError)
    case unreadable(String)
    /// Its token ended, and there is no other until its owner connects again.
    case expired
    /// Its token ended, and its provider gives no other just now. Why.
    case notRenewed(String)
}

/// What Deputy sends on its own account, one case for each kind. Tools never see it.
public protocol Errands: Sendable {
    /// Asks a provider whose credential this is, before it is kept. Goes to `origin` and nowhere else.
    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer

    /// Asks a remote server what tools it has: with this connection at its own host, or openly.
    func discover(_ step: Step, for use: ConnectionUse?) async throws(UpstreamFailure) -> UpstreamAnswer

    /// Drops what is remembered of a connection that was revoked, such as its session at a remote server. Nothing is sent:
    /// there is no credential any more to say goodbye with.
    func forget(_ connection: ConnectionID)
}

/// The rows of connections. Secrets are sealed before they come here.
public protocol ConnectionStore: ChoiceStore {
    func connection(_ id: ConnectionID) async throws -> ConnectionRecord?
    func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [ConnectionRecord]
    /// Every connection of the organization, or of one owner, in the order in which they were made.
    func connections(in organization: OrganizationID, of owner: Owner?) async throws -> [ConnectionRecord]
    /// At most `limit` connections of the organization by rising id, after the one named.
    func connections(
        in organization: OrganizationID, after: ConnectionID?, limit: Int
    ) async throws -> [ConnectionRecord]
}

/// What the broker changes in the store.
public enum BrokerChange: StoredChange {
    case add(ConnectionRecord)
    /// The same connection with a new grant, one generation on; refused (`exists`) when it moved meanwhile.
    case reconnect(ConnectionRecord)
    case setScopes(ConnectionID, Set<String>)
    /// What the provider said that calls lack; refused (`exists`) unless the connection is of this generation.
    case lack(ConnectionID, Int64, LackedScopes)
    case setHealth(ConnectionID, ConnectionHealth)
    /// Destroys the sealed secret of a revoked connection, and its tokens, and keeps the row.
    case shred(ConnectionID)
    /// No connection of this owner can be used any more, and how each stood is forgotten; their secrets stay until each is
    /// shredded.
    case revokeAll(OrganizationID, Owner)
}

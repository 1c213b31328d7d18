/// Who a connection belongs to.
public enum Owner: Hashable, Sendable {
    case person(PersonID)
    case agent(AgentID)
    /// Keys of models alone: no slot for tools is filled by it, and no channel.
    case organization
}

/// Which kind of owner must fill a slot.
public enum SlotOwner: String, Sendable, CaseIterable {
    case person, agent
}

/// An agent's declared need for a provider.
public struct Slot: Hashable, Sendable {
    public let provider: ProviderID
    public let owner: SlotOwner

    public init(provider: ProviderID, owner: SlotOwner) {
        self.provider = provider
        self.owner = owner
    }
}

public enum ConnectionHealth: Hashable, Sendable {
    case healthy
    /// The provider refused it; its owner has to connect again.
    case broken
    case revoked
}

/// The account that was chosen among several of one owner at one provider, for one agent. A choice is of both: a connection
/// that was made anew for another account isn't the one that was chosen.
public struct ChosenAccount: Hashable, Sendable {
    public let connection: ConnectionID
    /// The upstream account, as the provider calls it.
    public let account: String

    public init(connection: ConnectionID, account: String) {
        self.connection = connection
        self.account = account
    }
}

/// What the decision needs to know of a connection. Never its secret.
public struct ConnectionFacts: Hashable, Sendable {
    public let id: ConnectionID
    public let provider: ProviderID
    public let owner: Owner
    /// The host that it was made for, and the only one that it is used at.
    public let host: String
    /// The upstream account, as the provider calls it.
    public let account: String
    public let scopes: Set<String>
    public let health: ConnectionHealth
    /// By tool: what its provider has said that a call of it lacks, and hasn't granted since.
    public let lacks: [String: Set<String>]
    /// Whom it acts as because our own key says so (a service account's subject, an assertion's), by mail address in lower
    /// case; nil where the provider knows that by itself.
    public let assertedAs: String?
    /// What the account was called before its provider gave its whole name; nil unless the same grant was known so.
    public let formerAccount: String?

    public init(
        id: ConnectionID, provider: ProviderID, owner: Owner, host: String, account: String, scopes: Set<String>,
        health: ConnectionHealth, lacks: [String: Set<String>] = [:], assertedAs: String? = nil,
        formerAccount: String? = nil
    ) {
        self.id = id
        self.provider = provider
        self.owner = owner
        self.host = host
        self.account = account
        self.scopes = scopes
        self.health = health
        self.lacks = lacks
        self.assertedAs = assertedAs
        self.formerAccount = formerAccount
    }
}

public import Authority
public import Wire

public enum ConnectFlowKind {}
public typealias ConnectFlowID = ID<ConnectFlowKind>

/// Which connection somebody is to make: one person, for one owner, at one provider.
public struct ConnectAim: Sendable, Hashable {
    public let organization: OrganizationID
    /// The one person who may make it: the owner, or for an agent's own the agent's owner.
    public let person: PersonID
    public let owner: Owner
    /// Whose needs say what is asked for; nil where the person came by themselves.
    public let agent: AgentID?
    public let provider: ProviderID

    public init(
        organization: OrganizationID, person: PersonID, owner: Owner, agent: AgentID?, provider: ProviderID
    ) {
        self.organization = organization
        self.person = person
        self.owner = owner
        self.agent = agent
        self.provider = provider
    }
}

/// One way to a connection. There is one row for each aim, so that its link stays the same and nobody fills the store by
/// asking. The link names the flow and carries no authority.
public struct ConnectFlow: Sendable, Hashable {
    public let id: ConnectFlowID
    public let aim: ConnectAim
    /// Goes up with each step: of two steps at once, one is taken.
    public let revision: Int64
    public let stage: ConnectStage
    /// Of the handle that the browser was last sent off with, and that nobody else has: what finds the flow when it comes
    /// back. It counts once, and stays until the next one, so that a second answer is led to where the first one went.
    public let state: Digest?
    public let created: Timestamp

    public init(
        id: ConnectFlowID, aim: ConnectAim, revision: Int64, stage: ConnectStage, state: Digest?, created: Timestamp
    ) {
        self.id = id
        self.aim = aim
        self.revision = revision
        self.stage = stage
        self.state = state
        self.created = created
    }

    /// - Parameter state: of a new handle; nil where the one before stays.
    public func step(to stage: ConnectStage, state: Digest? = nil) -> ConnectFlow {
        ConnectFlow(
            id: id, aim: aim, revision: revision + 1, stage: stage, state: state ?? self.state, created: created)
    }
}

public enum ConnectStage: Sendable, Hashable {
    /// Nothing is under way.
    case waiting
    /// The person's browser was sent to the provider.
    case away(ConnectDeparture)
    /// It came back, and its code is being exchanged.
    case arrived(until: Timestamp)
    /// The account is shown, and nothing is kept yet.
    case offered(ConnectOffer)
    case kept(OfferedAccount)
    case ended(ConnectProblem)

    /// What this stage holds sealed; empty for most. It is stored beside the rest, and gone with the stage.
    public var sealed: [UInt8] {
        switch self {
        case .away(let departure): departure.verifier
        case .offered(let offer): offer.tokens
        case .waiting, .arrived, .kept, .ended: []
        }
    }

    /// Until when something is sealed in it.
    public var until: Timestamp? {
        switch self {
        case .away(let departure): departure.until
        case .offered(let offer): offer.until
        case .arrived(let until): until
        case .waiting, .kept, .ended: nil
        }
    }
}

/// What a browser was sent off with. The answer must fit all of it.
public struct ConnectDeparture: Sendable, Hashable {
    /// The browser session.
    public let session: String
    /// The server's name, as it was when the browser left; nil where it has none.
    public let issuer: String?
    public let redirectURI: String
    public let clientID: String
    /// What was asked for.
    public let scopes: Set<String>
    /// The connection that the new one takes the place of; nil when there is none.
    public let replaces: ConnectionID?
    public let until: Timestamp
    /// Sealed.
    public let verifier: [UInt8]

    public init(
        session: String, issuer: String?, redirectURI: String, clientID: String, scopes: Set<String>,
        replaces: ConnectionID?, until: Timestamp, verifier: [UInt8]
    ) {
        self.session = session
        self.issuer = issuer
        self.redirectURI = redirectURI
        self.clientID = clientID
        self.scopes = scopes
        self.replaces = replaces
        self.until = until
        self.verifier = verifier
    }
}

/// An account whose tokens we hold, and which its person hasn't said yes to yet.
public struct ConnectOffer: Sendable, Hashable {
    public let session: String
    public let account: OfferedAccount
    public let asked: Set<String>
    public let granted: Set<String>
    public let replaces: ConnectionID?
    /// The account that the owner's connection had before, where this is another: it takes a yes of its own.
    public let before: OfferedAccount?
    /// What that connection calls this account, where it is the same by another id.
    public let knownAs: String?
    /// An agent's, and yet its owner's own account: everybody who may use the agent would reach it, so that takes a yes too.
    public let isOwners: Bool
    public let clientID: String
    public let until: Timestamp
    /// Sealed.
    public let tokens: [UInt8]

    public init(
        session: String, account: OfferedAccount, asked: Set<String>, granted: Set<String>, replaces: ConnectionID?,
        before: OfferedAccount?, knownAs: String? = nil, isOwners: Bool, clientID: String, until: Timestamp,
        tokens: [UInt8]
    ) {
        self.knownAs = knownAs
        self.session = session
        self.account = account
        self.asked = asked
        self.granted = granted
        self.replaces = replaces
        self.before = before
        self.isOwners = isOwners
        self.clientID = clientID
        self.until = until
        self.tokens = tokens
    }

    /// A session of no browser: of the handle that a device's code was given out with.
    static func deviceSession() -> String { devices + Base64.encodeURL(randomBytes(32)) }

    /// Whether it is answered at the terminal from which the code was given out, and in no browser.
    public var isByDevice: Bool { session.hasPrefix(ConnectOffer.devices) }

    private static let devices = "device/"

    /// What was asked for and isn't granted.
    public var missing: Set<String> { asked.subtracting(granted) }

    /// What the person saw when they said yes.
    public func shown(of flow: ConnectFlowID) -> Digest {
        let parts = [
            flow.raw, account.id, account.email ?? "", account.name ?? "", before?.id ?? "", replaces?.raw ?? "",
            granted.sorted().joined(separator: " "), Digest.sha256(of: tokens).hex,
        ]
        return JSON.array(parts.map { .string($0) }).digest
    }
}

/// An account at a provider, as the provider says it.
public struct OfferedAccount: Sendable, Hashable {
    public let id: String
    /// What a connection of before may know it by.
    public let former: String?
    public let name: String?
    public let email: String?
    /// Whether the provider vouches for the address.
    public let isVouched: Bool

    public init(id: String, former: String? = nil, name: String?, email: String?, isVouched: Bool = true) {
        self.id = id
        self.former = former
        self.name = name
        self.email = email
        self.isVouched = isVouched
    }

    init(_ account: UpstreamAccount) {
        self.init(
            id: account.id, former: account.former, name: account.name, email: account.email,
            isVouched: account.isVouched)
    }

    public var shown: String { email ?? name ?? id }

    init(_ row: ConnectionRecord) { self.init(id: row.account, name: row.accountName, email: row.email) }
}

/// How a try ended without a connection. The raw value is how it is recorded.
public enum ConnectEnd: String, Sendable, Hashable, CaseIterable {
    /// The person said no at the provider.
    case declined
    /// The person didn't want what came back.
    case dropped
    /// The provider answered with an error of its own.
    case refused
    /// The provider doesn't take its own code, or gives no token.
    case code
    /// The provider can't be asked.
    case unreachable
    /// The answer isn't the provider's that was asked.
    case mixUp = "mix-up"
    case malformed
    /// The account isn't its owner's.
    case account
    /// Somebody else brought the answer, or another browser.
    case hijacked
}

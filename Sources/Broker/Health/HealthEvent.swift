public import Authority
import Gate

/// What a change of health is of.
public enum HealthSubject: Sendable, Hashable {
    case connection(ConnectionID)
    /// Everything at one provider that one fault stops.
    case provider(ProviderID, ConnectionCause)
    /// The secret of our app there.
    case app(ProviderID, of: AgentID? = nil)
    /// The key that a connection was made with.
    case key(ConnectionID)
    /// What a remote server says of itself.
    case server(ProviderID)
    /// Tools that a remote server lists, and that nobody has ever released.
    case newTools(ProviderID)

    /// As it is stored, unique in an organization.
    public var text: String {
        switch self {
        case .connection(let id): "connection/\(id)"
        case .provider(let provider, let cause): "provider/\(provider)/\(cause.rawValue)"
        case .app(let provider, of: nil): "app/\(provider)"
        case .app(let provider, of: let agent?): "app/\(provider)/\(agent)"
        case .key(let id): "key/\(id)"
        case .server(let server): "server/\(server)"
        case .newTools(let server): "new-tools/\(server)"
        }
    }
}

/// One change of how something stands. Recorded once, in the commit that makes the change where one does, and told to whom
/// it concerns at least once: its id says whether somebody has heard of it.
public struct HealthEvent: Sendable, Hashable {
    public let id: String
    public let organization: OrganizationID
    public let subject: HealthSubject
    public let provider: ProviderID
    /// Whose connection it is; nil for what concerns whoever runs this home.
    public let owner: Owner?
    public let standing: ConnectionStanding
    /// How many connections it is about.
    public let count: Int
    public let at: Timestamp
    /// Digests of the names of new tools that somebody was told of, up to `mostSeen`: more than these are told of again, and
    /// fewer aren't.
    public let seen: Set<String>

    public init(
        id: String, organization: OrganizationID, subject: HealthSubject, provider: ProviderID, owner: Owner?,
        standing: ConnectionStanding, count: Int = 1, at: Timestamp, seen: Set<String> = []
    ) {
        self.seen = seen
        self.id = id
        self.organization = organization
        self.subject = subject
        self.provider = provider
        self.owner = owner
        self.standing = standing
        self.count = count
        self.at = at
    }
}

extension ConnectionUse {
    /// That this connection stands so from now on.
    func turned(_ standing: ConnectionStanding, by world: World) -> HealthEvent {
        HealthEvent(
            id: world.newID("evt"), organization: organization, subject: .connection(facts.id),
            provider: facts.provider, owner: facts.owner, standing: standing, at: world.now())
    }
}

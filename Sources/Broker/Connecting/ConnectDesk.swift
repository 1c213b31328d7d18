public import Authority
public import Definition
public import Gate
import Ledger
public import OAuth
public import Vault
import Wire

/// Why connecting goes no further.
public enum ConnectError: Error, Sendable {
    case refused(ConnectRefusal)
    case failed(BrokerError)
}

/// A service that people are sent to, and what it knows us by.
public struct ConnectService: Sendable {
    public let manifest: ProviderManifest
    public let server: AuthorizationServer
    public let app: ProviderApp
}

extension ConnectService {
    /// The service as this owner's account is asked for there.
    public func asked(for owner: Owner) -> ConnectService {
        switch owner {
        case .person, .organization: self
        case .agent: ConnectService(manifest: manifest, server: server.forAgents, app: app)
        }
    }
}

/// What the registry knows that a connection must fit, read when it is asked for.
public struct ConnectParty: Sendable {
    /// For an agent's own: the agent's owner.
    public let agentOwner: PersonID?
    /// Everybody in the organization.
    public let people: [PersonClaim]
    /// The epochs under which that was read.
    public let unmoved: [EpochReading]

    public init(agentOwner: PersonID?, people: [PersonClaim], under unmoved: [EpochReading]) {
        self.agentOwner = agentOwner
        self.people = people
        self.unmoved = unmoved
    }

    func connection(of aim: ConnectAim, sharing: Bool, under reading: EpochReading? = nil) -> NewConnection {
        NewConnection(
            organization: aim.organization, owner: aim.owner, provider: aim.provider, agentOwner: agentOwner,
            isSharedWithOwner: sharing, people: people, by: "person:\(aim.person)",
            under: unmoved + (reading.map { [$0] } ?? []))
    }
}

/// Sends a person to a provider and takes what comes back: the account is shown before it is kept, and the person who
/// finishes is the person who asked.
public struct ConnectDesk: Sendable {
    let store: any ConnectFlowStore
    let commits: any Commits
    public let connections: ConnectionDesk
    let apps: AppDesk
    let tokens: any TokenErrands
    let keys: KeyRing
    let providers: ProviderShelf
    let services: Services
    let remotes: RemoteServices
    /// For asking a connection with its own credential whose it is; nil where none is lent.
    let credentials: (any CredentialSource)?
    /// Looks whether a remote server still names what was pinned.
    let verify: @Sendable (ProviderID, OrganizationID) async throws(BrokerError) -> Void
    let world: World

    public init(
        store: any ConnectFlowStore, commits: any Commits, connections: ConnectionDesk, apps: AppDesk,
        tokens: any TokenErrands, keys: KeyRing, providers: ProviderShelf, remotes: RemoteServices = .none,
        credentials: (any CredentialSource)? = nil,
        verify: @escaping @Sendable (ProviderID, OrganizationID) async throws(BrokerError) -> Void = { _, _ in },
        world: World
    ) {
        self.credentials = credentials
        self.store = store
        self.commits = commits
        self.connections = connections
        self.apps = apps
        self.tokens = tokens
        self.keys = keys
        self.providers = providers
        services = Services(providers: providers, remotes: remotes)
        self.remotes = remotes
        self.verify = verify
        self.world = world
    }

    /// The service of this aim, by the app of the agent whose needs or account it is for, or else by the home's.
    ///
    /// - Returns: nil where it isn't connected so: it gives no tokens by OAuth, or knows neither.
    public func service(for aim: ConnectAim) async throws(BrokerError) -> ConnectService? {
        try await service(at: aim.provider, in: aim.organization) { () async throws(BrokerError) in
            try await app(for: aim)
        }
    }

    /// By the app that tokens were given to, and by no other: nil where it isn't kept any more.
    func service(for aim: ConnectAim, thatGave registration: String) async throws(BrokerError) -> ConnectService? {
        let service = try await service(at: aim.provider, in: aim.organization) { () async throws(BrokerError) in
            try await apps.app(thatGot: registration, at: aim.provider, in: aim.organization, for: aim.owner)
        }
        return service?.app.registration == registration ? service : nil
    }

    private func service(
        at provider: ProviderID, in organization: OrganizationID,
        as app: () async throws(BrokerError) -> ProviderApp
    ) async throws(BrokerError) -> ConnectService? {
        guard let manifest = try await services.manifest(of: provider, in: organization), let server = manifest.oauth
        else { return nil }
        do throws(BrokerError) {
            return ConnectService(manifest: manifest, server: server, app: try await app())
        } catch {
            guard error.code == .unknown else { throw error }
            return nil
        }
    }

    /// Who comes for no agent, and whom only an agent's app has connected, is connected again by that one.
    private func app(for aim: ConnectAim) async throws(BrokerError) -> ProviderApp {
        do throws(BrokerError) {
            return try await apps.app(at: aim.provider, in: aim.organization, for: aim.owner.agent ?? aim.agent)
        } catch {
            guard error.code == .unknown, aim.agent == nil, let app = try await earlierApp(of: aim) else { throw error }
            return app
        }
    }

    private func earlierApp(of aim: ConnectAim) async throws(BrokerError) -> ProviderApp? {
        let rows = try await connections.read {
            try await connections.store.connections(of: aim.owner, at: aim.provider, in: aim.organization)
        }
        for row in rows.reversed() where row.health != .revoked {
            guard let tokens = try await connections.read({ try await connections.tokens.tokens(of: row.id) }) else {
                continue
            }
            let app = try await apps.app(
                thatGot: tokens.clientID, at: aim.provider, in: aim.organization, for: aim.owner)
            return app.registration == tokens.clientID ? app : nil
        }
        return nil
    }

    /// Those that a person can be sent to for no agent, by name: with the home's app, and where an agent's has connected them.
    public func services(
        in organization: OrganizationID, for person: PersonID
    ) async throws(BrokerError) -> [ProviderManifest] {
        let apps = try await apps.list(in: organization)
        var known = Set(apps.filter { $0.agent == nil }.map(\.provider))
        for provider in Set(apps.map(\.provider)).subtracting(known) {
            let aim = ConnectAim(
                organization: organization, person: person, owner: .person(person), agent: nil, provider: provider)
            if try await earlierApp(of: aim) != nil { known.insert(provider) }
        }
        let own = providers.all.filter { $0.oauth != nil && known.contains($0.provider) }
        var reachable: [ProviderManifest] = []
        for server in try await connections.read({ try await remotes.all(organization) })
        where try await knows(server.provider, organization) {
            reachable.append(server.manifest)
        }
        return own + reachable
    }

    private func knows(_ provider: ProviderID, _ organization: OrganizationID) async throws(BrokerError) -> Bool {
        try await service(at: provider, in: organization) { () async throws(BrokerError) in
            try await apps.app(at: provider, in: organization)
        } != nil
    }

    /// - Throws: `unknown` or `invalid`, with the way out, where people can't be sent there.
    public func requireApp(for aim: ConnectAim) async throws(BrokerError) {
        guard try await connections.manifest(of: aim.provider, in: aim.organization).oauth != nil else {
            throw BrokerError(
                .invalid, "`\(aim.provider)` gives no tokens by OAuth",
                hint: "connect it with a key: `deputy connections add \(aim.provider)`")
        }
        _ = try await app(for: aim)
    }

    /// What people call it.
    public func title(of provider: ProviderID) -> String { providers.manifest(of: provider)?.title ?? provider.raw }

    /// The one flow of this aim, whose link stays the same.
    public func open(_ aim: ConnectAim) async throws(BrokerError) -> ConnectFlow {
        for _ in 0..<3 {
            if let flow = try await connections.read({ try await store.connectFlow(for: aim) }) { return flow }
            let flow = ConnectFlow(
                id: ConnectFlowID(world.newID("flow")), aim: aim, revision: 1, stage: .waiting, state: nil,
                created: world.now())
            do throws(CommitError) {
                try await commits.commit(Transaction(changes: [ConnectChange.open(flow)]))
                return flow
            } catch {
                guard case .exists = error else { throw ConnectDesk.unwritten }
            }
        }
        throw BrokerError.crossed
    }

    /// A flow as its own person may see it.
    public func flow(_ id: ConnectFlowID, for visitor: ConnectVisitor) async throws(ConnectError) -> ConnectFlow {
        let flow = try await read { try await store.connectFlow(id) }
        guard let flow else { throw .refused(.unknown) }
        do throws(ConnectRefusal) {
            try flow.check(visitor)
        } catch {
            throw .refused(error)
        }
        return flow
    }

    /// The flow whose browser was sent off with this handle. Looked up by the hash of 256 random bits.
    public func flow(state: String) async throws(ConnectError) -> ConnectFlow {
        let digest = Digest.sha256(of: Array(state.utf8))
        let flow = try await read { try await store.connectFlow(state: digest) }
        guard let flow else { throw .refused(.unknown) }
        return flow
    }

    /// Tells the ledger that somebody tried what they may not. A browser that was away doesn't stay so: whoever brought its
    /// answer has the handle, which counts once.
    public func record(
        _ refusal: ConnectRefusal, _ id: ConnectFlowID, by visitor: ConnectVisitor?, isAnswer: Bool
    ) async throws(ConnectError) {
        guard let flow = try await read({ try await store.connectFlow(id) }) else { return }
        var changes: [ConnectChange] = []
        if isAnswer, case .away = flow.stage { changes = [.step(flow.step(to: .ended(ConnectProblem(.hijacked))))] }
        let by = visitor.map { "person:\($0.person)" } ?? "nobody"
        try await commit(changes, flow, "connect.refused", ["because": .string(refusal.rawValue)], by: by)
    }

    static let unwritten = BrokerError(.unavailable, "the ledger can't be written", hint: "see `deputy doctor`")

    func read<Value>(_ body: () async throws -> Value) async throws(ConnectError) -> Value {
        do throws(BrokerError) {
            return try await connections.read(body)
        } catch {
            throw .failed(error)
        }
    }

    func step(
        _ next: ConnectFlow, _ what: String, _ fields: JSONObject = [:], by: String? = nil
    ) async throws(ConnectError) {
        try await commit([.step(next)], next, what, fields, by: by ?? "person:\(next.aim.person)")
    }

    /// A leaf alone.
    func tell(_ flow: ConnectFlow, _ what: String, _ fields: JSONObject = [:]) async throws(ConnectError) {
        try await commit([], flow, what, fields, by: "person:\(flow.aim.person)")
    }

    /// - Throws: `over` when somebody else was first.
    private func commit(
        _ changes: [ConnectChange], _ flow: ConnectFlow, _ what: String, _ fields: JSONObject, by: String
    ) async throws(ConnectError) {
        do {
            try await commits.commit(Transaction(changes: changes, leaves: [try leaf(what, flow, fields, by: by)]))
        } catch CommitError.exists {
            throw .refused(.over)
        } catch {
            throw .failed(ConnectDesk.unwritten)
        }
    }

    func leaf(
        _ what: String, _ flow: ConnectFlow, _ more: JSONObject, by: String
    ) throws(LedgerError) -> PlacedLeaf {
        var fields: JSONObject = [
            "change": .string(what), "by": .string(by), "flow": .string(flow.id.raw),
            "for": .string("person:\(flow.aim.person)"), "owner": .string(flow.aim.owner.text),
            "provider": .string(flow.aim.provider.raw),
        ]
        for (name, value) in more.members { fields[name] = value }
        return PlacedLeaf(
            try Leaf(kind: .authority, time: world.now().microseconds, fields: fields),
            in: .organization(flow.aim.organization))
    }
}

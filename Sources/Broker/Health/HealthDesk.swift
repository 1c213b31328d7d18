public import Authority
public import Gate
import Ledger
import Wire

/// Notices what changes by itself, and tells of every change at least once: to its webhook all of them, to the person
/// who has to do something by the ways that notices take.
public struct HealthDesk: Sendable {
    let store: any HealthStore & NoticeStore
    let commits: any Commits
    let connections: ConnectionDesk
    let keeper: TokenKeeper
    let organization: OrganizationID
    let settings: HealthSettings
    let world: World

    public init(
        store: any HealthStore & NoticeStore, commits: any Commits, connections: ConnectionDesk, keeper: TokenKeeper,
        organization: OrganizationID, settings: HealthSettings, world: World
    ) {
        self.store = store
        self.commits = commits
        self.connections = connections
        self.keeper = keeper
        self.organization = organization
        self.settings = settings
        self.world = world
    }

    /// Looks, and tells. Of several gateways on one store one does.
    ///
    /// - Throws: the first failure, once all is tried: what can't be looked at keeps nobody from being told of the rest.
    public func sweep() async throws {
        guard try await store.sendsNotices() else { return }
        var failure: (any Error)?
        for part in looks + [tell, send] {
            do { try await part() } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    /// What needs somebody: connections, and what stops many of them at once.
    public func attention(limit: Int = 1_000) async throws -> [HealthEvent] {
        try await store.healthMarks(in: organization, about: "", limit: limit)
    }

    /// Records a change, unless it is recorded already.
    ///
    /// - Parameter isNews: whether it is one also where it looks as it did.
    func turn(_ event: HealthEvent, isNews: Bool = false) async throws {
        var fields: JSONObject = [
            "change": "health.changed", "by": "gateway", "subject": .string(event.subject.text),
            "state": .string(event.standing.state.rawValue), "cause": .string(event.standing.cause.rawValue),
            "count": .number(JSONNumber(Int64(event.count))),
        ]
        fields["code"] = event.standing.code.map { .string($0) }
        let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
        do throws(CommitError) {
            try await commits.commit(
                Transaction(
                    changes: [isNews ? HealthChange.turn(event) : .turnOnce(event)],
                    leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
        } catch {
            guard case .exists = error else { throw error }
        }
    }
}

/// Where events go, and whom they concern.
public struct HealthSettings: Sendable {
    /// The person who may mend this owner's connections; nil when there is none.
    public var person: @Sendable (Owner) async throws -> PersonID?
    /// Nil while none is set.
    public var webhook: @Sendable () async throws -> (any EventPoster)?
    /// The page where people look after their connections.
    public var link: @Sendable () -> String
    /// Called after something became durable for the notices.
    public var told: @Sendable () -> Void
    /// Remote servers that aren't what they were.
    public var changed: @Sendable () async throws -> [ChangedServer]

    public init(
        person: @escaping @Sendable (Owner) async throws -> PersonID?,
        webhook: @escaping @Sendable () async throws -> (any EventPoster)?, link: @escaping @Sendable () -> String,
        told: @escaping @Sendable () -> Void,
        changed: @escaping @Sendable () async throws -> [ChangedServer] = { [] }
    ) {
        self.person = person
        self.webhook = webhook
        self.link = link
        self.told = told
        self.changed = changed
    }
}

/// A remote server that says something else of itself than was pinned.
public struct ChangedServer: Sendable, Hashable {
    public let server: ProviderID
    /// How many tools somebody had released and nobody may call since.
    public let tools: Int
    /// Where its tokens come from has changed too.
    public let isAuthorizationChanged: Bool
    /// Names of tools that nobody has ever released, and that could be.
    public let new: Set<String>
    /// Who looks after it: owners of agents that have a slot for it, each with those agents.
    public let keepers: [PersonID: Set<AgentID>]

    public init(
        server: ProviderID, tools: Int, isAuthorizationChanged: Bool, new: Set<String> = [],
        keepers: [PersonID: Set<AgentID>]
    ) {
        self.new = new
        self.server = server
        self.tools = tools
        self.isAuthorizationChanged = isAuthorizationChanged
        self.keepers = keepers
    }
}

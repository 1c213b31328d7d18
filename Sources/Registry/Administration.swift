public import Authority
import Definition
public import Gate
import Ledger
import Wire

/// Who changes authority. Never an agent, never a client.
public enum Administrator: Sendable, Hashable {
    /// The system user that owns the home.
    case systemUser(uid: UInt32)
    /// The demo, setting up its own home.
    case demo
    /// Somebody in their own browser session.
    case person(PersonID)
    /// A provider's word of who is in which group, as its name here.
    case provider(String)

    /// As leaves name them.
    public var text: String {
        switch self {
        case .systemUser(let uid): "operator:\(uid)"
        case .demo: "demo"
        case .person(let person): "person:\(person)"
        case .provider(let name): "sign-in:\(name)"
        }
    }
}

/// Organizations, people, agents and tokens, changed one leaf at a time.
public struct Administration: Sendable {
    let store: any RegistryStore & SharingStore & LedgerStore
    let commits: any Commits
    let shelves: LiveShelf
    let world: World
    /// Every connection of an organization, as those who keep them tell it.
    let accounts: @Sendable (OrganizationID) async throws -> [HeldAccount]
    /// In a demo home a token for somebody else is usable at once, and says so.
    let isDemo: Bool

    public init(
        store: any RegistryStore & SharingStore & LedgerStore, commits: any Commits, shelf: LiveShelf, world: World,
        accounts: @escaping @Sendable (OrganizationID) async throws -> [HeldAccount], isDemo: Bool
    ) {
        self.store = store
        self.commits = commits
        shelves = shelf
        self.world = world
        self.accounts = accounts
        self.isDemo = isDemo
    }

    /// The tools as they are now.
    var shelf: ToolShelf { shelves.current }

    /// Commits one change of authority together with its leaf.
    ///
    /// - Parameter unmoved: the epochs under which everything was read that the change is right by.
    func change(
        _ changes: [RegistryChange], under unmoved: [EpochReading], bumping bumps: [EpochScope], _ what: String,
        _ fields: JSONObject, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        var fields = fields
        fields["change"] = .string(what)
        fields["by"] = .string(administrator.text)
        try await commit(
            Transaction(
                requires: unmoved, bumps: bumps, changes: changes, leaves: [try leaf(fields, in: organization)]))
    }

    /// The epochs as they are now, for a commit that compares them.
    public func readings(of scopes: some Sequence<EpochScope>) async -> [EpochReading] {
        await commits.readings(of: scopes)
    }

    /// The epochs that every connection of this agent's own has.
    func connectionReadings(of agent: AgentID, in organization: OrganizationID) async -> [EpochReading] {
        await readings(
            of: shelf.catalogue.providers.sorted { $0.raw < $1.raw }.map {
                .connections(organization, .agent(agent), $0)
            })
    }

    /// Reads, judges and commits anew while others commit in between.
    func again<Value>(
        _ body: () async throws(RegistryError) -> Value
    ) async throws(RegistryError) -> Value {
        for _ in 1..<Administration.tries {
            do throws(RegistryError) {
                return try await body()
            } catch {
                guard error == .crossed else { throw error }
            }
        }
        return try await body()
    }

    private static let tries = 32

    func leaf(_ fields: JSONObject, in organization: OrganizationID) throws(RegistryError) -> PlacedLeaf {
        do throws(LedgerError) {
            return PlacedLeaf(
                try Leaf(kind: .authority, time: world.now().microseconds, fields: fields),
                in: .organization(organization))
        } catch {
            throw RegistryError(.invalid, "the change is too large to be recorded")
        }
    }

    func commit(_ transaction: Transaction) async throws(RegistryError) {
        do throws(CommitError) {
            try await commits.commit(transaction)
        } catch {
            throw RegistryError(error)
        }
    }

    /// Reads, with the store's failures as errors that can be shown.
    func read<Value>(_ body: () async throws -> Value) async throws(RegistryError) -> Value {
        do {
            return try await body()
        } catch {
            throw RegistryError(.unavailable, "the gateway can't read its own state", hint: "see `deputy doctor`")
        }
    }

    func heldAccounts(in organization: OrganizationID) async throws(RegistryError) -> [HeldAccount] {
        try await read { try await accounts(organization) }
    }

    func requirePerson(_ id: PersonID, in organization: OrganizationID) async throws(RegistryError) -> PersonRecord {
        let people = try await read { try await store.people(in: organization) }
        if let person = people.first(where: { $0.id == id }) { return person }
        throw RegistryError(
            .unknown, "no person is called `\(id)`",
            hint: suggestion(for: id.raw, among: people.map(\.id.raw))
                ?? "list them with `deputy people list`; `deputy people add` adds one")
    }

    func requireAgent(_ id: AgentID, in organization: OrganizationID) async throws(RegistryError) -> AgentRecord {
        let agents = try await read { try await store.agents(in: organization) }
        if let agent = agents.first(where: { $0.id == id }) { return agent }
        throw RegistryError(
            .unknown, "no agent is called `\(id)`",
            hint: suggestion(for: id.raw, among: agents.map(\.id.raw)) ?? "list them with `deputy agents list`")
    }

    func requireOrganization(_ id: OrganizationID) async throws(RegistryError) -> OrganizationRecord {
        if let organization = try await read({ try await store.organization(id) }) { return organization }
        throw RegistryError(.unknown, "no organization is called `\(id)`")
    }

    /// - Throws: `invalid` for a name that isn't plain.
    func checkName(_ name: String, what: String) throws(RegistryError) {
        do throws(PlainNameProblem) {
            try PlainName.check(name, of: what)
        } catch {
            throw RegistryError(.invalid, error.message, hint: error.hint)
        }
    }
}

extension RegistryError {
    /// What a change was right by has changed before its commit.
    static let crossed = RegistryError(.unavailable, "something else changed at the same time", hint: "try again")

    init(_ error: CommitError) {
        self =
            switch error {
            case .exists(let row):
                RegistryError(
                    .exists, "`\(row)` exists already", hint: "take another name, or change what is there")
            case .moved, .budgetSpent, .identicalCall, .approval, .window, .tooManyAsks: .crossed
            case .unavailable(let reason): RegistryError(.unavailable, reason, hint: "see `deputy doctor`")
            }
    }
}

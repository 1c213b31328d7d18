import Authority
import Gate
import Ledger
import Logging
import Synchronization
import Twins
import Wire

/// One agent with a few tools, a gate over memory, and a provider that is a script.
final class Stage: Sendable {
    let store: MemoryStore
    let upstream = FakeUpstream()
    let clock: FakeWorld
    let facts: StageFacts
    let connections: StageConnections
    let gate: ActionGate
    let shelf: ToolShelf
    let shelves: LiveShelf

    static let organization = OrganizationID("acme")
    static let alice = PersonID("alice")
    static let bob = PersonID("bob")
    static let dana = PersonID("dana")
    static let provider = ProviderID("notes")
    static let keys = LedgerKeys(name: "stage.test", seed: [UInt8](repeating: 9, count: 32))
    static let host = "https://notes.example"

    let desk: ApprovalDesk
    let runner: ApprovalRunner

    init(
        asking: AskSettings = AskSettings(), observer: (any GateObserver)? = nil,
        challenges: (any ScopeChallenges)? = nil, brake: FakeBrake = FakeBrake(),
        store: MemoryStore = MemoryStore(), clock: FakeWorld = FakeWorld(), tools: [CallableTool] = [],
        _ edit: (inout AgentDefinition) -> Void = { _ in }
    ) throws {
        self.store = store
        self.clock = clock
        shelf = ToolShelf(Stage.tools + tools)
        shelves = LiveShelf(shelf)
        var definition = AgentDefinition(
            organization: Stage.organization, agent: AgentID("helper"), owner: Stage.alice)
        definition.actsAs = .assistant
        definition.users = .everyone
        definition.slots = [Slot(provider: Stage.provider, owner: .person)]
        edit(&definition)
        facts = StageFacts(mandate: try Mandate(compiling: definition, with: shelf.catalogue), commits: store)
        connections = StageConnections(commits: store)
        var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        log.logLevel = .critical
        gate = ActionGate(
            shelf: shelves, facts: facts, connections: connections, sessions: store, budgets: store,
            commits: store,
            upstream: upstream, approvals: store, payloads: store, sealing: OpenSealing(), asking: asking,
            challenges: challenges, observer: observer, brake: { brake.reason }, world: clock.world,
            receipts: ReceiptSigner(keys: Stage.keys), log: log)
        desk = ApprovalDesk(gate: gate)
        runner = ApprovalRunner(gate: gate, bell: Bell(), log: log)
    }

    /// The home has these tools from now on, as after a release or a quarantine.
    func put(_ tools: [CallableTool]) throws {
        let version = shelves.current.catalogue.version + 1
        shelves.replace(tools, groups: [:], remote: [], fingerprint: .sha256(of: Array("\(version)".utf8)))
        try facts.compile(with: shelves.current.catalogue)
    }

    func call(
        _ tool: String, _ arguments: JSONObject = ["id": "1"], as person: PersonID = Stage.alice,
        with client: String = "token"
    ) async -> Answer {
        await gate.perform(request(tool, arguments, as: person, with: client))
    }

    func request(
        _ tool: String, _ arguments: JSONObject, as person: PersonID = Stage.alice, with client: String = "token"
    ) -> ToolCallRequest {
        ToolCallRequest(
            organization: Stage.organization, agent: AgentID("helper"), requester: .person(person),
            client: ClientID(client), trigger: .call, tool: tool, arguments: arguments)
    }

    /// The leaves of the organization's tree.
    func leaves() async throws -> [JSON] {
        try await store.records(of: .organization(Stage.organization), from: 0, limit: 1000).map {
            try JSON.parse($0.bytes)
        }
    }

    func kinds() async throws -> [String] { try await leaves().compactMap { $0["kind"]?.stringValue } }

    static let tools = [
        tool("notes.read", .read, ["id": .selector], labels: Labels(integrity: .colleague, readers: .organization)),
        tool("notes.mail", .read, ["id": .selector], labels: Labels(integrity: .outsider, readers: .only([alice]))),
        tool("notes.write", .create, ["id": .selector]),
        tool("notes.send", .send, ["to": .destination, "text": .content]),
        tool("notes.run", .execute, ["id": .selector]),
    ]

    static func tool(
        _ name: String, _ effect: Effect, _ roles: [String: Role], labels: Labels = .fresh, title: String? = nil,
        text: String? = nil, host: String = Stage.host, definition: Digest? = nil
    ) -> CallableTool {
        let properties = JSONObject(roles.keys.sorted().map { ($0, ["type": "string"]) })
        guard let schema = try? JSONSchema(["type": "object", "properties": .object(properties)]) else {
            preconditionFailure("the stage's own schema is wrong")
        }
        return CallableTool(
            spec: ToolSpec(name: name, provider: provider, effect: effect, host: host), title: title ?? name,
            text: text ?? name, schema: schema, roles: roles, definition: definition, planner: StagePlanner(name: name),
            executor: StageExecutor(labels: labels))
    }
}

/// Holds everything up while it has a reason.
final class FakeBrake: Sendable {
    private let state = Mutex<String?>(nil)

    var reason: String? { state.withLock { $0 } }

    func pull(_ reason: String?) { state.withLock { $0 = reason } }
}

struct StagePlanner: RequestPlanner {
    let name: String

    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        RequestPlan(
            effect: Step(
                kind: .effect, method: "POST", path: "/\(name)", query: "", body: JSON.object(arguments).bytes()))
    }
}

struct StageExecutor: ToolExecutor {
    let labels: Labels

    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome {
        let step = permit.call.plan.effect
        let report = await upstream.effect(step, spending: permit)
        return switch report.result {
        case .success(let answer):
            answer.status == 401 || answer.status == 403
                ? .refused(
                    ProviderRefusal(
                        status: answer.status, code: "unauthorized", message: "no", retryAfter: nil,
                        isCredentialRefused: answer.status == 401, lack: answer.status == 403 ? .challenge("more") : nil
                    ),
                    labels: labels)
                : .done((try? JSON.parse(answer.body)) ?? .null, labels: labels)
        case .failure(.notSent(let reason)): .notSent(reason)
        case .failure(.unknown(let reason)): .unknown(reason)
        }
    }
}

/// The registry's facts, all in good standing unless a test says otherwise.
final class StageFacts: Facts {
    struct State {
        var mandate: Mandate
        var standing = StandingFacts()
        var people: Set<PersonID> = [Stage.alice, Stage.bob, Stage.dana]
    }

    private let commits: MemoryStore
    private let state: Mutex<State>

    init(mandate: Mandate, commits: MemoryStore) {
        self.commits = commits
        state = Mutex(State(mandate: mandate))
    }

    func set(_ facts: StandingFacts) { state.withLock { $0.standing = facts } }

    /// The person leaves.
    func remove(_ person: PersonID) { _ = state.withLock { $0.people.remove(person) } }

    /// The agent's definition is edited.
    func edit(_ edit: (inout AgentDefinition) -> Void) throws {
        let before = state.withLock(\.mandate)
        var definition = before.definition
        edit(&definition)
        let mandate = try Mandate(compiling: definition, with: before.catalogue)
        state.withLock { $0.mandate = mandate }
    }

    /// The mandate is compiled anew with other tools.
    func compile(with catalogue: ToolCatalogue) throws {
        let mandate = try Mandate(compiling: state.withLock(\.mandate).definition, with: catalogue)
        state.withLock { $0.mandate = mandate }
    }

    func facts(for request: ToolCallRequest) async throws -> AuthorityFacts? {
        let state = state.withLock { $0 }
        let mandate = state.mandate
        guard request.agent == mandate.agent || request.agent == AgentID("mixed-up") else { return nil }
        let scopes: [EpochScope] = [.agent(request.organization, request.agent), .client(request.client)]
        return AuthorityFacts(
            mandate: mandate, definition: .sha256(of: Array("\(mandate.definition)".utf8)), standing: state.standing,
            client: ClientFacts(ceiling: .all, agents: [mandate.agent]), subjects: [:],
            agreed: mandate.capabilities,
            directory: KnownDirectory(
                peopleByAddress: ["bob@acme.test": Stage.bob, "alice@acme.test": Stage.alice], active: state.people),
            epochs: scopes.map { EpochReading(scope: $0, value: commits.epoch(of: $0)) })
    }
}

/// One connection for each of Alice and Bob.
final class StageConnections: ConnectionSource {
    let commits: MemoryStore
    private let refused = Mutex<[ConnectionID]>([])
    private let renewals = Mutex<(generation: Int64, account: String?, former: String?)>((1, nil, nil))

    private let isGone = Mutex(false)
    private let choice = Mutex<ChosenAccount?>(nil)
    private let isDoubled = Mutex(false)

    /// Everybody has a second account, and this is chosen.
    func double(choosing chosen: ChosenAccount?) {
        isDoubled.withLock { $0 = true }
        choice.withLock { $0 = chosen }
    }

    /// There is no connection any more.
    func remove() { isGone.withLock { $0 = true } }

    func restore() { isGone.withLock { $0 = false } }

    /// The token is refreshed.
    func refresh() { renewals.withLock { $0.generation += 1 } }

    /// The connection is made to another account.
    func move(to account: String) { renewals.withLock { ($0.account, $0.former) = (account, nil) } }

    /// Its provider says what the account is called in full.
    func name(_ account: String, formerly: String) {
        renewals.withLock { ($0.generation, $0.account, $0.former) = ($0.generation + 1, account, formerly) }
    }

    init(commits: MemoryStore) {
        self.commits = commits
    }

    var refusals: [ConnectionID] { refused.withLock { $0 } }

    func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> FoundConnections {
        let name: String =
            switch owner {
            case .person(let person): person.raw
            case .agent(let agent): agent.raw
            case .organization: organization.raw
            }
        let scope = EpochScope.connections(organization, owner, provider)
        let epoch = EpochReading(scope: scope, value: commits.epoch(of: scope))
        if isGone.withLock({ $0 }) { return FoundConnections(connections: [], epoch: epoch) }
        let chosen = choice.withLock { $0 }
        return FoundConnections(
            connections: (isDoubled.withLock { $0 } ? [name, "\(name)-2"] : [name]).map { name in
                ConnectionUse(
                    facts: ConnectionFacts(
                        id: ConnectionID("con-\(name)"), provider: provider, owner: owner, host: Stage.host,
                        account: renewals.withLock { $0.account } ?? name, scopes: [], health: .healthy,
                        formerAccount: renewals.withLock { $0.former }),
                    organization: organization, generation: renewals.withLock { $0.generation }, fingerprint: "fp",
                    origin: Stage.host)
            }, chosen: chosen.map { [AgentID("helper"): $0] } ?? [:], epoch: epoch)
    }

    func wasRefused(_ use: ConnectionUse) async -> Bool {
        refused.withLock { $0.append(use.facts.id) }
        return true
    }
}

import Authority
import Broker
import Definition
import Gate
import Registry
import Storage
import Twins
import Vault
import Wire

typealias SharingStageStore = WholeStore

/// The store that a test runs over.
enum StoreKind: CaseIterable, Sendable {
    case memory, sqlite
}

/// Acme's people, an assistant, two claws and a delegate, with the desks that share them.
struct SharingStage {
    let home: TemporaryHome?
    let store: any SharingStageStore
    let clock = FakeWorld()
    let administration: Administration
    let agreements: AgreementDesk
    let browsers: BrowserDesk
    let connections: ConnectionDesk
    let facts: RegistryFacts
    let shelf: LiveShelf

    static let acme = OrganizationID("acme")
    static let (alice, bob, carol, dana) = (PersonID("alice"), PersonID("bob"), PersonID("carol"), PersonID("dana"))
    static let (onboarding, email, product) = (AgentID("onboarding"), AgentID("email"), AgentID("product"))
    static let secretary = AgentID("secretary")
    static let operating = Administrator.systemUser(uid: 1)

    init(_ kind: StoreKind) async throws {
        switch kind {
        case .memory: (home, store) = (nil, MemoryStore())
        case .sqlite:
            let folder = try TemporaryHome()
            (home, store) = (folder, try folder.open())
        }
        shelf = LiveShelf(ToolShelf(try SharingStage.tools()))
        let connected = store
        administration = Administration(
            store: store, commits: store, shelf: shelf, world: clock.world,
            accounts: { organization in
                try await connected.connections(in: organization, of: nil).map {
                    HeldAccount(connection: $0.use.facts, name: $0.accountName, email: $0.email)
                }
            }, isDemo: true)
        agreements = AgreementDesk(administration: administration)
        browsers = BrowserDesk(administration: administration, browsers: store)
        connections = ConnectionDesk(
            store: store, commits: store, errands: NamelessErrands(), keys: try KeyRing.ephemeral(),
            fingerprints: Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes)),
            providers: try ProviderShelf(try BundledProviders.read()), world: clock.world)
        facts = RegistryFacts(store: store, commits: store, shelf: shelf, world: clock.world)
        try await populate()
    }

    private func populate() async throws {
        let by = SharingStage.operating
        try await administration.addOrganization(
            SharingStage.acme, name: "Acme", domains: ["acme.test"], by: by)
        for person in ["alice", "bob", "carol", "dana"] {
            _ = try await administration.addPerson(
                PersonID(person), name: nil, email: "\(person)@acme.test", subjects: [:], by: by, in: SharingStage.acme)
        }
        let agents: [(AgentID, JSONObject)] = [
            (
                SharingStage.onboarding,
                [
                    "actsAs": "assistant", "users": ["alice"], "slots": ["notion:person", "slack:person"],
                    "tools": ["notion.*"],
                ]
            ),
            (SharingStage.email, ["actsAs": "claw", "slots": ["gmail:agent"]]),
            (SharingStage.product, ["actsAs": "claw", "slots": ["notion:agent"]]),
            (
                SharingStage.secretary,
                [
                    "actsAs": "delegate", "tier": 1, "principals": ["dana"], "slots": ["gmail:agent"],
                    "grants": [["principal": "dana", "person": "bob", "tools": "gmail.*"]],
                ]
            ),
        ]
        for (id, definition) in agents {
            _ = try await administration.addAgent(
                id, owner: SharingStage.dana, definition: definition, by: by, in: SharingStage.acme)
        }
        try await connect("con-mail", .agent(SharingStage.email), "gmail", account: "dana@acme.test")
        try await connect("con-product", .agent(SharingStage.product), "notion", account: "product@acme.test")
    }

    func connect(_ id: String, _ owner: Owner, _ provider: String, account: String) async throws {
        let record = ConnectionRecord(
            id: ConnectionID(id), organization: SharingStage.acme, owner: owner, provider: ProviderID(provider),
            origin: "https://\(provider).test", kind: "bearer", account: account, accountName: account, email: account,
            scopes: [], generation: 1, fingerprint: id, sealed: [1, 2, 3], health: .healthy, created: clock.world.now())
        let scope = EpochScope.connections(SharingStage.acme, owner, ProviderID(provider))
        try await store.commit(Transaction(bumps: [scope], changes: [BrokerChange.add(record)]))
    }

    /// Everything that a person can have at an agent: a token, an agreement, a session, something that waits, a window.
    func use(_ agent: AgentID, by person: PersonID) async throws -> ClientID {
        let client = try await administration.createToken(
            for: person, agents: [agent], label: "", seconds: 3600, by: SharingStage.operating, in: SharingStage.acme
        ).record.id
        let session = SessionKey(
            organization: SharingStage.acme, agent: agent, requester: .person(person), client: client)
        let agreement = AgreementRecord(
            organization: SharingStage.acme, person: person, agent: agent, capabilities: [], at: clock.world.now())
        try await store.commit(
            Transaction(changes: [
                RegistryChange.agree(agreement), GateChange.saw(session, .fresh, at: clock.world.now()),
                ApprovalChange.park(try approval(agent, person, client), AskCaps()),
                ApprovalChange.open(try window(agent, person, client)),
            ]))
        return client
    }

    /// What is left of it.
    func left(_ agent: AgentID, of person: PersonID, _ client: ClientID) async throws -> Set<String> {
        var left: Set<String> = []
        let token = try await store.token(client)
        if token?.state == .active, token?.agents.contains(agent) == true { left.insert("token") }
        let agreement = try await store.agreement(of: person, with: agent, in: SharingStage.acme)
        if agreement != nil { left.insert("agreement") }
        let session = SessionKey(
            organization: SharingStage.acme, agent: agent, requester: .person(person), client: client)
        if try await store.state(of: session) != nil { left.insert("session") }
        if try await store.approval(ApprovalID("\(client)-ask"))?.state == .waiting { left.insert("approval") }
        if try await store.window(WindowID("\(client)-window"))?.state == .open { left.insert("window") }
        return left
    }

    static let everything: Set<String> = ["token", "agreement", "session", "approval", "window"]

    /// What is committed when a person leaves.
    func leaving(_ person: PersonID, agentsTo heir: PersonID? = nil) async throws -> Transaction {
        let record = try await administration.person(person, in: SharingStage.acme)
        var transaction = try await administration.offboarding(
            of: person, agentsTo: heir, by: SharingStage.operating, in: SharingStage.acme
        ).transaction
        let end = try await LeavingDesk(store: store, connections: connections).cut(
            PersonClaim(person: person, email: record.email, subjects: record.subjects), in: SharingStage.acme,
            by: "test"
        ).transaction
        transaction.requires += end.requires
        transaction.bumps += end.bumps
        transaction.changes += end.changes
        transaction.leaves += end.leaves
        return transaction
    }

    func leave(_ person: PersonID, agentsTo heir: PersonID? = nil) async throws {
        try await administration.commit(offboarding: try await leaving(person, agentsTo: heir))
    }

    func mayUse(_ agent: AgentID, _ person: PersonID, _ facts: RegistryFacts? = nil) async throws -> Bool {
        let request = ToolCallRequest(
            organization: SharingStage.acme, agent: agent, requester: .person(person), client: ClientID("c-\(person)"),
            trigger: .call, tool: "notion.search", arguments: [:])
        return try await (facts ?? self.facts).facts(for: request)?.isShared == true
    }

    func share(
        _ agent: AgentID, _ grantee: Grantee, _ rights: Set<ShareRight> = [.use], acknowledged: Bool = false
    ) async throws -> Preflight {
        try await administration.share(
            agent, with: grantee, rights: rights, acknowledged: acknowledged,
            by: SharingStage.operating, in: SharingStage.acme)
    }

    func unshare(_ agent: AgentID, _ grantee: Grantee) async throws {
        try await administration.unshare(
            agent, with: grantee, rights: [], by: SharingStage.operating, in: SharingStage.acme)
    }

    func group(_ id: String, _ members: PersonID...) async throws {
        _ = try await administration.addGroup(
            GroupID(id), name: nil, members: Set(members), by: SharingStage.operating, in: SharingStage.acme)
    }

    func leaves() async throws -> [JSON] {
        try await store.records(of: .organization(SharingStage.acme), from: 0, limit: 1000).map {
            try JSON.parse($0.bytes)
        }
    }

    func changes() async throws -> [String] { try await leaves().compactMap { $0["change"]?.stringValue } }
}

extension SharingStage {
    private static func tools() throws -> [CallableTool] {
        try [
            ("notion.search", .read), ("notion.write", .create), ("slack.post", .send), ("gmail.search", .read),
            ("gmail.send", .send),
        ].map { (name: String, effect: Effect) in
            let provider = String(name.prefix { $0 != "." })
            return CallableTool(
                spec: ToolSpec(
                    name: name, provider: ProviderID(provider), effect: effect, host: "https://\(provider).test"),
                title: name, text: name, schema: try JSONSchema(["type": "object"]), roles: [:], planner: NoPlan(),
                executor: NoExecution())
        }
    }

    private func approval(_ agent: AgentID, _ person: PersonID, _ client: ClientID) throws -> Approval {
        let digest = Digest.sha256(of: Array(client.raw.utf8)).hex
        let value: JSON = [
            "id": .string("\(client)-ask"), "call": call(agent, person, client), "binding": binding,
            "digest": .string(digest), "asked": .string(digest), "needs": [["dana"]], "allowsWindow": true,
            "created": .number(JSONNumber(clock.world.now().microseconds)),
            "expires": .number(JSONNumber(clock.world.now().adding(seconds: 3600).microseconds)), "yes": [],
            "state": ["name": "waiting"],
        ]
        guard let approval = Approval(json: value) else { throw UnreadableSample() }
        return approval
    }

    private func window(_ agent: AgentID, _ person: PersonID, _ client: ClientID) throws -> GrantWindow {
        let value: JSON = [
            "id": .string("\(client)-window"), "approval": "a", "call": call(agent, person, client),
            "binding": binding, "destinations": ["x"], "by": "dana",
            "created": .number(JSONNumber(clock.world.now().microseconds)),
            "until": .number(JSONNumber(clock.world.now().adding(seconds: 3600).microseconds)), "usesLeft": .null,
            "state": ["name": "open"],
        ]
        guard let window = GrantWindow(json: value) else { throw UnreadableSample() }
        return window
    }

    private func call(_ agent: AgentID, _ person: PersonID, _ client: ClientID) -> JSON {
        [
            "organization": "acme", "agent": .string(agent.raw), "requester": ["person", .string(person.raw)],
            "client": .string(client.raw), "trigger": "call", "tool": "notion.write", "effect": "create",
        ]
    }

    private var binding: JSON {
        ["definition": .string(Digest.sha256(of: [1]).hex), "pin": .string(Digest.sha256(of: [2]).hex)]
    }
}

struct UnreadableSample: Error {}

private struct NoPlan: RequestPlanner {
    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        RequestPlan(effect: Step(kind: .effect, method: "GET", path: "/", query: ""))
    }
}

private struct NoExecution: ToolExecutor {
    func execute(_ permit: consuming Permit, through upstream: any Upstream) async -> ToolOutcome { .notSent("a test") }
}

private struct NamelessErrands: UnaskedErrands {
    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        UpstreamAnswer(status: 404, headers: [], body: [])
    }
}

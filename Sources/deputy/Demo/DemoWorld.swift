import Authority
import FoundationEssentials
import Gateway
import Registry
import Wire

/// The home of the demo: Acme's people, its three agents, their connections and tokens.
struct DemoWorld {
    let composition: Composition
    /// By person.
    let tokens: [String: String]

    static let people = ["alice", "bob", "carol", "dana"]

    /// Makes the home, or completes one that the demo made before.
    static func prepare(_ paths: HomePaths, _ acme: AcmeProcess) async throws -> DemoWorld {
        let origins = Dictionary(
            uniqueKeysWithValues: acme.origins.filter { !["control", "bench", "tickets"].contains($0.key) }
                .map { (ProviderID($0.key), $0.value) })
        let settings = CompositionSettings(allowsLoopback: true, isQuiet: true)
        let organization = OrganizationID("acme")
        let composition = try await opened(paths, organization, origins, settings)
        guard composition.home.isDemo else {
            try await composition.close()
            throw CommandFailure(
                .homeUnusable, "not_demo", "`\(paths.root)` isn't a demo home",
                hint: "give the demo a folder of its own")
        }
        var tokens: [String: String] = [:]
        let setting = Setting(api: composition.api, acme: acme)
        try await setting.addPeople()
        try await setting.addAgents()
        try await setting.addServer()
        try await setting.addConnections()
        try await setting.releaseTool()
        try await setting.addNotices()
        try await setting.addModel()
        for person in people { tokens[person] = try await setting.token(of: person) }
        return DemoWorld(composition: composition, tokens: tokens)
    }

    /// Makes the home known to Notion, so that people connect their accounts by going there. Wants a served gateway.
    func registerApp(with acme: AcmeProcess) async throws {
        try await Setting(api: composition.api, acme: acme).registerApp()
    }

    /// Another token of a person's.
    func token(of person: String) async throws -> String {
        let response = await composition.api.handle(
            AdministrationRequest(
                method: "POST", path: ["tokens"],
                body: ["person": .string(person), "agents": ["onboarding"], "label": "demo"]))
        guard response.status < 300, let token = response.body["token"]?.stringValue else {
            throw CommandFailure(response)
        }
        return token
    }

    /// The tool that the onboarding agent gets in the story.
    static let postTool = "slack.post_message"

    /// The onboarding agent as its definition file has it.
    static let onboarding = """
        { agents: { list: [ {
          id: "onboarding", owner: "dana", actsAs: "assistant", users: "everyone",
          slots: ["notion:person", "slack:person", "rippling:agent"],
          tools: { use: ["notion.*", "slack.*", "rippling.get_worker"], deny: ["\(postTool)"] },
        } ] } }
        """

    private static func opened(
        _ paths: HomePaths, _ organization: OrganizationID, _ origins: [ProviderID: String],
        _ settings: CompositionSettings
    ) async throws -> Composition {
        guard !FileManager.default.fileExists(atPath: paths.database) else {
            return try await Composition.open(paths, settings)
        }
        let home = try await Home.create(paths, organization: organization, origins: origins, isDemo: true)
        let composition = try await Composition(home, settings)
        try await composition.registered.administration.addOrganization(
            organization, name: "Acme", domains: ["acme.test"], by: composition.ground.administrator)
        return composition
    }
}

/// Sets the stage through the same routes that commands use.
private struct Setting {
    let api: AdministrationAPI
    let acme: AcmeProcess

    func addPeople() async throws {
        for person in DemoWorld.people {
            let name = person.prefix(1).uppercased() + person.dropFirst()
            try await post(
                ["people"],
                [
                    "id": .string(person), "name": .string(name), "email": .string("\(person)@acme.test"),
                    "subjects": ["rippling": .string(acme.id("workers", person))],
                ])
        }
    }

    func addAgents() async throws {
        let agents: [JSONObject] = [
            [
                "id": "email", "owner": "dana", "actsAs": "claw", "users": "everyone",
                "slots": ["gmail:agent", "calendar:agent"], "tools": ["gmail.*", "calendar.*"],
            ],
            [
                "id": "product", "owner": "dana", "actsAs": "claw", "users": "everyone", "slots": ["notion:agent"],
                "tools": ["notion.*"],
            ],
        ]
        for agent in agents { try await post(["agents"], agent, mayExist: true) }
        // A run that was broken off left it as its editor had it.
        try await post(
            ["apply"],
            [
                "files": [["name": "onboarding.json5", "text": .string(DemoWorld.onboarding)]],
                "overwriteDrift": true,
            ])
    }

    /// A remote MCP server, and an assistant that uses it.
    func addServer() async throws {
        let known = try await get(["servers"])["servers"]?.arrayValue ?? []
        if known.isEmpty {
            try await post(
                ["servers"],
                ["name": "tickets", "url": .string((acme.origins["tickets"] ?? "") + "/mcp"), "credential": true])
        }
        try await post(
            ["agents"],
            [
                "id": "helpdesk", "owner": "dana", "actsAs": "assistant", "users": "everyone",
                "slots": ["tickets:person"], "tools": ["tickets.*"],
            ], mayExist: true)
        try await post(
            ["agents"],
            ["id": "ticket-reader", "owner": "dana", "actsAs": "claw", "slots": ["tickets:agent"], "allow": []],
            mayExist: true)
    }

    func releaseTool() async throws {
        try await post(["servers", "tickets", "refresh"], [:])
        try await post(["tools", "tickets.search", "release"], ["effect": "read", "roles": ["query": "selector"]])
    }

    /// Notices go to a receiver that acme stands in for.
    func addNotices() async throws {
        try await post(["notices", "webhook"], ["url": .string((acme.origins["control"] ?? "") + "/hooks")])
    }

    /// Whoever writes to an agent writes out its calls too.
    func addModel() async throws { try await post(["models"], ["name": "default", "speaks": "offline"]) }

    func addConnections() async throws {
        let wanted: [(provider: String, owner: String, key: String, account: String, shared: Bool)] = [
            ("notion", "alice", "person", "alice", false), ("notion", "bob", "person", "bob", false),
            ("slack", "alice", "person", "alice", false), ("slack", "bob", "person", "bob", false),
            ("rippling", "onboarding", "agent", "company", false), ("gmail", "email", "agent", "dana", true),
            ("calendar", "email", "agent", "dana", true), ("notion", "product", "agent", "product", false),
            ("tickets", "ticket-reader", "agent", "service", false), ("tickets", "alice", "person", "alice", false),
            ("tickets", "bob", "person", "bob", false),
        ]
        let there = try await get(["connections"])["connections"]?.arrayValue ?? []
        for connection in wanted {
            let owner = "\(connection.key):\(connection.owner)"
            let isThere = there.contains {
                $0["provider"]?.stringValue == connection.provider && $0["owner"]?.stringValue == owner
                    && $0["health"]?.stringValue == "healthy"
            }
            if isThere { continue }
            try await post(
                ["connections"],
                [
                    "provider": .string(connection.provider), connection.key: .string(connection.owner),
                    "secret": .string(try acme.secret(connection.provider, of: connection.account)),
                    "sharedWithOwner": .bool(connection.shared),
                ])
        }
    }

    /// An app at Notion, and Carol without an account there: what its page gave out acme forgets between two runs.
    func registerApp() async throws {
        let secret = Hex.encode(randomBytes(16))
        let app = try await post(
            ["apps"],
            ["provider": "notion", "client": "deputy-demo", "secret": .string(secret), "replace": true])
        try await acme.control(
            "/oauth/clients",
            [
                "service": "notion", "id": "deputy-demo", "secret": .string(secret),
                "redirect_uris": [app["redirect_uri"] ?? .null],
            ])
        for connection in try await get(["connections"])["connections"]?.arrayValue ?? []
        where connection["owner"]?.stringValue == "person:carol" && connection["health"]?.stringValue != "revoked" {
            _ = await api.handle(
                AdministrationRequest(
                    method: "DELETE", path: ["connections", connection["id"]?.stringValue ?? "none"]))
        }
    }

    func token(of person: String) async throws -> String {
        let made = try await post(
            ["tokens"],
            ["person": .string(person), "agents": ["onboarding", "email", "product", "helpdesk"], "label": "demo"])
        guard let token = made["token"]?.stringValue else {
            throw CommandFailure(.homeUnusable, "no_token", "the demo home gave no token")
        }
        return token
    }

    private func get(_ path: [String]) async throws -> JSON {
        let response = await api.handle(AdministrationRequest(method: "GET", path: path))
        guard response.status < 300 else { throw CommandFailure(response) }
        return response.body
    }

    @discardableResult
    private func post(_ path: [String], _ body: JSONObject, mayExist: Bool = false) async throws -> JSON {
        let response = await api.handle(AdministrationRequest(method: "POST", path: path, body: body))
        if mayExist, response.status == 409 { return response.body }
        guard response.status < 300 else { throw CommandFailure(response) }
        return response.body
    }
}

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
            uniqueKeysWithValues: acme.origins.filter { $0.key != "control" && $0.key != "bench" }
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
        try await setting.addConnections()
        for person in people { tokens[person] = try await setting.token(of: person) }
        return DemoWorld(composition: composition, tokens: tokens)
    }

    private static func opened(
        _ paths: HomePaths, _ organization: OrganizationID, _ origins: [ProviderID: String],
        _ settings: CompositionSettings
    ) async throws -> Composition {
        guard !FileManager.default.fileExists(atPath: paths.database) else {
            return try await Composition.open(paths, settings)
        }
        let home = try await Home.create(paths, organization: organization, origins: origins, isDemo: true)
        let composition = try await Composition.compose(home, settings)
        try await composition.administration.addOrganization(
            organization, name: "Acme", domains: ["acme.test"], by: composition.administrator)
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
                "id": "onboarding", "owner": "dana", "actsAs": "assistant", "users": "everyone",
                "slots": ["notion:person", "slack:person", "rippling:agent"],
                "tools": ["notion.*", "slack.*", "rippling.get_worker"],
            ],
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
    }

    func addConnections() async throws {
        let wanted: [(provider: String, owner: String, key: String, account: String, shared: Bool)] = [
            ("notion", "alice", "person", "alice", false), ("notion", "bob", "person", "bob", false),
            ("slack", "alice", "person", "alice", false), ("slack", "bob", "person", "bob", false),
            ("rippling", "onboarding", "agent", "company", false), ("gmail", "email", "agent", "dana", true),
            ("calendar", "email", "agent", "dana", true), ("notion", "product", "agent", "product", false),
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

    func token(of person: String) async throws -> String {
        let made = try await post(
            ["tokens"],
            ["person": .string(person), "agents": ["onboarding", "email", "product"], "label": "demo"])
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

import Authority
import Definition
import Gate
import Wire

/// Who and what there is. The two organizations share names, so that mixing them up shows.
enum Cast {
    static let organizations = [OrganizationID("acme"), OrganizationID("rival")]
    static let provider = ProviderID("gmail")
    /// Whose key signs the ledgers.
    static let ledger = LedgerKeys(name: "simulation.test", seed: [UInt8](repeating: 3, count: 32))

    static func people(of organization: OrganizationID) -> [PersonID] {
        (organization.raw == "acme" ? ["alice", "bob", "carol", "dana"] : ["alice", "dana"]).map { PersonID($0) }
    }

    static let agents = [AgentID("helper"), AgentID("robot"), AgentID("proxy")]
    static let owner = PersonID("dana")

    static func email(_ name: String, in organization: OrganizationID) -> String { "\(name)@\(organization).test" }

    /// One agent of each identity, everybody's to use. The claw has an approver besides its owner, and a small budget.
    static func definition(of agent: AgentID, in organization: OrganizationID) -> AgentDefinition {
        var definition = AgentDefinition(organization: organization, agent: agent, owner: owner)
        definition.users = .everyone
        definition.slots = [Slot(provider: provider, owner: agent.raw == "helper" ? .person : .agent)]
        switch agent.raw {
        case "helper": definition.actsAs = .assistant
        case "robot":
            definition.actsAs = .claw
            // Shared with everybody instead.
            definition.users = .only([owner])
            definition.approvers = people(of: organization).contains(PersonID("carol")) ? [PersonID("carol")] : []
            definition.ask = ["gmail.mend"]
            definition.budget = Budget(callsPerMinute: 3, callsPerDay: 40)
        default:
            definition.actsAs = .delegate
            definition.tier = .two
            definition.principals = [PersonID("alice")]
        }
        return definition
    }

    static let tools = ["gmail.glance", "gmail.mail", "gmail.note", "gmail.mend", "gmail.tell", "gmail.run"]

    /// The bundled providers, read once.
    static let providers: ProviderShelf = {
        guard let manifests = try? BundledProviders.read(), let shelf = try? ProviderShelf(manifests) else {
            preconditionFailure("the bundled providers can't be read")
        }
        return shelf
    }()

    /// The same one provider, where people sign in.
    static let signIn: ProviderShelf = {
        let text = """
            { provider: "gmail", title: "Mail", origin: "\(origin)", credential: { kind: "bearer" },
              oauth: { authorization: "https://accounts.test/authorize", token: "https://accounts.test/token",
                introspection: "https://accounts.test/introspect", revocation: "https://accounts.test/revoke",
                refresh: { rotation: "strict", marginSeconds: 30, concurrency: 2 } },
              account: { requests: [{ method: "GET", path: "/me" }], id: "/emailAddress", email: "/emailAddress" },
              tools: [] }
            """
        guard let manifest = try? ProviderManifest(reading: text, file: "gmail.json5"),
            let shelf = try? ProviderShelf([manifest])
        else { preconditionFailure("the manifest of the simulated provider is wrong") }
        return shelf
    }()

    static let origin = providers.manifest(of: provider)?.origin ?? ""

    /// The tools, made anew for each process.
    static func shelf(retries: Bool) -> ToolShelf {
        ToolShelf([
            tool("gmail.glance", .read, ["id": .selector], .organization, retries),
            tool("gmail.mail", .read, ["id": .selector], .outsiders, retries),
            tool("gmail.note", .create, ["id": .selector], .own, retries),
            tool("gmail.mend", .update, ["id": .selector], .own, retries),
            tool("gmail.tell", .send, ["to": .destination, "text": .content], .own, retries),
            tool("gmail.run", .execute, ["id": .selector], .own, retries),
        ])
    }

    private static func tool(
        _ name: String, _ effect: Effect, _ roles: [String: Role], _ brings: SimulatedExecutor.Brings, _ retries: Bool
    ) -> CallableTool {
        let properties = JSONObject(roles.keys.sorted().map { ($0, ["type": "string"]) })
        guard let schema = try? JSONSchema(["type": "object", "properties": .object(properties)]) else {
            preconditionFailure("the schema of `\(name)` is wrong")
        }
        return CallableTool(
            spec: ToolSpec(name: name, provider: provider, effect: effect, host: origin), title: name, text: name,
            schema: schema, roles: roles, planner: SimulatedPlanner(tool: name),
            executor: SimulatedExecutor(tool: name, brings: brings, retries: retries))
    }
}

public import Authority
public import Wire

/// A tool as the gate calls it: what decides about it, what its arguments mean, what it comes to upstream.
public struct CallableTool: Sendable {
    public let spec: ToolSpec
    public let title: String
    public let text: String
    public let schema: JSONSchema
    /// The role of each argument. One without a role asks wherever something leaves.
    public let roles: [String: Role]
    /// Of all that a remote server says of it; nil for what comes with Deputy or from a manifest.
    public let definition: Digest?
    public let planner: any RequestPlanner
    public let executor: any ToolExecutor

    public init(
        spec: ToolSpec, title: String, text: String, schema: JSONSchema, roles: [String: Role],
        definition: Digest? = nil, planner: any RequestPlanner, executor: any ToolExecutor
    ) {
        self.spec = spec
        self.title = title
        self.text = text
        self.schema = schema
        self.roles = roles
        self.definition = definition
        self.planner = planner
        self.executor = executor
    }
}

extension CallableTool {
    /// What an approval of a call with this tool stands on: everything that says what the call means and where it goes.
    var pin: Digest {
        var object: JSONObject = [
            "name": .string(spec.name), "provider": .string(spec.provider.raw), "effect": .string(spec.effect.rawValue),
            "host": .string(spec.host), "title": .string(title), "text": .string(text), "schema": schema.source,
            "roles": .object(JSONObject(roles.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.rawValue)) })),
        ]
        object["definition"] = definition.map { .string($0.hex) }
        return JSON.object(object).digest
    }
}

/// Renders a call's requests from its judged arguments. Pure.
public protocol RequestPlanner: Sendable {
    /// - Throws: `PlanError` when the arguments can't be put into a request, such as a line break in a header.
    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan
}

/// Arguments that pass the schema and still can't be sent.
public struct PlanError: Error, Hashable, Sendable {
    public let argument: String
    public let message: String

    public init(argument: String, message: String) {
        self.argument = argument
        self.message = message
    }
}

/// Every tool of this home.
public struct ToolShelf: Sendable {
    public let catalogue: ToolCatalogue
    /// In the order of their names.
    public let all: [CallableTool]
    private let byName: [String: (index: ToolIndex, tool: CallableTool)]

    public init(
        _ tools: [CallableTool], groups: [String: [String]] = [:], version: Int = 0, remote: Set<ProviderID> = []
    ) {
        let all = tools.sorted { $0.spec.name < $1.spec.name }
        let catalogue = ToolCatalogue(tools: all.map(\.spec), groups: groups, version: version, remote: remote)
        var byName: [String: (index: ToolIndex, tool: CallableTool)] = [:]
        for tool in all {
            if let index = catalogue.index(of: tool.spec.name) { byName[tool.spec.name] = (index, tool) }
        }
        self.all = all
        self.catalogue = catalogue
        self.byName = byName
    }

    public func find(_ name: String) -> (index: ToolIndex, tool: CallableTool)? { byName[name] }
}

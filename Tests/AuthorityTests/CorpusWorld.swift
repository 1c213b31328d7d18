import Authority
import Foundation
import Wire

/// What the decision cases speak of: the tools, agents and connections of `Corpus/world.json`, and one case each of
/// `Corpus/decisions/*.json`. `Corpus/README.md` describes the format.
struct CorpusWorld: Sendable {
    let organization: OrganizationID
    let catalogue: ToolCatalogue
    let agents: [String: JSON]
    /// In the order of the file.
    let connections: [ConnectionFacts]

    init(_ json: JSON, at place: String) throws(CorpusError) {
        var fields = try Fields(json, at: place)
        _ = try fields.required("about", string)
        organization = try fields.required("organization", identifier)
        var tools: [ToolSpec] = []
        for (name, value) in try fields.required("tools", Fields.init(_:at:)).members {
            tools.append(try ToolSpec(name: name, value, at: "\(place).tools.\(name)"))
        }
        var groups: [String: [String]] = [:]
        for (name, value) in try fields.required("groups", Fields.init(_:at:)).members {
            groups[name] = try list(of: string)(value, "\(place).groups.\(name)")
        }
        catalogue = ToolCatalogue(tools: tools, groups: groups)
        var agents: [String: JSON] = [:]
        for (name, value) in try fields.required("agents", Fields.init(_:at:)).members { agents[name] = value }
        self.agents = agents
        var connections: [ConnectionFacts] = []
        for (name, value) in try fields.required("connections", Fields.init(_:at:)).members {
            connections.append(try ConnectionFacts(name: name, value, at: "\(place).connections.\(name)"))
        }
        self.connections = connections
        try fields.end()
    }

    /// Beside this folder.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus")

    static func load() throws -> CorpusWorld {
        try CorpusWorld(try json(folder.appending(path: "world.json")), at: "world")
    }

    static func json(_ file: URL) throws -> JSON {
        try JSON.parse([UInt8](try Data(contentsOf: file)))
    }
}

extension ToolSpec {
    init(name: String, _ json: JSON, at place: String) throws(CorpusError) {
        var fields = try Fields(json, at: place)
        self.init(
            name: name, provider: try fields.required("provider", identifier),
            effect: try fields.required("effect", named),
            scopes: Set(try fields.optional("scopes", list(of: string)) ?? []),
            host: try fields.required("host", string),
            needsConnection: try fields.optional("needsConnection", bool) ?? true,
            isIdentityProvider: try fields.optional("isIdentityProvider", bool) ?? false,
            isCompanyWide: try fields.optional("isCompanyWide", bool) ?? false,
            namesSubject: try fields.optional("namesSubject", bool) ?? false,
            changesAgent: try fields.optional("changesAgent", bool) ?? false)
        try fields.end()
    }
}

extension ConnectionFacts {
    init(name: String, _ json: JSON, at place: String) throws(CorpusError) {
        var fields = try Fields(json, at: place)
        let health = try fields.optional("health", string) ?? "healthy"
        let known: [String: ConnectionHealth] = ["healthy": .healthy, "broken": .broken, "revoked": .revoked]
        guard let health = known[health] else { throw fields.fail("health", "`\(health)` is unknown") }
        let owner = try fields.required("owner", string)
        guard let owner = Owner(text: owner) else { throw fields.fail("owner", "expected person:NAME or agent:NAME") }
        self.init(
            id: ConnectionID(name), provider: try fields.required("provider", identifier), owner: owner,
            host: try fields.required("host", string), account: try fields.required("account", string),
            scopes: Set(try fields.optional("scopes", list(of: string)) ?? []), health: health,
            lacks: try fields.optional("lacks", scopesByTool) ?? [:],
            assertedAs: try fields.optional("assertedAs", string))
        try fields.end()
    }
}

/// Scopes by tool.
private func scopesByTool(_ json: JSON, _ place: String) throws(CorpusError) -> [String: Set<String>] {
    guard let tools = json.objectValue else { throw CorpusError(place: place, message: "expected an object") }
    var lacks: [String: Set<String>] = [:]
    for (tool, scopes) in tools.members { lacks[tool] = Set(try list(of: string)(scopes, "\(place).\(tool)")) }
    return lacks
}

extension Owner {
    /// `person:NAME` or `agent:NAME`.
    init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.count, parts.first) {
        case (2, "person"): self = .person(PersonID(parts[1]))
        case (2, "agent"): self = .agent(AgentID(parts[1]))
        case _: return nil
        }
    }
}

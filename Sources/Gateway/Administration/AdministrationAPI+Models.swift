import Authority
import Broker
import Gate
import Registry
import Turns
import Wire

/// Where models are asked, and by which agent.
extension AdministrationAPI {
    func listModels() async throws -> JSON {
        ["models": .array(try await models.endpoints(in: organization).map(\.json))]
    }

    func putModel(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(
            body, keys: ["name", "speaks", "model", "base", "connection", "longest_reply", "context", "classes"])
        let spoken = try reader.required("speaks")
        guard let speaks = ModelProtocol(rawValue: spoken) else {
            throw BodyError(
                message: "no model server speaks `\(spoken)`",
                hint: suggestion(for: spoken, among: ModelProtocol.allCases.map(\.rawValue)))
        }
        let classes = try reader.texts("classes").map { name throws(BodyError) in
            guard let found = DataClasses.named.first(where: { $0.name == name }) else {
                throw BodyError(
                    message: "there is no class of data `\(name)`",
                    hint: suggestion(for: name, among: DataClasses.named.map(\.name)))
            }
            return found.value
        }
        let (connection, origin) = try await modelKey(try reader.text("connection"))
        let endpoint = ModelEndpoint(
            name: try reader.required("name"), speaks: speaks, model: try reader.text("model") ?? "",
            longestReply: Int(clamping: try reader.integer("longest_reply") ?? 4096),
            context: try reader.integer("context").map { Int(clamping: $0) }, connection: connection,
            base: try origin ?? reader.text("base") ?? "", classes: DataClasses(classes))
        try await models.put(endpoint, by: administrator.text, in: organization)
        return endpoint.json
    }

    /// A model's key is an agent's: a person's own would be used for everybody's conversations.
    private func modelKey(_ id: String?) async throws -> (ConnectionID?, origin: String?) {
        guard let id else { return (nil, nil) }
        let all = try await desk.list(in: organization, of: nil)
        guard let record = all.first(where: { $0.id.raw == id }) else {
            throw BodyError(
                message: "there is no connection `\(id)`",
                hint: suggestion(for: id, among: all.map(\.id.raw)) ?? "`deputy connections list` lists them")
        }
        switch record.owner {
        case .agent: return (record.id, record.use.origin)
        case .person(let person):
            throw BodyError(
                message: "`\(id)` is `\(person)`'s own connection",
                hint: "add the key for an agent: everybody's conversations are asked with it")
        }
    }

    func removeModel(_ name: String) async throws -> JSON {
        try await models.remove(name, by: administrator.text, in: organization)
        return ["name": .string(name), "removed": true]
    }

    func showAgentModels(_ agent: AgentID) async throws -> JSON {
        _ = try await administration.agent(agent, in: organization)
        return try await models.choice(of: agent, in: organization).json
    }

    func chooseModels(_ agent: AgentID, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["models", "tokens_per_day", "tokens_per_person_per_day"])
        _ = try await administration.agent(agent, in: organization)
        let choice = ModelChoice(
            endpoints: try reader.texts("models"),
            tokensPerDay: try reader.integer("tokens_per_day").map { Int(clamping: $0) },
            tokensPerPersonPerDay: try reader.integer("tokens_per_person_per_day").map { Int(clamping: $0) })
        try await models.choose(choice, for: agent, by: administrator.text, in: organization)
        return choice.json
    }
}

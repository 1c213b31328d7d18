import Authority
import Definition
import Registry
import Wire

/// Where models are asked: of each agent that names its own, and of all others.
extension AdministrationAPI {
    func listModels() async throws -> JSON {
        func listed(_ slots: [ModelSlot], _ agent: AgentID?) -> [JSON] {
            slots.map { slot in
                var object = slot.json.objectValue ?? [:]
                object["agent"] = agent.map { .string($0.raw) } ?? .null
                return .object(object)
            }
        }
        let all = try await administration.models(in: organization)
        let own = try await administration.agents(in: organization).flatMap {
            listed($0.definition.models ?? [], $0.record.id)
        }
        return ["models": .array(listed(all, nil) + own)]
    }

    func putModel(_ body: JSONObject) async throws -> JSON {
        var given = body
        let agent = try BodyReader(JSONObject(body.members.filter { $0.key == "agent" }), keys: ["agent"]).text("agent")
        given["agent"] = nil
        return try await administration.putModel(
            .object(given), of: agent.map { AgentID($0) }, by: administrator, in: organization
        ).json
    }

    func removeModel(_ name: String, of agent: AgentID?) async throws -> JSON {
        try await administration.removeModel(name, of: agent, by: administrator, in: organization)
        return ["name": .string(name), "removed": true]
    }
}

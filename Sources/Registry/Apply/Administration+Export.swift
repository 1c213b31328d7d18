public import Authority
import Definition
import Gate
public import Wire

extension Administration {
    /// The whole organization in the format that `apply` takes. People who are suspended or gone aren't in it: the format
    /// has no word for that, and they would be active where it is applied.
    public func export(_ organization: OrganizationID) async throws(RegistryError) -> JSON {
        let tenant = try await requireOrganization(organization)
        let agents = try await self.agents(in: organization)
        let people = try await self.people(in: organization).filter { $0.standing == .active }
        var whole: JSONObject = [
            "name": .string(tenant.name), "domains": .array(tenant.domains.map { .string($0) }),
        ]
        whole[TranscriptDays.key] = try await transcriptDays(in: organization).map(TranscriptDays.json)
        let models = try await models(in: organization)
        if !models.isEmpty { whole[ModelSlot.listKey] = ModelSlot.json(models) }
        var object: JSONObject = [
            "organization": .object(whole), "people": .array(people.map(\.exported)),
            "agents": ["list": .array(agents.map(\.exported))],
        ]
        object["bindings"] = try await bindings(in: organization)
        return .object(object)
    }
}

extension PersonRecord {
    fileprivate var exported: JSON {
        var object: JSONObject = ["id": .string(id.raw), "name": .string(name), "email": .string(email)]
        if !subjects.isEmpty {
            object["subjects"] = .object(
                JSONObject(subjects.sorted { $0.key < $1.key }.map { ($0.key.raw, .string($0.value)) }))
        }
        return .object(object)
    }
}

extension AgentView {
    /// The stored keys as a file gives them.
    fileprivate var exported: JSON {
        var object: JSONObject = ["id": .string(record.id.raw)]
        var tools: JSONObject = [:]
        let about = record.definition[AgentDefinition.aboutKey]
        let unavailable = about?["unavailable"]
        for (key, value) in record.definition.objectValue?.members ?? [] {
            switch key {
            case "tools":
                let all = (value.arrayValue ?? []) + (unavailable?["tools"]?.arrayValue ?? [])
                if !all.isEmpty { tools["use"] = .array(all) }
            case "allow", "deny":
                let more = unavailable?[key]?.arrayValue ?? []
                let all = (value.arrayValue ?? []) + more
                if key == "allow" || !all.isEmpty { tools[key] = .array(all) }
            case AgentDefinition.aboutKey: continue
            default: object[key] = value
            }
        }
        if tools["deny"] == nil, let more = unavailable?["deny"], more.arrayValue?.isEmpty == false {
            tools["deny"] = more
        }
        if !tools.isEmpty { object["tools"] = .object(tools) }
        for (key, value) in about?.objectValue?.members ?? [] where key != "unavailable" { object[key] = value }
        return .object(object)
    }
}

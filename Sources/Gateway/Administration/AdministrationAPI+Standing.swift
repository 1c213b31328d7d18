import Authority
import Broker
import Gate
import Registry
import Turns
import Wire

extension AdministrationAPI {
    /// What a person may use, what they connected, and what waits for them.
    func showPerson(_ id: PersonID) async throws -> JSON {
        let person = try await administration.person(id, in: organization)
        var object = person.json.objectValue ?? [:]
        object["groups"] = .array(
            try await administration.groups(in: organization).filter { $0.members.contains(id) }
                .map { .string($0.id.raw) })
        var agents: [JSON] = []
        for view in try await administration.agents(in: organization) {
            let rights = try await administration.rights(of: id, on: view.record.id, in: organization)
            guard !rights.isEmpty else { continue }
            agents.append([
                "agent": .string(view.record.id.raw),
                "acts_as": view.definition.actsAs.map { .string($0.rawValue) } ?? .null,
                "is_owner": .bool(view.definition.owner == id),
                "rights": .array(rights.map(\.rawValue).sorted().map { .string($0) }),
            ])
        }
        object["agents"] = .array(agents)
        let isReader = try await administration.payloadReaders(in: organization).contains(id)
        object["roles"] = isReader ? ["payload_reader"] : []
        object["connections"] = .array(
            try await desk.list(in: organization, of: .person(id)).map { row in
                [
                    "id": .string(row.id.raw), "provider": .string(row.provider.raw),
                    "account": .string(row.email ?? row.accountName), "health": .string(row.healthName),
                ]
            })
        object["tokens"] = .array(
            try await administration.tokens(in: organization).filter { $0.person == id }
                .map { $0.json(at: world.now()) })
        object["waiting"] = .array(
            try await gate.pending(for: id, in: organization).map { approval in
                [
                    "id": .string(approval.id.raw), "agent": .string(approval.call.agent.raw),
                    "tool": .string(approval.call.tool), "effect": .string(approval.call.effect.rawValue),
                ]
            })
        return .object(object)
    }

    func setRole(_ role: String, of person: PersonID, _ has: Bool) async throws -> JSON {
        guard role == "payload_reader" else {
            throw RegistryError(.unknown, "no role is called `\(role)`", hint: "there is `payload_reader`")
        }
        try await administration.setPayloadReader(person, has, by: administrator, in: organization)
        return ["id": .string(person.raw), "role": .string(role), "has": .bool(has)]
    }

    func erasePerson(_ id: PersonID) async throws -> JSON {
        let erasure = try await administration.erasePerson(id, by: administrator, in: organization)
        return [
            "id": .string(id.raw), "calls": .number(JSONNumber(erasure.calls)),
            "approvals": .number(JSONNumber(erasure.approvals)),
        ]
    }

    func suspendPerson(_ id: PersonID) async throws -> JSON {
        try await administration.suspendPerson(id, by: administrator, in: organization).json
    }

    func resumePerson(_ id: PersonID) async throws -> JSON {
        try await administration.resumePerson(id, by: administrator, in: organization).json
    }

    func offboardPerson(_ id: PersonID, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["agentsTo", "dryRun"])
        let heir = try reader.text("agentsTo").map { PersonID($0) }
        let report =
            try reader.flag("dryRun")
            ? try await offboarding.plan(id, agentsTo: heir, by: administrator)
            : try await offboarding.offboard(id, agentsTo: heir, by: administrator)
        return report.json
    }
}

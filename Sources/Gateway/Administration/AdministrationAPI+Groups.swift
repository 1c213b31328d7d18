import Authority
import Registry
import Wire

extension AdministrationAPI {
    func listGroups() async throws -> JSON {
        ["groups": .array(try await administration.groups(in: organization).map(\.json))]
    }

    func showGroup(_ id: GroupID) async throws -> JSON {
        var object = try await administration.group(id, in: organization).json.objectValue ?? [:]
        var shared: [JSON] = []
        for agent in try await administration.agents(in: organization) {
            let shares = try await administration.shares(of: agent.record.id, in: organization)
            for share in shares where share.grantee == .group(id) {
                shared.append(["agent": .string(agent.record.id.raw), "rights": share.rightNames])
            }
        }
        object["shares"] = .array(shared)
        return .object(object)
    }

    func addGroup(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["id", "name", "members"])
        return try await administration.addGroup(
            GroupID(try reader.required("id")), name: try reader.text("name"),
            members: Set(try reader.texts("members").map { PersonID($0) }), by: administrator, in: organization
        ).json
    }

    func addMember(_ person: PersonID, to group: GroupID) async throws -> JSON {
        try await administration.addMember(person, to: group, by: administrator, in: organization).json
    }

    func removeMember(_ person: PersonID, from group: GroupID) async throws -> JSON {
        try await administration.removeMember(person, from: group, by: administrator, in: organization).json
    }

    func removeGroup(_ id: GroupID) async throws -> JSON {
        try await administration.removeGroup(id, by: administrator, in: organization)
        return ["id": .string(id.raw), "removed": true]
    }
}

extension GroupRecord {
    fileprivate var json: JSON {
        [
            "id": .string(id.raw), "name": .string(name),
            "members": .array(members.sorted().map { .string($0.raw) }),
        ]
    }
}

extension ShareRecord {
    var rightNames: JSON { .array(rights.map(\.rawValue).sorted().map { .string($0) }) }
}

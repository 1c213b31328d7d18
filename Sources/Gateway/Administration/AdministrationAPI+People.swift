import Authority
import Gate
import Registry
import Wire

extension AdministrationAPI {
    func showOrganization() async throws -> JSON {
        let all = try await administration.organizations()
        guard let record = all.first(where: { $0.id == organization }) else {
            throw RegistryError(.unknown, "no organization is called `\(organization)`")
        }
        var object: JSONObject = [
            "id": .string(record.id.raw), "name": .string(record.name),
            "domains": .array(record.domains.map { .string($0) }), "stopped": .bool(record.standing == .suspended),
        ]
        object["url"] = address().map { .string($0) }
        return .object(object)
    }

    func setStopped(_ isStopped: Bool) async throws -> JSON {
        try await administration.setStopped(isStopped, organization, by: administrator)
        return ["organization": .string(organization.raw), "stopped": .bool(isStopped)]
    }

    func listPeople() async throws -> JSON {
        ["people": .array(try await administration.people(in: organization).map(\.json))]
    }

    func addPerson(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["id", "name", "email", "subjects"])
        var subjects: [ProviderID: String] = [:]
        for (provider, subject) in try reader.object("subjects").members {
            guard let text = subject.stringValue, !text.isEmpty else {
                throw BodyError(message: "the id at `\(provider)` must be a text", hint: nil)
            }
            subjects[ProviderID(provider)] = text
        }
        return try await administration.addPerson(
            PersonID(try reader.required("id")), name: try reader.text("name"), email: try reader.text("email"),
            subjects: subjects, by: administrator, in: organization
        ).json
    }

    func listTokens() async throws -> JSON {
        ["tokens": .array(try await administration.tokens(in: organization).map { $0.json(at: world.now()) })]
    }

    func createToken(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["person", "agents", "label", "seconds", "for"])
        let made = try await administration.createToken(
            for: PersonID(try reader.required("person")), agents: Set(try reader.texts("agents").map(AgentID.init)),
            label: try reader.text("label") ?? "", seconds: try reader.integer("seconds") ?? 30 * 86_400,
            at: try reader.word("for", of: TokenSurface.self) ?? .mcp,
            by: administrator, in: organization)
        return json(made)
    }

    func takeUp(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["code"])
        return json(try await administration.takeUp(code: try reader.required("code")))
    }

    func revokeToken(_ id: ClientID) async throws -> JSON {
        try await administration.revokeToken(id, by: administrator, in: organization)
        return ["id": .string(id.raw), "state": "revoked"]
    }

    /// The one answer that holds a token's text.
    private func json(_ made: MadeToken) -> JSON {
        var object = made.record.json(at: world.now()).objectValue ?? [:]
        object[made.record.state == .offered ? "code" : "token"] = .string(made.secret.text)
        return .object(object)
    }
}

extension PersonRecord {
    var json: JSON {
        [
            "id": .string(id.raw), "name": .string(name), "email": .string(email),
            "subjects": .object(
                JSONObject(subjects.sorted { $0.key < $1.key }.map { ($0.key.raw, .string($0.value)) })),
            "standing": .string(standing.rawValue),
        ]
    }
}

extension TokenRecord {
    func json(at now: Timestamp) -> JSON {
        [
            "id": .string(id.raw), "person": .string(person.raw),
            "agents": .array(agents.sorted().map { .string($0.raw) }), "label": .string(label),
            "state": .string(state != .revoked && expires <= now ? "expired" : state.rawValue),
            "expires": .number(JSONNumber(expires.microseconds)), "for": .string(surface.rawValue),
        ]
    }
}

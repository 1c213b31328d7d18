import Authority
import Broker
import OAuth
import Registry
import Wire

extension AdministrationAPI {
    func listConnections() async throws -> JSON {
        ["connections": .array(try await desk.standings(in: organization, of: nil).map(\.json))]
    }

    /// What isn't well, by the change that said so: connections, and what stops many of them at once.
    func showAttention() async throws -> JSON {
        var events: [JSON] = []
        for event in try await health.attention() {
            var object = event.json.objectValue ?? [:]
            object["next_step"] = try await health.nextStep(of: event).map { .string($0) }
            events.append(.object(object))
        }
        return ["attention": .array(events)]
    }

    func addConnection(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(
            body, keys: ["provider", "person", "agent", "organization", "secret", "sharedWithOwner"])
        var bytes = Array(try reader.required("secret").utf8)
        return try await desk.add(try await newConnection(reader), secret: &bytes).json
    }

    /// Who gets it, when they may get one at all.
    func newConnection(_ reader: BodyReader) async throws -> NewConnection {
        let owner = try owner(reader)
        let unmoved = await administration.readings(of: NewConnection.scopes(of: owner, in: organization))
        var agentOwner: PersonID?
        var subjects: Set<String> = []
        switch owner {
        case .organization: break
        case .person(let person):
            let known = try await administration.people(in: organization).filter { $0.standing != .removed }.map(\.id)
            guard known.contains(person) else {
                throw RegistryError(
                    .unknown, "no person is called `\(person)`",
                    hint: suggestion(for: person.raw, among: known.map(\.raw))
                        ?? "list them with `deputy people list`; `deputy people add` adds one")
            }
        case .agent(let agent):
            let view = try await administration.agent(agent, in: organization)
            try guide.requireFit(view)
            agentOwner = view.definition.owner
            subjects = view.definition.subjects
        }
        let people = try await administration.people(in: organization)
        return NewConnection(
            organization: organization, owner: owner, provider: ProviderID(try reader.required("provider")),
            agentOwner: agentOwner, isSharedWithOwner: try reader.flag("sharedWithOwner"),
            people: people.map { PersonClaim(person: $0.id, email: $0.email, subjects: $0.subjects) },
            subjects: subjects, by: administrator.text, under: unmoved)
    }

    private func owner(_ reader: BodyReader) throws(BodyError) -> Owner {
        switch (try reader.text("person"), try reader.text("agent"), try reader.flag("organization")) {
        case (let person?, nil, false): .person(PersonID(person))
        case (nil, let agent?, false): .agent(AgentID(agent))
        case (nil, nil, true): .organization
        case (nil, nil, false), (.some, .some, _), (.some, nil, true), (nil, .some, true):
            throw BodyError(
                message: "a connection has one owner", hint: "name a person, an agent or the organization")
        }
    }

    func revokeConnection(_ id: ConnectionID) async throws -> JSON {
        let record = try await desk.revoke(id, in: organization, by: administrator.text)
        let upstream = await revocations.tell(id)
        let survivor = upstream == nil ? try? await desk.survivor(of: record) : nil
        return [
            "id": .string(record.id.raw), "provider": .string(record.provider.raw), "health": "revoked",
            "upstream": upstream.map { .string($0.word) } ?? .null,
            "same_grant": survivor.map { .string($0.raw) } ?? .null,
        ]
    }
}

extension StandingConnection {
    /// The connection, and how it stands: `state`, `cause`, and where there is something to say or do, `message` and
    /// `next_step`; `automatic` where its key goes round by itself.
    var json: JSON {
        var object = record.json.objectValue ?? [:]
        for (key, value) in standingJSON.members { object[key] = value }
        return .object(object)
    }

    var standingJSON: JSONObject {
        var object: JSONObject = [
            "state": .string(standing.state.rawValue), "cause": .string(standing.cause.rawValue),
        ]
        object["code"] = standing.code.map { .string($0) }
        object["until"] = standing.until.map { .number(JSONNumber($0.microseconds)) }
        object["message"] = sentence.map { .string($0) }
        object["automatic"] = rotation?.json
        object["next_step"] = nextStep.map { .string($0) }
        return object
    }
}

extension ConnectionRecord {
    var json: JSON {
        [
            "id": .string(id.raw), "provider": .string(provider.raw), "owner": .string(owner.text),
            "account": .string(account), "account_name": .string(accountName),
            "email": email.map { .string($0) } ?? .null, "origin": .string(origin),
            "scopes": .array(scopes.sorted().map { .string($0) }), "fingerprint": .string(fingerprint),
            "health": .string(healthName),
        ]
    }

    var healthName: String {
        switch health {
        case .healthy: "healthy"
        case .broken: "broken"
        case .revoked: "revoked"
        }
    }
}

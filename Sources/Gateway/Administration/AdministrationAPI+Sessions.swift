import Authority
import Gate
import Registry
import Turns
import Wire

/// What sessions have seen, told and forgotten. Only that: neither arguments nor results are here.
extension AdministrationAPI {
    func listSessions() async throws -> JSON {
        let now = world.now()
        return ["sessions": .array(try await gate.listSessions(in: organization).map { $0.json(at: now) })]
    }

    func showSession(_ id: String) async throws -> JSON { try await session(id).json(at: world.now()) }

    /// Either one session by its `id`, or all of a `person` with an `agent`.
    func clearSessions(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["agent", "person", "id"])
        if let id = try reader.text("id") {
            let found = try await session(id)
            try await administration.clearSession(found.key, by: administrator)
            return ["id": .string(id), "cleared": true]
        }
        let agent = AgentID(try reader.required("agent"))
        let person = PersonID(try reader.required("person"))
        _ = try await administration.agent(agent, in: organization)
        try await administration.clearSessions(of: person, with: agent, by: administrator, in: organization)
        return ["agent": .string(agent.raw), "person": .string(person.raw), "cleared": true]
    }

    /// `days` null or left out: as long as nobody erases it.
    func keepTranscripts(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["days", "agent"])
        let agent = try reader.text("agent").map { AgentID($0) }
        if let agent { _ = try await administration.agent(agent, in: organization) }
        try await administration.keepTranscripts(
            days: try reader.integer("days").map { Int(clamping: $0) }, of: agent, by: administrator, in: organization)
        return try await showKeeping()
    }

    func showKeeping() async throws -> JSON {
        let keeping = try await administration.transcriptKeeping(in: organization)
        return Retention(days: keeping.days, agents: keeping.agents).json
    }

    /// Has one session begin anew: what is under way in it ends, and it forgets what it saw.
    func resetSession(_ body: JSONObject) async throws -> JSON {
        let id = try BodyReader(body, keys: ["id"]).required("id")
        let stopped = try await sessions.reset(try await session(id).key, by: administrator.text)
        return ["id": .string(id), "stopped": .number(JSONNumber(stopped))]
    }

    private func session(_ id: String) async throws -> StoredSession {
        let all = try await gate.listSessions(in: organization)
        guard let found = all.first(where: { $0.id == id }) else {
            throw RegistryError(
                .unknown, "no session has the id `\(id)`",
                hint: suggestion(for: id, among: all.map(\.id)) ?? "list them with `deputy sessions list`")
        }
        return found
    }
}

extension StoredSession {
    /// `labels` is null when the session was idle for so long that it has forgotten what it saw. Times in microseconds.
    fileprivate func json(at now: Timestamp) -> JSON {
        var object: JSONObject = ["id": .string(id), "agent": .string(key.agent.raw)]
        switch key.requester {
        case .person(let person): object["person"] = .string(person.raw)
        case .guest(let sender): object["guest"] = .string(sender.raw)
        case .nobody: break
        }
        object["token"] = .string(key.client.raw)
        object["labels"] = labels(at: now)?.json ?? .null
        object["last_used"] = .number(JSONNumber(state.lastUsed.microseconds))
        object["idle_seconds"] = .number(
            JSONNumber(max(0, (now.microseconds - state.lastUsed.microseconds) / 1_000_000)))
        return .object(object)
    }
}

extension Labels {
    fileprivate var json: JSON {
        [
            "integrity": .string(integrity.name), "readers": readers.json,
            "classes": .array(classes.names.map { .string($0) }),
        ]
    }
}

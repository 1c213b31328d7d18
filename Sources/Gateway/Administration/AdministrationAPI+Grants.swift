import Authority
import Broker
import OAuth
import Registry
import Wire

/// Connections of agents that need no browser.
extension AdministrationAPI {
    static let grantKeys = ["provider", "agent", "sharedWithOwner", "scopes"]

    /// `POST /v1/connections/client-credentials`.
    func connectOurselves(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: AdministrationAPI.grantKeys)
        return try await grants.addOurselves(try await newConnection(reader), scopes: try reader.texts("scopes")).json
    }

    /// `POST /v1/connections/service-account`. `key` is the text of the file that Google gave out, and `file` its name.
    func connectServiceAccount(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: AdministrationAPI.grantKeys + ["key", "file", "subject", "keyEnds"])
        return try await grants.add(
            try serviceAccount(reader), as: try reader.text("subject"), try await newConnection(reader),
            scopes: try reader.texts("scopes"), ends: try time("keyEnds", reader)
        ).json
    }

    /// `POST /v1/connections/ID/rotate`: another key of the same service account, or a schedule for that.
    func rotateConnection(_ id: ConnectionID, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(
            body, keys: ["key", "file", "keyEnds", "every", "automatic", "removeCurrent", "grace", "now"])
        if try reader.flag("now") {
            return try await desk.goRoundNow(id, in: organization, by: administrator.text).json
        }
        if try reader.flag("automatic") { return try await rotateByItself(id, reader) }
        if body["every"] != nil {
            var object = schedule(
                try await desk.schedule(id, in: organization, every: try days("every", reader), by: administrator.text))
            object["id"] = .string(id.raw)
            object["automatic"] = try await desk.standing(of: id, in: organization)?.rotation?.json
            return .object(object)
        }
        let (found, agent) = try await agentsConnection(id)
        let owner = try BodyReader(
            ["provider": .string(found.provider.raw), "agent": .string(agent.raw)], keys: ["provider", "agent"])
        return try await grants.rotate(
            id, to: try serviceAccount(reader), for: try await newConnection(owner), ends: try time("keyEnds", reader)
        ).json
    }

    /// `POST /v1/connections/ID/widen`: what the agent's tools need besides, where our app is itself.
    func widenConnection(_ id: ConnectionID) async throws -> JSON {
        let (found, agent) = try await agentsConnection(id)
        let (record, missing) = try await guide.widen(
            id, of: agent, at: found.provider, in: organization, by: administrator.text, with: grants)
        var object = record.json.objectValue ?? [:]
        object["missing"] = .array(missing.sorted().map { .string($0) })
        return .object(object)
    }

    private func agentsConnection(_ id: ConnectionID) async throws -> (ConnectionRecord, AgentID) {
        if let found = try await desk.standing(of: id, in: organization), case .agent(let agent) = found.record.owner {
            return (found.record, agent)
        }
        throw RegistryError(
            .unknown, "no agent's connection has the id `\(id)`", hint: "list them with `deputy connections list`")
    }

    private func serviceAccount(_ reader: BodyReader) throws -> ServiceAccountKey {
        let (text, place) = (try reader.required("key"), try reader.text("file") ?? "the service account's key")
        do throws(KeyFault) {
            return try ServiceAccountKey(file: text, place: place)
        } catch {
            throw BodyError(message: "`\(error.place)`: \(error.message)", hint: error.hint)
        }
    }

    /// `POST /v1/connections/assertion`: for a person or an agent.
    func connectAsserted(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: AdministrationAPI.grantKeys + ["person", "subject"])
        return try await grants.addAsserted(
            try await newConnection(reader), as: try reader.text("subject"), scopes: try reader.texts("scopes")
        ).json
    }
}

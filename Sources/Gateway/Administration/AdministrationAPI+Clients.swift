import Authority
import Gate
import Registry
import Wire

/// Clients of the authorization server.
extension AdministrationAPI {
    func routeClients(_ method: String, _ verb: String?, _ body: JSONObject) async throws -> JSON? {
        switch (method, verb) {
        case ("GET", nil): try await listClients()
        case ("POST", nil): try await registerClient(body)
        case ("POST", "ceiling"): try await setCeiling(body)
        case ("POST", "revoke"): try await revokeClient(body)
        case ("POST", "restore"): try await restoreClient(body)
        case ("POST", "sign-out"): try await signOutClient(body)
        case ("POST", "rotate-keys"): ["key": .string(try await rotateSigningKeys(administrator.text))]
        default: nil
        }
    }

    private func listClients() async throws -> JSON {
        var rows: [JSON] = []
        for client in try await oauth.clients(in: organization) {
            var row = client.json
            let grants = try await oauth.grants(of: nil, by: client.id, in: organization)
            row["people"] = .array(Set(grants.map(\.grant.person.raw)).sorted().map { .string($0) })
            row["agents"] = .array(Set(grants.map(\.grant.agent.raw)).sorted().map { .string($0) })
            rows.append(.object(row))
        }
        return ["clients": .array(rows)]
    }

    /// The one answer that holds a client's secret.
    private func registerClient(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["name", "redirects", "confidential", "ceiling"])
        let made = try await oauth.register(
            name: try reader.required("name"), redirects: try reader.texts("redirects"),
            isConfidential: try reader.flag("confidential"), ceiling: try effects(reader) ?? .all,
            by: administrator, in: organization)
        var row = made.client.json
        if let secret = made.secret { row["secret"] = .string(secret) }
        return .object(row)
    }

    private func setCeiling(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["client", "ceiling"])
        guard let ceiling = try effects(reader) else { throw BodyError(message: "`ceiling` is missing", hint: nil) }
        return .object(
            try await oauth.setCeiling(ceiling, of: try client(reader), by: administrator, in: organization).json)
    }

    private func revokeClient(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["client"])
        return .object(try await oauth.revoke(try client(reader), by: administrator, in: organization).json)
    }

    private func restoreClient(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["client"])
        return .object(try await oauth.restore(try client(reader), by: administrator, in: organization).json)
    }

    private func signOutClient(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["client", "person"])
        let (client, person) = (try client(reader), PersonID(try reader.required("person")))
        try await oauth.signOut(client, of: person, by: administrator, in: organization)
        return ["client": .string(client.raw), "person": .string(person.raw), "signed_out": true]
    }

    private func client(_ reader: BodyReader) throws -> OAuthClientID { OAuthClientID(try reader.required("client")) }

    func effects(_ reader: BodyReader) throws -> EffectSet? {
        let words = try reader.texts("ceiling")
        guard !words.isEmpty else { return nil }
        guard let set = EffectSet(words: words) else {
            let known = Effect.allCases.map(\.rawValue)
            let wrong = words.first { Effect(rawValue: $0) == nil } ?? ""
            throw BodyError(
                message: "no effect is called `\(wrong)`",
                hint: suggestion(for: wrong, among: known) ?? "one of \(known.joined(separator: ", "))")
        }
        return set
    }
}

extension OAuthClient {
    fileprivate var json: JSONObject {
        [
            "id": .string(id.raw), "name": .string(name), "origin": .string(origin.rawValue),
            "redirects": .array(redirects.map { .string($0.text) }), "confidential": .bool(secret != nil),
            "ceiling": .array(ceiling.words.map { .string($0) }), "state": isRevoked ? "revoked" : "active",
            "created": .number(JSONNumber(created.microseconds)),
        ]
    }
}

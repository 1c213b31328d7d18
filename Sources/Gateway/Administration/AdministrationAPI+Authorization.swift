import Authority
import Broker
import OAuth
import Registry
import Wire

/// Remote servers whose people connect by signing in.
extension AdministrationAPI {
    func authorizeServer(_ name: String, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["issuer", "scopes", "register"])
        return try await authorized(
            try await servers.authorize(name, try wish(reader), by: administrator, in: organization), reader)
    }

    func wish(_ reader: BodyReader) throws -> AuthorizationWish {
        AuthorizationWish(issuer: try reader.text("issuer"), scopes: Set(try reader.texts("scopes")))
    }

    /// What came of it, and whether its authorization server knows this home.
    func authorized(_ server: RemoteServer, _ reader: BodyReader) async throws -> JSON {
        let provider = ProviderID(server.name)
        if try reader.flag("register") {
            guard let url = address() else {
                throw RegistryError(
                    .refused, "nobody has said yet how browsers reach this home, so it can't be registered",
                    hint: "start the gateway, then `deputy servers authorize \(server.name) --register`")
            }
            _ = try await apps.register(provider, in: organization, publicURL: url, by: administrator.text)
        }
        var object: JSONObject = ["name": .string(server.name), "tools": []]
        object["authorization"] = server.authorization.map(json)
        do throws(BrokerError) {
            object["client"] = .string(try await apps.app(at: provider, in: organization).clientID)
        } catch {
            guard error.code == .unknown else { throw error }
            object["next"] = error.hint.map { .string($0) }
        }
        return .object(object)
    }

    func json(_ authorization: PinnedAuthorization) -> JSON {
        let pinned = authorization.pinned
        var object: JSONObject = [
            "issuer": .string(pinned.server.issuer.text), "resource": .string(pinned.resource),
            "scopes": .array(pinned.most.sorted().map { .string($0) }),
            "state": .string(authorization.quarantined == nil ? "pinned" : "quarantined"),
        ]
        if let quarantined = authorization.quarantined {
            object["diff"] = .array(quarantined.differences(from: pinned).map { .string($0) })
        }
        return .object(object)
    }
}

import Authority
import Broker
import OAuth
import Registry
import Wire

extension AdministrationAPI {
    func listApps() async throws -> JSON {
        ["apps": .array(try await apps.list(in: organization).map(json))]
    }

    func addApp(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["provider", "client", "secret", "authentication", "replace"])
        var secret = Array((try reader.text("secret") ?? "").utf8)
        return json(
            try await apps.add(
                ProviderID(try reader.required("provider")), in: organization,
                clientID: try reader.required("client"),
                authentication: try reader.word("authentication", of: ClientAuthentication.self), secret: &secret,
                replaces: try reader.flag("replace"), by: administrator.text))
    }

    func removeApp(_ provider: String) async throws -> JSON {
        json(try await apps.remove(ProviderID(provider), in: organization, by: administrator.text))
    }

    /// Without the secret. With what the provider has to be told of us.
    private func json(_ app: AppRecord) -> JSON {
        var object: JSONObject = [
            "provider": .string(app.provider.raw), "client": .string(app.clientID),
            "authentication": .string(app.authentication.rawValue),
        ]
        if let url = address() { object["redirect_uri"] = .string("\(url)/connect/callback/\(app.provider)") }
        return .object(object)
    }
}

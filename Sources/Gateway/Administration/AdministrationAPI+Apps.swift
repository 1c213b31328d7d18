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
        let reader = try BodyReader(
            body,
            keys: [
                "provider", "client", "secret", "authentication", "replace", "key", "keyID", "file",
            ])
        if let text = try reader.text("key") { return try await addApp(signingWith: text, reader) }
        var secret = Array((try reader.text("secret") ?? "").utf8)
        return json(
            try await apps.add(
                ProviderID(try reader.required("provider")), in: organization,
                clientID: try reader.required("client"),
                authentication: try reader.word("authentication", of: ClientAuthentication.self), secret: &secret,
                replaces: try reader.flag("replace"), by: administrator.text))
    }

    /// - Parameter text: of a PEM file with our private key, and with the certificate that the provider knows it by, if it
    ///   does so.
    private func addApp(signingWith text: String, _ reader: BodyReader) async throws -> JSON {
        let (id, place) = (try reader.text("keyID"), try reader.text("file") ?? "the key")
        let key: ClientKey
        do throws(KeyFault) {
            key = try ClientKey(pem: text, id: id, place: place)
        } catch {
            throw BodyError(message: "`\(error.place)`: \(error.message)", hint: error.hint)
        }
        return json(
            try await apps.add(
                ProviderID(try reader.required("provider")), in: organization,
                clientID: try reader.required("client"), key: key, replaces: try reader.flag("replace"),
                by: administrator.text))
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

import Authority
import Registry
import Wire

/// Issuers outside whose tokens clients exchange.
extension AdministrationAPI {
    func listIssuers() async throws -> JSON {
        ["issuers": .array(try await oauth.issuers(in: organization).map(\.json))]
    }

    func addIssuer(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(
            body, keys: ["name", "issuer", "keys", "subject", "algorithms", "audiences", "idJag", "once"])
        let audiences = try (body["audiences"]?.arrayValue ?? []).map { row in
            let row = try BodyReader(row.objectValue ?? [:], keys: ["audience", "client"])
            return TokenIssuer.Audience(
                name: try row.required("audience"), client: OAuthClientID(try row.required("client")))
        }
        let new = NewTokenIssuer(
            name: try reader.required("name"), issuer: try reader.required("issuer"), keys: try reader.text("keys"),
            subject: try reader.text("subject") ?? "sub", algorithms: try reader.texts("algorithms"),
            audiences: audiences, grantsAccess: try reader.flag("idJag"), isOnce: try reader.flag("once"))
        return try await oauth.addIssuer(new, by: administrator, in: organization).json
    }

    func removeIssuer(_ name: String) async throws -> JSON {
        try await oauth.removeIssuer(name, by: administrator, in: organization)
        return ["removed": .string(name)]
    }
}

import Foundation
import HTTPTypes

/// An application and its own certificates (learn.microsoft.com/graph/api/application-addkey and -removekey).
extension MicrosoftService {
    private static let proofAudience = "00000002-0000-0000-c000-000000000000"
    private static let proofSeconds: TimeInterval = 600

    var keyRoutes: [Route<Operation>] {
        [
            Route(.get, "/v1.0/applications/{id}", application("applications.get", changes: false, readApplication)),
            Route(.post, "/v1.0/applications/{id}/addKey", application("applications.addKey", changes: true, addKey)),
            Route(
                .post, "/v1.0/applications/{id}/removeKey",
                application("applications.removeKey", changes: true, removeKey)),
        ]
    }

    /// An app rolls its own keys without any permission; everything else needs one.
    private func application(
        _ name: String, changes: Bool, _ run: @escaping @Sendable (Call, OAuthClient) throws(Answer) -> Answer
    ) -> Operation {
        Operation(name: "graph." + name) { call, token throws(Answer) in
            guard token.audience == Entra.graph else {
                throw Self.no(401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.")
            }
            let id = call.parameters["id"]
            guard let app = desk.step({ book in book.clients.values.first { $0.object == id } }) else {
                throw Self.no(404, "Request_ResourceNotFound", "Resource '\(id ?? "")' does not exist.")
            }
            let permissions =
                changes ? ["Application.ReadWrite.All"] : ["Application.Read.All", "Application.ReadWrite.All"]
            let isItself = token.owner == token.client && token.client == app.id
            guard isItself && changes || !token.scopes.isDisjoint(with: permissions) else {
                throw Self.no(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
            }
            if app.mayNotRoll {
                throw Self.no(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
            }
            return try run(call, app)
        }
    }

    private func readApplication(_ call: Call, _ app: OAuthClient) throws(Answer) -> Answer {
        Answer(
            200,
            [
                "id": .string(app.object ?? ""), "appId": .string(app.id),
                "keyCredentials": .array(app.certificates.map(\.credential)),
            ])
    }

    private func addKey(_ call: Call, _ app: OAuthClient) throws(Answer) -> Answer {
        let body = try object(call)
        try checkProof(body, of: app)
        let given = body["keyCredential"]
        guard given?["type"]?.text == "AsymmetricX509Cert", given?["usage"]?.text == "Verify",
            let der = given?["key"]?.text.flatMap({ Data(base64Encoded: $0) }),
            let certificate = try? Certificate(der: der)
        else { throw Self.no(400, "Request_BadRequest", "The key credential is not valid.") }
        guard certificate.ends > desk.now else {
            throw Self.no(400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.")
        }
        guard !app.certificates.contains(where: { $0.sha1 == certificate.sha1 }) else {
            throw Self.no(400, "Request_BadRequest", "A key credential with this key is there already.")
        }
        desk.step { $0.clients[app.id]?.certificates.append(certificate) }
        return Answer(
            200,
            certificate.credential.with("@odata.context", "https://graph.microsoft.com/v1.0/$metadata#keyCredential"))
    }

    private func removeKey(_ call: Call, _ app: OAuthClient) throws(Answer) -> Answer {
        let body = try object(call)
        try checkProof(body, of: app)
        guard let certificate = app.certificates.first(where: { $0.id == body["keyId"]?.text }) else {
            throw Self.no(404, "Request_ResourceNotFound", "No credentials found to be removed.")
        }
        guard app.certificates.count > 1 else {
            throw Self.no(400, "Request_BadRequest", "The last key credential can't be removed by its own proof.")
        }
        desk.step { $0.clients[app.id]?.certificates.removeAll { $0.id == certificate.id } }
        return Answer(204, nil)
    }

    /// Signed by one of the app's certificates that hold, for the directory, by this application, for ten minutes at most.
    private func checkProof(_ body: JSON, of app: OAuthClient) throws(Answer) {
        let now = desk.now
        guard let jwt = body["proof"]?.text.flatMap(JWT.init), jwt.audience == Self.proofAudience,
            jwt.claims["iss"]?.text == app.object, let from = jwt.date("nbf"), let to = jwt.date("exp"),
            from <= now.addingTimeInterval(300), to > now, to.timeIntervalSince(from) <= Self.proofSeconds,
            app.certificates.contains(where: { $0.ends > now && jwt.isSigned(by: $0.key, .rs256) })
        else { throw Self.no(401, "Authentication_MissingOrMalformed", "The proof of possession is not valid.") }
    }
}

extension Certificate {
    /// What Graph shows of it.
    fileprivate var credential: JSON {
        [
            "keyId": .string(id), "type": "AsymmetricX509Cert", "usage": "Verify", "key": .null,
            "customKeyIdentifier": .string(Base64URL.decode(sha1)?.base64EncodedString() ?? ""),
            "endDateTime": .string(ends.formatted(.iso8601)),
        ]
    }
}

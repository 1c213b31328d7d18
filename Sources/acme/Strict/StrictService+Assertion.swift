import Foundation
import HTTPTypes

extension StrictService {
    static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// The app that signed the assertion (RFC 7523 §3): `iss` and `sub` are the app, `aud` is this issuer and nothing
    /// else, it ends within five minutes, and it comes once.
    func signer(_ form: Form, _ call: Call) throws(Answer) -> OAuthClient {
        guard form["client_assertion_type"] == Self.assertionType, form["client_secret"] == nil,
            call.headers[.authorization] == nil
        else {
            throw .oauth(400, "invalid_request", "only one method of client authentication is allowed")
        }
        guard let jwt = form["client_assertion"].flatMap(JWT.init),
            let client = jwt.claims["iss"]?.text.flatMap(desk.client), jwt.claims["sub"]?.text == client.id,
            form["client_id"] ?? client.id == client.id, client.keys.contains(where: { $0.signed(jwt) })
        else { throw Self.unproved("the assertion is not signed by an app of ours") }
        guard jwt.audience == desk.origin(call) else {
            throw Self.unproved("`aud` must be the issuer alone")
        }
        let now = desk.now
        guard let expires = jwt.date("exp"), expires > now, expires.timeIntervalSince(now) <= 300 else {
            throw Self.unproved("the assertion must end within five minutes")
        }
        guard let id = jwt.claims["jti"]?.text, desk.step({ $0.assertions.insert("\(client.id) \(id)").inserted })
        else { throw Self.unproved("`jti` is missing or came before") }
        return client
    }

    private static func unproved(_ text: String) -> Answer {
        .oauth(401, "invalid_client", text)
    }
}

import Foundation

extension MicrosoftService {
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    static var unproved: Answer {
        Entra.no(401, "invalid_client", 7_000_218, "The request must contain 'client_assertion' or 'client_secret'.")
    }

    /// The app: by its secret, by an assertion of its certificate, or by its name alone when it is public.
    func client(_ call: Call) throws(Answer) -> OAuthClient {
        let form = call.form
        let presented = PresentedClient(call, id: form["client_id"], secret: form["client_secret"])
        let assertion = form["client_assertion"].flatMap(JWT.init)
        guard let client = (presented.id ?? assertion?.claims["iss"]?.text).flatMap(desk.client) else {
            throw Entra.no(400, "unauthorized_client", 700_016, "Application was not found in the directory.")
        }
        if form["client_assertion"] != nil {
            guard form["client_assertion_type"] == Self.assertionType, let assertion else {
                throw Entra.no(401, "invalid_client", 50027, "Invalid JWT token.")
            }
            try check(assertion, of: client, call)
            return client
        }
        if client.isPublic { return client }
        guard let secret = presented.secret else { throw Self.unproved }
        guard secret == client.secret else {
            throw Entra.no(401, "invalid_client", 7_000_215, "Invalid client secret provided.")
        }
        return client
    }

    /// PS256 with `x5t#S256`, or RS256 with `x5t`; for this endpoint, by this app, now.
    private func check(_ jwt: JWT, of client: OAuthClient, _ call: Call) throws(Answer) {
        let named = jwt.header["x5t#S256"]?.text?.replacing("=", with: "")
        let older = jwt.header["x5t"]?.text?.replacing("=", with: "")
        let certificate = client.certificates.first {
            named == $0.sha256 && jwt.isSigned(by: $0.key, .ps256)
                || older == $0.sha1 && jwt.isSigned(by: $0.key, .rs256)
        }
        guard certificate != nil else {
            throw Entra.no(
                401, "invalid_client", 700_027, "The certificate used to sign the client assertion is not registered.")
        }
        let origin = desk.origin(call)
        let endpoints = [call.parameters["tenant"] ?? "", Entra.tenant].flatMap {
            ["\(origin)/\($0)/oauth2/v2.0/token", "\(origin)/\($0)/v2.0"]
        }
        guard let audience = jwt.audience, endpoints.contains(audience) else {
            throw Entra.no(
                401, "invalid_client", 700_023, "Client assertion audience claim does not match Realm issuer.")
        }
        guard jwt.claims["iss"]?.text == client.id, jwt.claims["sub"]?.text == client.id else {
            throw Entra.no(401, "invalid_client", 700_021, "Client assertion application identifier doesn't match.")
        }
        let now = desk.now
        guard let expires = jwt.date("exp"), expires > now,
            (jwt.date("nbf") ?? now).timeIntervalSince(now) <= 300
        else {
            throw Entra.no(401, "invalid_client", 700_024, "Client assertion is not within its valid time range.")
        }
    }
}

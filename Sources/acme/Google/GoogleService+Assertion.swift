import Foundation

/// Service accounts (developers.google.com, OAuth 2.0 for server to server applications).
extension GoogleService {
    /// The audience, wherever the token endpoint is.
    static let audience = "https://oauth2.googleapis.com/token"

    func aboutAssertion(_ form: Form) -> Party {
        let claims = form["assertion"].flatMap(JWT.init)?.claims
        return Party(
            owner: account(at: claims?["sub"]?.text)?.owner,
            client: claims?["iss"]?.text.flatMap(domain.account)?.email, grant: Self.assertionGrant)
    }

    private func account(at email: String?) -> OAuthAccount? {
        desk.step { $0.accounts.first { $0.email == email } }
    }

    /// A token for the service account, or for the person in whose name it may act.
    func assert(_ form: Form) throws(Answer) -> Answer {
        guard let jwt = form["assertion"].flatMap(JWT.init) else { throw Self.invalid("Bad Request") }
        guard let account = jwt.claims["iss"]?.text.flatMap(domain.account) else {
            throw Self.invalid("Invalid grant: account not found")
        }
        let keys = jwt.header["kid"]?.text.map { id in account.keys.filter { $0.key == id } } ?? account.keys
        guard keys.values.contains(where: { $0.ends > desk.now && jwt.isSigned(by: $0.key, .rs256) }) else {
            throw Self.invalid("Invalid JWT Signature.")
        }
        guard jwt.audience == Self.audience else { throw Self.invalid("Invalid JWT: Failed audience check.") }
        try checkTime(jwt)
        let scopes = (jwt.claims["scope"]?.text ?? "").split(separator: " ").map(String.init)
        guard !scopes.isEmpty else { throw .oauth(400, "invalid_scope", "Empty or missing scope not allowed.") }
        let owner = try owner(jwt, account, scopes)
        let now = desk.now
        let family = desk.step { $0.begin(client: account.email, owner: owner, scopes: scopes, now: now) }
        return Answer(200, access(family, owner: owner, client: account.email, nonce: nil)).unstored
    }

    /// An hour at most, by a clock that is right.
    private func checkTime(_ jwt: JWT) throws(Answer) {
        let now = desk.now
        guard let issued = jwt.date("iat"), let expires = jwt.date("exp"), expires > issued,
            expires.timeIntervalSince(issued) <= 3600, issued.timeIntervalSince(now) <= 300, expires > now
        else {
            throw Self.invalid(
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your "
                    + "iat and exp values in the JWT claim.")
        }
    }

    private func owner(
        _ jwt: JWT, _ account: GoogleDomain.ServiceAccount, _ scopes: [String]
    ) throws(Answer) -> String {
        guard let subject = jwt.claims["sub"]?.text, subject != account.email else { return account.email }
        guard domain.mayDelegate(account.clientID, scopes) else {
            throw .oauth(
                401, "unauthorized_client",
                "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any "
                    + "of the scopes requested.")
        }
        guard let person = self.account(at: subject), !person.isDisabled else {
            throw Self.invalid("Invalid email or User ID")
        }
        return person.owner
    }

    private static func invalid(_ text: String) -> Answer {
        .oauth(400, "invalid_grant", text)
    }
}

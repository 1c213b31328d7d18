/// What differs between the authorization pages of two services.
struct AuthorizationRules: Sendable {
    /// As the page names the service.
    let title: String
    var separators: Set<Character> = [" "]
    var needsPKCE = false
    /// Whether the person may tick off single scopes.
    var allowsSubset = false
    /// Whether any scope must be asked for.
    var needsScope = true
    /// Members that name scopes.
    var scopeMembers = ["scope"]
    /// Whether a member that came twice is refused.
    var refusesRepeats = false
    /// The `iss` of every answer (RFC 9207); nil sends none.
    var issuer: String?
}

/// A request to authorize that may be shown to a person: its app is known, and its redirect URI is the app's.
struct AuthorizationRequest: Sendable {
    let client: OAuthClient
    let redirectURI: String
    let scopes: [String]
    let state: String?
    let challenge: String?
    let form: Form
    let issuer: String?

    /// Throws what the browser gets instead: a page while the redirect URI can't be trusted, a redirect afterwards.
    init(_ form: Form, at desk: OAuthDesk, _ rules: AuthorizationRules) throws(Answer) {
        self.form = form
        issuer = rules.issuer
        guard let client = form["client_id"].flatMap(desk.client) else {
            throw Pages.refusal(rules, "invalid_client", "The OAuth client was not found.")
        }
        self.client = client
        let named = form["redirect_uri"]
        guard let redirectURI = named ?? (client.redirectURIs.count == 1 ? client.redirectURIs.first : nil),
            client.redirectURIs.contains(redirectURI)
        else {
            throw Pages.refusal(rules, "redirect_uri_mismatch", "The redirect URI is not one of the app's.")
        }
        self.redirectURI = redirectURI
        state = form["state"]
        challenge = form["code_challenge"]
        scopes = rules.scopeMembers.flatMap {
            (form[$0] ?? "").split(whereSeparator: rules.separators.contains).map(String.init)
        }
        try check(rules)
    }

    private func check(_ rules: AuthorizationRules) throws(Answer) {
        if rules.refusesRepeats, let name = form.repeated.first {
            throw answer("invalid_request", "`\(name)` came more than once")
        }
        guard form["response_type"] ?? (rules.scopeMembers.count > 1 ? "code" : nil) == "code" else {
            throw answer("unsupported_response_type", "only `code` is supported")
        }
        if challenge == nil, rules.needsPKCE {
            throw answer("invalid_request", "`code_challenge` is missing")
        }
        if let challenge {
            guard form["code_challenge_method"] == "S256" else {
                throw answer("invalid_request", "`code_challenge_method` must be S256")
            }
            guard challenge.utf8.count == 43 else { throw answer("invalid_request", "`code_challenge` is malformed") }
        }
        if rules.needsScope, scopes.isEmpty { throw answer("invalid_scope", "no scope was asked for") }
        guard client.mayAsk(for: scopes) else {
            throw answer("invalid_scope", "the app may not ask for all of these scopes")
        }
    }

    /// Sends the browser back to the app with an error.
    func answer(_ error: String, _ description: String) -> Answer {
        .redirect(address([("error", error), ("error_description", description)]), error: error)
    }

    /// The app's redirect URI with an answer's members, `state` and `iss` among them.
    func address(_ pairs: [(String, String)]) -> String {
        var pairs = pairs
        if let state { pairs.append(("state", state)) }
        if let issuer { pairs.append(("iss", issuer)) }
        return redirectURI + (redirectURI.contains("?") ? "&" : "?") + Form.encode(pairs)
    }
}

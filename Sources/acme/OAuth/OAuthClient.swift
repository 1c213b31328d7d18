/// An app as it is registered with an authorization server.
struct OAuthClient: Sendable {
    let id: String
    /// Nil for a public client, which proves itself by PKCE alone.
    let secret: String?
    /// Compared byte for byte.
    let redirectURIs: [String]
    /// What it may ask for; nil allows everything.
    let scopes: Set<String>?
    /// Its certificates, instead of a secret: Microsoft.
    var certificates: [Certificate]
    /// The id of its object in the directory, which isn't its own: Microsoft.
    let object: String?
    /// Whether the directory's policy forbids it to change its keys: Microsoft.
    let mayNotRoll: Bool
    /// The keys with which it signs, instead of a secret: the strict server.
    let keys: [VerificationKey]
    /// What it may do without a user: Microsoft.
    let roles: [String]
    /// What only an administrator can allow it: Microsoft.
    let administrators: Set<String>
    /// Whether its tokens end and rotate: a switch of the app's configuration at Slack.
    let rotates: Bool
    /// Whose token the app's own bot token is: Slack.
    let bot: String

    /// Reads `{"id", "secret", "redirect_uris", "scopes", "certificates", "object_id", "may_not_roll", "public_keys", "roles", "administrators",
    /// "rotation", "bot"}`; only `id` must be there.
    init(_ body: JSON) throws(SetupProblem) {
        guard let id = body["id"]?.text, !id.isEmpty else { throw SetupProblem("`id` must be a string") }
        self.id = id
        object = body["object_id"]?.text
        mayNotRoll = body["may_not_roll"]?.truth ?? false
        secret = body["secret"]?.text
        redirectURIs = (body["redirect_uris"]?.items ?? []).compactMap(\.text)
        scopes = body["scopes"]?.items.map { Set($0.compactMap(\.text)) }
        var certificates: [Certificate] = []
        for pem in (body["certificates"]?.items ?? []).compactMap(\.text) { certificates.append(try Certificate(pem)) }
        self.certificates = certificates
        var keys: [VerificationKey] = []
        for pem in (body["public_keys"]?.items ?? []).compactMap(\.text) { keys.append(try VerificationKey(pem)) }
        self.keys = keys
        roles = (body["roles"]?.items ?? []).compactMap(\.text)
        administrators = Set((body["administrators"]?.items ?? []).compactMap(\.text))
        rotates = body["rotation"]?.truth ?? true
        bot = body["bot"]?.text ?? "product"
    }

    /// Nothing proves that it is this app.
    var isPublic: Bool {
        secret == nil && certificates.isEmpty && keys.isEmpty
    }

    func mayAsk(for asked: some Collection<String>) -> Bool {
        scopes.map { allowed in asked.allSatisfy(allowed.contains) } ?? true
    }
}

/// What is wrong with a registration.
struct SetupProblem: Error {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}

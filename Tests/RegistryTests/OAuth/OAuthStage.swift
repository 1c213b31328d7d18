import Authority
import Definition
import Gate
import Registry
import Synchronization
import Testing
import Twins
import Wire

/// A home in which Alice and Bob use the assistant `helper`, and a client asks them for access.
final class OAuthStage: Sendable {
    static let acme = OrganizationID("acme")
    static let operating = Administrator.systemUser(uid: 1)
    static let issuer = "https://deputy.test"
    static let callback = "https://app.example/cb"
    static let verifier = String(repeating: "v", count: 43)
    static let challenge = Base64.encodeURL(Digest.sha256(of: Array(verifier.utf8)).bytes)

    let store = MemoryStore()
    let clock = FakeWorld()
    let administration: Administration
    let desk: OAuthDesk
    let tokens: StoredTokens
    let box: Box
    /// Of the issuers whose tokens are exchanged.
    let keys: IssuerKeys

    init() async throws {
        let (store, world) = (store, clock.world)
        administration = Administration(
            store: store, commits: store, shelf: LiveShelf(try OAuthStage.tools()), world: world,
            accounts: { _ in [] }, isDemo: false)
        let fetched = Box()
        keys = IssuerKeys(now: world.now) { origin, target throws(UpstreamFailure) in
            try fetched.answer(origin + target)
        }
        desk = OAuthDesk(
            administration: administration, store: store, exchanges: store,
            documents: ClientDocuments(allowsLoopback: false, now: world.now) { try fetched.fetch($0) },
            issuerKeys: keys,
            settings: OAuthSettings(
                issuer: { OAuthStage.issuer }, home: OAuthStage.acme, allowsRegistration: true),
            sign: { claims in "signed:" + JSON.object(claims).text })
        tokens = StoredTokens(store: store, grants: store, commits: store, world: world)
        box = fetched
        try await administration.addOrganization(
            OAuthStage.acme, name: "Acme", domains: ["acme.test"], by: OAuthStage.operating)
        for person in ["alice", "bob"] {
            _ = try await administration.addPerson(
                PersonID(person), name: nil, email: "\(person)@acme.test", subjects: [:], by: OAuthStage.operating,
                in: OAuthStage.acme)
        }
        for (agent, users) in [("helper", JSON.string("everyone")), ("private", ["alice"])] {
            _ = try await administration.addAgent(
                AgentID(agent), owner: PersonID("alice"),
                definition: ["slots": ["notes:person"], "users": users, "actsAs": "assistant"],
                by: OAuthStage.operating, in: OAuthStage.acme)
        }
    }

    /// What lies at the URLs of clients' documents.
    final class Box: Sendable {
        private let documents = Mutex<[String: FetchedDocument]>([:])
        private let count = Mutex(0)

        struct Missing: Error {}

        var fetches: Int { count.withLock { $0 } }

        func put(_ body: JSON, at url: String, status: Int = 200, type: String = "application/json", cache: String = "")
        {
            documents.withLock {
                $0[url] = FetchedDocument(status: status, mediaType: type, body: body.bytes(), cacheControl: cache)
            }
        }

        func fetch(_ address: ClientDocument.Address) throws -> FetchedDocument {
            count.withLock { $0 += 1 }
            guard let document = documents.withLock({ $0[address.origin + address.path] }) else { throw Missing() }
            return document
        }

        func answer(_ url: String) throws(UpstreamFailure) -> UpstreamAnswer {
            count.withLock { $0 += 1 }
            guard let document = documents.withLock({ $0[url] }) else { throw .notSent("nobody is there") }
            return UpstreamAnswer(status: document.status, headers: [], body: document.body)
        }
    }

    private static func tools() throws -> ToolShelf {
        ToolShelf(
            try [("notes.read", Effect.read), ("notes.add", .create), ("notes.send", .send)].map { name, effect in
                CallableTool(
                    spec: ToolSpec(
                        name: name, provider: ProviderID("notes"), effect: effect, host: "https://notes.example"),
                    title: name, text: name, schema: try JSONSchema(["type": "object"]), roles: [:],
                    planner: NoPlanner(), executor: NoExecutor())
            })
    }

    func register(confidential: Bool = false, redirect: String = callback) async throws -> RegisteredClient {
        try await desk.register(
            name: "App", redirects: [redirect], isConfidential: confidential, ceiling: .all, by: OAuthStage.operating,
            in: OAuthStage.acme)
    }

    /// A request as a good client makes it, with some of it otherwise; nil leaves one out.
    func ask(_ client: OAuthClientID, _ changes: [String: String?] = [:]) throws -> OAuthParameters {
        var values: [String: String?] = [
            "response_type": "code", "client_id": client.raw, "redirect_uri": OAuthStage.callback,
            "code_challenge": OAuthStage.challenge, "code_challenge_method": "S256", "state": "st&te",
            "resource": "\(OAuthStage.issuer)/mcp/helper",
        ]
        for (name, value) in changes { values[name] = value }
        return try OAuthStage.parameters(values)
    }

    static func parameters(_ values: [String: String?]) throws -> OAuthParameters {
        try OAuthParameters(
            values.compactMap { name, value in
                value.map { "\(PercentEncoding.encode(name))=\(PercentEncoding.encode($0))" }
            }.sorted().joined(separator: "&"))
    }

    func question(
        _ client: OAuthClientID, _ changes: [String: String?] = [:], by person: String = "alice"
    ) async throws -> ConsentQuestion {
        try await desk.question(
            try ask(client, changes),
            for: SignedInPerson(PersonID(person), in: OAuthStage.acme, since: clock.world.now()))
    }

    /// Asks, allows all of it, and gives the code.
    func code(
        _ client: OAuthClientID, _ changes: [String: String?] = [:], by person: String = "alice",
        allowing effects: EffectSet? = nil
    ) async throws -> String {
        let question = try await question(client, changes, by: person)
        let url = try await desk.allow(question, effects ?? question.effects, shown: question.shown)
        return try #require(OAuthStage.answer(url)["code"])
    }

    static func answer(_ url: String) throws -> OAuthParameters {
        try OAuthParameters(String(url.split(separator: "?", maxSplits: 1).last ?? ""))
    }

    func redeem(
        _ code: String, _ client: RegisteredClient, _ changes: [String: String?] = [:]
    ) async throws -> IssuedTokens {
        try await token(
            client,
            [
                "grant_type": "authorization_code", "code": code, "redirect_uri": OAuthStage.callback,
                "code_verifier": OAuthStage.verifier, "resource": "\(OAuthStage.issuer)/mcp/helper",
            ].merging(changes) { $1 })
    }

    func refresh(
        _ token: String?, _ client: RegisteredClient, _ changes: [String: String?] = [:]
    ) async throws -> IssuedTokens {
        try await self.token(client, ["grant_type": "refresh_token", "refresh_token": token].merging(changes) { $1 })
    }

    func token(_ client: RegisteredClient, _ values: [String: String?]) async throws -> IssuedTokens {
        let parameters = try OAuthStage.parameters(values.merging(OAuthStage.credentials(client)) { mine, _ in mine })
        return try await desk.issue(parameters, try ClientCredentials(parameters, authorization: []))
    }

    static func credentials(_ client: RegisteredClient) -> [String: String?] {
        ["client_id": client.client.id.raw, "client_secret": client.secret]
    }

    func signIn(_ client: RegisteredClient, by person: String = "alice") async throws -> IssuedTokens {
        try await redeem(try await code(client.client.id, by: person), client)
    }

    func holder(of token: String) async throws -> AuthenticatedClient? { try await tokens.client(bearing: token) }

    func changes() async throws -> [String] {
        try await store.records(of: .organization(OAuthStage.acme), from: 0, limit: 999).compactMap {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }
    }

    /// Everything that the store ever wrote into the ledger.
    func ledger() async throws -> String {
        try await store.records(of: .organization(OAuthStage.acme), from: 0, limit: 999).map {
            String(decoding: $0.bytes, as: UTF8.self)
        }.joined()
    }
}

/// What a refusal is, whichever way it is told.
func refusal(_ body: () async throws -> some Any) async -> OAuthRefusal.Code? {
    do {
        _ = try await body()
        return nil
    } catch let error as OAuthRefusal {
        return error.code
    } catch let error as AuthorizationProblem {
        switch error {
        case .shown(let refusal), .answered(let refusal, _, _): return refusal.code
        }
    } catch {
        Issue.record("\(error)")
        return nil
    }
}

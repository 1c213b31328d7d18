import Authority
import Broker
import Definition
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Vault
import Wire

/// A home with a provider `depot`, which has every endpoint, and a claw `robot`.
struct GrantStage {
    static let acme = OrganizationID("acme")
    static let depot = ProviderID("depot")
    let store = MemoryStore()
    let clock = FakeWorld()
    let server = FakeTokenServer()
    let keys: KeyRing
    let providers: ProviderShelf
    let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))

    init(_ manifests: [ProviderManifest]? = nil) throws {
        keys = try KeyRing.ephemeral()
        providers = try ProviderShelf(try manifests ?? [GrantStage.manifest()])
    }

    static func manifest(_ name: String = "depot", id: String = "https://id.depot.test", oauth: String = "") throws
        -> ProviderManifest
    {
        try ProviderManifest(
            reading: """
                {
                  provider: "\(name)", title: "Depot", origin: "https://api.\(name).test", credential: { kind: "bearer" },
                  oauth: {
                    issuer: "\(id)", authorization: "\(id)/authorize", token: "\(id)/token",
                    revocation: "\(id)/revoke", device: "\(id)/device", scopes: ["base"], \(oauth)
                  },
                  account: { requests: [{ method: "GET", path: "/me" }], id: "/id", email: "/email" },
                  tools: [
                    {
                      name: "\(name).list", title: "List", description: "Lists.", effect: "read", scopes: ["items.read"],
                      arguments: {}, labels: { integrity: "agent-documents" },
                      request: { method: "GET", path: "/items" },
                    },
                  ],
                }
                """, file: "\(name).json5")
    }

    var apps: AppDesk {
        AppDesk(store: store, commits: store, keys: keys, providers: providers, world: clock.world)
    }

    var connections: ConnectionDesk {
        ConnectionDesk(
            store: store, commits: store, errands: server, keys: keys, fingerprints: fingerprints,
            providers: providers, world: clock.world)
    }

    var desk: GrantDesk {
        grants(asking: server)
    }

    func grants(asking errands: any TokenErrands) -> GrantDesk { GrantDesk(connecting: connecting(asking: errands)) }

    func connecting(asking errands: any TokenErrands) -> ConnectDesk {
        ConnectDesk(
            store: store, commits: store, connections: connections, apps: apps, tokens: errands, keys: keys,
            providers: providers, world: clock.world)
    }

    var revocations: RevocationDesk {
        RevocationDesk(
            store: store, commits: store, apps: apps, errands: server, keys: keys, providers: providers,
            world: clock.world)
    }

    func register(_ provider: ProviderID = depot) async throws {
        var secret = Array("app-secret".utf8)
        _ = try await apps.add(
            provider, in: GrantStage.acme, clientID: "client-1", authentication: .basic, secret: &secret,
            replaces: false, by: "test")
    }

    static func new(
        _ owner: Owner = .agent(AgentID("robot")), subjects: Set<String> = ["assistant@acme.test"]
    ) -> NewConnection {
        NewConnection(
            organization: acme, owner: owner, provider: depot, agentOwner: PersonID("dana"), isSharedWithOwner: false,
            people: ["alice", "dana"].map {
                PersonClaim(person: PersonID($0), email: "\($0)@acme.test", subjects: [:])
            }, subjects: subjects, by: "test", under: [])
    }

    static func account() throws -> ServiceAccountKey {
        try ServiceAccountKey(
            file: JSON.object([
                "type": "service_account", "private_key_id": "kid-1", "private_key": .string(GrantStage.key),
                "client_email": "robot@acme.iam.gserviceaccount.com",
            ]).text, place: "key.json")
    }

    func leaves() async throws -> [JSON] {
        try await store.records(of: .organization(GrantStage.acme), from: 0, limit: 1000).map {
            try JSON.parse($0.bytes)
        }
    }

    func changes() async throws -> [String] { try await leaves().compactMap { $0["change"]?.stringValue } }
}

/// Answers as it was told to, in that order, and keeps what it was asked.
final class FakeTokenServer: UnaskedTokenErrands, UnaskedErrands {
    struct State {
        var asked: [String] = []
        var clients: [String] = []
        var answers: [(status: Int, body: String)] = []
        var outcomes: [RevocationOutcome] = []
        var isDown = false
        var account = #"{"id": "acc-1"}"#
        var accountStatus = 200
    }

    let state = Mutex(State())

    var asked: [String] { state.withLock { $0.asked } }

    func answer(_ status: Int, _ body: String) { state.withLock { $0.answers.append((status, body)) } }

    private func note(_ request: borrowing TokenRequest, _ endpoint: Endpoint, _ app: ProviderApp) throws(TokenProblem)
        -> (status: Int, body: [UInt8])
    {
        let form = PercentEncoding.decode(String(decoding: request.body(.form, with: []).bytes, as: UTF8.self)) ?? "?"
        let (isDown, answer) = state.withLock { state in
            state.asked.append("\(endpoint.target) \(form)")
            state.clients.append(app.clientID)
            return (state.isDown, state.answers.isEmpty ? nil : state.answers.removeFirst())
        }
        guard !isDown, let answer else { throw .lost("nobody answers") }
        return (answer.status, Array(answer.body.utf8))
    }

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        let answer = try note(request, endpoint, app)
        do throws(TokenFailure) {
            return try TokenAnswer(status: answer.status, retryAfter: nil, body: answer.body, dialect: dialect)
        } catch {
            throw .answered(error)
        }
    }

    func authorizeDevice(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> DeviceAuthorization {
        let answer = try note(request, endpoint, app)
        do throws(TokenFailure) {
            return try DeviceAuthorization(status: answer.status, retryAfter: nil, body: answer.body, secure: true)
        } catch {
            throw .answered(error)
        }
    }

    func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome {
        try state.withLock { state throws(TokenProblem) in
            state.asked.append("\(endpoint.target) \(hint) \(token.text) as \(app.clientID)")
            guard !state.isDown, !state.outcomes.isEmpty else { throw .lost("nobody answers") }
            return state.outcomes.removeFirst()
        }
    }

    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        state.withLock { state in
            UpstreamAnswer(status: state.accountStatus, headers: [], body: Array(state.account.utf8))
        }
    }
}

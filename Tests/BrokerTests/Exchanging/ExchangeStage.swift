import Authority
import Definition
import Gate
import Logging
import OAuth
import Synchronization
import Testing
import Twins
import Vault
import Wire

@testable import Broker

/// Alice and Bob, whose tokens at `notes` are for this home and are exchanged for each agent.
struct ExchangeStage {
    static let acme = OrganizationID("acme")
    static let notes = ProviderID("notes")
    let store = MemoryStore()
    let clock = FakeWorld()
    let keys: KeyRing
    let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))
    let providers: ProviderShelf
    let apps: AppDesk
    let server = ExchangeServer()

    init(exchange: String = #"grant: "token_exchange", audience: ["notes-api"], actor: true"#) async throws {
        keys = try KeyRing.ephemeral()
        let manifest = try ProviderManifest(
            reading: """
                { provider: "notes", title: "Notes", origin: "https://notes.test", credential: { kind: "bearer" },
                  oauth: { issuer: "https://id.test", authorization: "https://id.test/authorize",
                    token: "https://id.test/token", scopes: ["act"], exchange: { \(exchange) } },
                  account: { requests: [{ method: "GET", path: "/me" }], id: "/id" }, tools: [] }
                """, file: "notes.json5")
        providers = try ProviderShelf([manifest])
        apps = AppDesk(store: store, commits: store, keys: keys, providers: providers, world: clock.world)
        _ = try await apps.add(
            ExchangeStage.notes, in: ExchangeStage.acme, clientID: "deputy",
            key: try ClientKey(pem: GrantStage.anotherKey, id: "k", place: "k.pem"), replaces: false, by: "test")
    }

    var keeper: TokenKeeper { keeper(asking: server) }

    func keeper(asking errands: any TokenErrands) -> TokenKeeper {
        TokenKeeper(
            store: store, commits: store, errands: errands, accounts: server, keys: keys, fingerprints: fingerprints,
            apps: apps, providers: providers, world: clock.world, people: { _ in [] },
            pause: { _ in await Task.yield() },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func exchanger(_ key: @escaping @Sendable (ExchangeKey) -> ExchangeKey = { $0 }) -> TokenExchanger {
        TokenExchanger(keeper: keeper, exchanges: HeldExchanges(key: key))
    }

    /// A connection whose token the server knows as this person's.
    func connect(_ person: String) async throws -> ConnectionRecord {
        let claim = PersonClaim(
            person: PersonID(person), email: "\(person)@acme.test", subjects: [ExchangeStage.notes: person])
        let new = NewConnection(
            organization: ExchangeStage.acme, owner: .person(claim.person), provider: ExchangeStage.notes,
            agentOwner: nil, isSharedWithOwner: false, people: [claim], by: "test", under: [])
        return try await desk.keep(
            Granted(
                provider: ExchangeStage.notes, clientID: "deputy",
                answer: TokenAnswer(
                    access: .sample("base-\(person)"), refresh: .sample("refresh-\(person)"), scopes: nil,
                    lifetime: 36_000),
                asked: clock.world.now(), requested: ["read", "write"],
                account: UpstreamAccount(
                    id: person, email: claim.email, name: nil, scopes: ["read", "write"])), for: new)
    }

    var desk: ConnectionDesk {
        ConnectionDesk(
            store: store, commits: store, errands: server, keys: keys, fingerprints: fingerprints,
            providers: providers, world: clock.world)
    }

    /// What a request would carry.
    func token(
        _ use: ConnectionUse, _ agent: String, by exchanger: TokenExchanger, rejecting: Int64? = nil
    ) async throws -> (text: String, number: Int64) {
        let held = try await exchanger.token(for: use, by: AgentID(agent), rejecting: rejecting)
        let number = held.generation
        return (held.take().withBytes { String(decoding: $0, as: UTF8.self) }, number)
    }

    func told(_ change: String) async throws -> [JSON] {
        try await store.records(of: .organization(ExchangeStage.acme), from: 0, limit: 1000).map {
            try JSON.parse($0.bytes)
        }.filter { $0["change"]?.stringValue == change }
    }
}

/// Gives `api-PERSON-N` for `base-PERSON`, and says whose it is by that.
final class ExchangeServer: UnaskedTokenErrands, UnaskedErrands {
    struct State {
        var asked: [String] = []
        var failures: [TokenProblem] = []
        /// Whose tokens it gives, whoever asks.
        var gives: String?
        var issued = "urn:ietf:params:oauth:token-type:access_token"
        var scope: String?
        var isAccountDown = false
        /// What happens while an exchange is asked for.
        var meanwhile: (@Sendable () async -> Void)?
    }

    let state = Mutex(State())

    var asked: [String] { state.withLock { $0.asked } }
    var exchanges: Int { asked.filter { $0.contains("token-exchange") || $0.contains("on_behalf_of") }.count }

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        let form = PercentEncoding.decode(String(decoding: request.body(.form, with: []).bytes, as: UTF8.self)) ?? "?"
        await Task.yield()
        if let meanwhile = state.withLock({ $0.meanwhile }) { await meanwhile() }
        return try state.withLock { state throws(TokenProblem) in
            state.asked.append(form)
            if !state.failures.isEmpty { throw state.failures.removeFirst() }
            let number = state.asked.count
            let fields = form.split(separator: "&")
            if let subject = fields.first(where: { $0.hasPrefix("refresh_token=") })?.dropFirst(14) {
                let person = subject.dropFirst("refresh-".count)
                return TokenAnswer(
                    access: .sample("base-\(person)"), refresh: nil, scopes: ["act"], lifetime: 36_000)
            }
            let subject = fields.first { $0.hasPrefix("subject_token=") }?.dropFirst("subject_token=base-".count)
            return TokenAnswer(
                access: .sample("api-\(state.gives ?? String(subject ?? "nobody"))-\(number)"), refresh: nil,
                scopes: state.scope.map { Set($0.split(separator: " ").map(String.init)) }, lifetime: 3_600,
                about: ["issued_token_type": .string(state.issued), "token_type": "Bearer"])
        }
    }

    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        guard !state.withLock({ $0.isAccountDown }) else { throw .notSent("nobody answers") }
        let text = credential.secret.withBytes { String(decoding: $0, as: UTF8.self) }
        let person = text.split(separator: "-").dropFirst().first.map(String.init) ?? ""
        guard text.hasPrefix("api-") else { return UpstreamAnswer(status: 401, headers: [], body: []) }
        return UpstreamAnswer(status: 200, headers: [], body: JSON.object(["id": .string(person)]).bytes())
    }
}

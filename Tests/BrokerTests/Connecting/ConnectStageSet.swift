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

/// Carol, a provider that grants what it is asked for, and the desk between them.
struct ConnectStageSet {
    static let acme = OrganizationID("acme")
    static let carol = ConnectVisitor(organization: acme, person: PersonID("carol"), session: "web_1")
    static let redirectURI = "https://d.test/connect/callback/gmail"

    let store = MemoryStore()
    let clock = FakeWorld()
    let errands: GrantingErrands
    let apps: AppDesk
    let desk: ConnectDesk
    let keeper: TokenKeeper

    /// - Parameter server: what stands before the errands at the token endpoint; nil for nothing.
    init(
        errands: GrantingErrands = GrantingErrands(), asking server: (any TokenErrands)? = nil
    ) async throws {
        self.errands = errands
        let (keys, providers) = (try KeyRing.ephemeral(), try ProviderShelf(try BundledProviders.read()))
        let connections = ConnectionDesk(
            store: store, commits: store, errands: errands, keys: keys,
            fingerprints: Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes)),
            providers: providers, world: clock.world)
        apps = AppDesk(store: store, commits: store, keys: keys, providers: providers, world: clock.world)
        let fingerprints = Fingerprints(key: [UInt8](repeating: 7, count: Fingerprints.keyBytes))
        keeper = TokenKeeper(
            store: store, commits: store, errands: server ?? errands, accounts: errands, keys: keys,
            fingerprints: fingerprints, apps: apps, providers: providers, world: clock.world, people: { _ in [] },
            pause: { _ in }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        desk = ConnectDesk(
            store: store, commits: store, connections: connections, apps: apps, tokens: server ?? errands, keys: keys,
            providers: providers,
            credentials: SealedCredentials(
                store: store, commits: store, keys: keys, fingerprints: fingerprints, providers: providers,
                tokens: keeper), world: clock.world)
        var secret = Array("s3cret".utf8)
        _ = try await apps.add(
            ProviderID("gmail"), in: ConnectStageSet.acme, clientID: "deputy", authentication: nil, secret: &secret,
            replaces: false, by: "test")
    }

    func aim(agent: String? = nil) -> ConnectAim {
        ConnectAim(
            organization: ConnectStageSet.acme, person: PersonID("carol"), owner: .person(PersonID("carol")),
            agent: agent.map { AgentID($0) }, provider: ProviderID("gmail"))
    }

    var party: ConnectParty {
        ConnectParty(
            agentOwner: nil,
            people: [PersonClaim(person: PersonID("carol"), email: "carol@acme.test", subjects: [:])],
            under: NewConnection.scopes(of: .person(PersonID("carol")), in: ConnectStageSet.acme).map {
                EpochReading(scope: $0, value: store.epoch(of: $0))
            })
    }

    /// Sent off: the flow, and the handle that the browser has.
    func departed() async throws -> (flow: ConnectFlow, state: String) {
        let flow = try await desk.open(aim())
        let service = try #require(try await desk.service(for: flow.aim))
        let replaced = try await desk.current(flow.aim).first?.id
        let url = try await desk.depart(
            flow, to: service, by: ConnectStageSet.carol, needing: ["gmail.send"], replacing: replaced,
            redirectURI: ConnectStageSet.redirectURI)
        let query = url.split(separator: "?")[1].split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        let state = try #require(query.first { $0[0] == "state" }.map { String($0[1]) })
        return (try await desk.flow(state: state), state)
    }

    @discardableResult func arrive(
        _ flow: ConnectFlow, _ state: String, by visitor: ConnectVisitor = carol
    ) async throws -> ConnectFlow {
        try await desk.arrive(
            flow, at: ProviderID("gmail"),
            with: ["state": state, "code": "c0de", "iss": "https://accounts.google.com"], by: visitor,
            redirectURI: ConnectStageSet.redirectURI, party: party)
    }

    func offered() async throws -> ConnectFlow {
        let (flow, state) = try await departed()
        return try await arrive(flow, state)
    }

    @discardableResult func keep(
        _ flow: ConnectFlow, party: ConnectParty? = nil, another: Bool = false
    ) async throws -> ConnectionRecord {
        guard case .offered(let offer) = flow.stage else { throw ConnectError.refused(.over) }
        return try await desk.keep(
            flow, by: ConnectStageSet.carol, shown: offer.shown(of: flow.id), another: another, sharing: false,
            party: party ?? self.party)
    }

    func changes() async throws -> [String] {
        try await store.records(of: .organization(ConnectStageSet.acme), from: 0, limit: 1000).compactMap {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }
    }
}

/// Grants everything, and says that each account is Carol's.
final class GrantingErrands: UnaskedTokenErrands, UnaskedErrands {
    private struct State {
        var asked = 0
        var revoked: [String] = []
        var problem: TokenProblem?
        var subject: String? = "117"
        var address = "carol@acme.test"
        /// Of each token, at the time that it was given.
        var subjects: [String: String?] = [:]
    }

    private let state = Mutex(State())

    var asked: Int { state.withLock(\.asked) }
    var revoked: [String] { state.withLock(\.revoked) }

    /// Whose the tokens are that it gives from now on, and what all of theirs is called now; nil for tokens that name nobody.
    func sign(in subject: String?, at address: String = "carol@acme.test") {
        state.withLock { ($0.subject, $0.address) = (subject, address) }
    }

    func fail(with problem: TokenProblem?) { state.withLock { $0.problem = problem } }

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        let (number, problem) = state.withLock { state in
            state.asked += 1
            state.subjects["access-\(state.asked)"] = .some(state.subject)
            return (state.asked, state.problem)
        }
        if let problem { throw problem }
        guard let access = TokenText("access-\(number)"), let refresh = TokenText("refresh-\(number)") else {
            throw .lost("no tokens")
        }
        return TokenAnswer(access: access, refresh: refresh, scopes: nil, lifetime: 3600)
    }

    func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome {
        state.withLock { $0.revoked.append(token.text) }
        return .revoked
    }

    func isActive(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Bool {
        true
    }

    func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        let token = credential.secret.withBytes { String(decoding: $0, as: UTF8.self) }
        let (subject, address) = state.withLock { ($0.subjects[token] ?? $0.subject, $0.address) }
        if step.path == "/v1/userinfo" {
            guard let subject else { return UpstreamAnswer(status: 401, headers: [], body: []) }
            return UpstreamAnswer(status: 200, headers: [], body: JSON.object(["sub": .string(subject)]).bytes())
        }
        return UpstreamAnswer(status: 200, headers: [], body: JSON.object(["emailAddress": .string(address)]).bytes())
    }
}

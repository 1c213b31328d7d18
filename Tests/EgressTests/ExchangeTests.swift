import Authority
import Broker
import Gate
import Hummingbird
import NIOCore
import Synchronization
import Telemetry
import Testing
import Tracing
import Vault
import Wire

@testable import Egress

struct ExchangeTests {
    @Test func `each placement puts the secret where it belongs`() async throws {
        try await withUpstream { origin, seen in
            let placements: [(Placement, String, String, String)] = [
                (.bearer, "s3cret-bearer", "authorization", "Bearer s3cret-bearer"),
                (.header("X-Key"), "s3cret-key", "x-key", "s3cret-key"),
                (.basic, "user:s3cret-pw", "authorization", "Basic \(Base64.encode(Array("user:s3cret-pw".utf8)))"),
            ]
            for (placement, secret, name, value) in placements {
                let egress = Self.egress(FixedCredential(placement: placement, secret: secret))
                let answer = try await egress.send(Self.step("/echo"), for: Self.use(origin), mayRepeat: false)
                #expect(answer.status == 200)
                #expect(seen.last?[name] == value)
                #expect(seen.last?["accept-encoding"] == "identity")
                // The upstream echoes its headers; nothing of the secret comes back.
                #expect(!String(decoding: answer.body, as: UTF8.self).contains("s3cret"))
                try await egress.shutdown()
            }
        }
    }

    @Test func `a provider is told of a trace only where it may be`() async throws {
        try await withUpstream { origin, seen in
            let tracer = SpanTracer(tell: { _ in })
            for tellsProviders in [false, true] {
                let egress = Self.egress(
                    instruments: UpstreamInstruments(
                        MetricRegistry(), tracer: tracer, tellsProviders: tellsProviders))
                let span = tracer.startSpan("call", context: .topLevel)
                _ = try await InstrumentationContext.withValue(span.context) {
                    try await egress.send(Self.step("/echo"), for: Self.use(origin), mayRepeat: false)
                }
                #expect(seen.last?["traceparent"] == (tellsProviders ? span.trace.traceparent : nil))
                try await egress.shutdown()
            }
        }
    }

    @Test func `row_7 a redirect isn't followed`() async throws {
        try await withUpstream { origin, seen in
            let egress = Self.egress()
            let answer = try await egress.send(Self.step("/redirect"), for: Self.use(origin), mayRepeat: false)
            #expect(answer.status == 302)
            #expect(seen.count == 1)
            try await egress.shutdown()
        }
    }

    @Test func `an answer that is too large or too slow is unknown`() async throws {
        try await withUpstream { origin, _ in
            var limits = EgressLimits()
            limits.answerBytes = 1000
            limits.whole = .milliseconds(300)
            let egress = Self.egress(limits: limits)
            for path in ["/large", "/stuck"] {
                await #expect(throws: UpstreamFailure.self) {
                    try await egress.send(Self.step(path), for: Self.use(origin), mayRepeat: false)
                }
            }
            try await egress.shutdown()
        }
    }

    @Test func `nobody listening is certainly not sent`() async throws {
        // What others take of the machine meanwhile isn't the question.
        var limits = EgressLimits()
        limits.whole = .seconds(600)
        let egress = Self.egress(limits: limits)
        do {
            _ = try await egress.send(Self.step("/"), for: Self.use("http://127.0.0.1:1"), mayRepeat: false)
            Issue.record("nobody listens there")
        } catch {
            #expect(error.isNotSent)
        }
        try await egress.shutdown()
    }

    @Test(arguments: ["http://10.0.0.1", "https://metadata.example", "http://api.example", "https://user@api.example"])
    func `row_7 a forbidden place hears nothing`(origin: String) async throws {
        let egress = Self.egress(resolver: FixedResolver(answers: [["169.254.169.254"], ["1.1.1.1", "10.0.0.1"]]))
        do {
            _ = try await egress.send(Self.step("/"), for: Self.use(origin), mayRepeat: false)
            Issue.record("\(origin) was reached")
        } catch {
            #expect(error.isNotSent)
        }
        try await egress.shutdown()
    }

    @Test func `two owners at once over shared sockets never cross`() async throws {
        try await withUpstream { origin, _ in
            let egress = Self.egress(OwnersCredential())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        let owner = number % 2 == 0 ? "alice" : "bob"
                        let answer = try await egress.send(
                            Self.step("/who"), for: Self.use(origin, owner: owner), mayRepeat: false)
                        #expect(String(decoding: answer.body, as: UTF8.self) == owner)
                    }
                }
                try await group.waitForAll()
            }
            try await egress.shutdown()
        }
    }

    @Test func `the key that a webhook is signed with is blotted out of the log while it is used`() async throws {
        var key = Array("the-signing-key-of-a-webhook".utf8)
        let shown = "whsec_" + Base64.encode(key)
        let live = LiveSecrets()
        let resolver = LoggingResolver(live, "the-signing-key-of-a-webhook \(shown)")
        let egress = HTTPEgress(
            credentials: FixedCredential(placement: .bearer, secret: ""), addresses: AddressPolicy(allowLoopback: true),
            resolver: resolver, limits: EgressLimits(), secrets: live, userAgent: "test",
            log: quiet)
        let notifier = WebhookNotifier(
            WebhookSettings(origin: "https://hooks.test", target: "/", key: HeldSecret(consuming: &key)),
            egress: egress, now: { Timestamp(microseconds: 0) })
        await #expect(throws: NoticeFailure.self) {
            try await notifier.notify(
                Notice(
                    id: NoticeID("n"), organization: OrganizationID("acme"), person: PersonID("alice"),
                    address: "alice@acme.test", matter: .test, agents: [], link: "https://deputy.test",
                    created: Timestamp(microseconds: 0)))
        }
        let logged = try #require(resolver.logged.withLock { $0 })
        #expect(logged.contains("[redacted]") && !logged.contains("signing-key"))
        #expect(!logged.contains(String(shown.dropFirst(6).dropLast(4))))
        #expect(live.count == 0)
        try await egress.shutdown()
    }

    @Test(arguments: [
        (CredentialError.notRenewed("`http_503`"), true), (.unreadable("closed"), true), (.expired, false),
        (.gone, false),
    ])
    func `a refused token that can't be renewed just now breaks no connection`(
        error: CredentialError, isPassing: Bool
    ) async throws {
        try await withUpstream { origin, seen in
            let egress = Self.egress(Unrenewed(error: error))
            do throws(UpstreamFailure) {
                _ = try await egress.send(Self.step("/echo"), for: Self.use(origin), mayRepeat: false)
                #expect(!isPassing)
            } catch {
                guard case .notSent = error else { return #expect(Bool(false), "nothing was done, \(error)") }
                #expect(isPassing)
            }
            #expect(seen.count == 1)
            try await egress.shutdown()
        }
    }

    private static func step(_ path: String) -> Step {
        Step(kind: .effect, method: "POST", path: path, query: "", body: Array("{}".utf8))
    }

    private static func use(_ origin: String, owner: String = "alice") -> ConnectionUse {
        ConnectionUse(
            facts: ConnectionFacts(
                id: ConnectionID("c"), provider: ProviderID("p"), owner: .person(PersonID(owner)), host: origin,
                account: owner, scopes: [], health: .healthy), organization: OrganizationID("acme"), generation: 1,
            fingerprint: "fp-\(owner)", origin: origin)
    }

    private static func egress(
        _ credentials: any CredentialSource = FixedCredential(placement: .bearer, secret: "s3cret-bearer"),
        resolver: any NameResolving = SystemResolver(), limits: EgressLimits = EgressLimits(),
        instruments: UpstreamInstruments? = nil
    ) -> HTTPEgress {
        HTTPEgress(
            credentials: credentials, addresses: AddressPolicy(allowLoopback: true), resolver: resolver, limits: limits,
            secrets: LiveSecrets(), userAgent: "test", instruments: instruments,
            log: quiet)
    }

    /// A provider on a free port of this machine.
    private func withUpstream(_ body: @escaping @Sendable (String, Seen) async throws -> Void) async throws {
        let seen = Seen()
        let router = Router()
        router.post("/echo") { request, _ in
            seen.keep(request)
            return request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        }
        router.post("/redirect") { request, _ in
            seen.keep(request)
            return Response(status: .found, headers: [.location: "/echo"])
        }
        router.post("/large") { _, _ in String(repeating: "x", count: 2000) }
        router.post("/stuck") { _, _ in
            // Until the server stops.
            for await _ in AsyncStream<Never>.makeStream().stream {}
            return "late"
        }
        router.post("/who") { request, _ in
            String((request.headers[.authorization] ?? "").dropFirst("Bearer token-of-".count))
        }
        try await serving(router) { try await body($0, seen) }
    }
}

final class Seen: Sendable {
    private let requests = Mutex<[[String: String]]>([])

    func keep(_ request: Request) {
        var headers: [String: String] = [:]
        for header in request.headers { headers[header.name.canonicalName] = header.value }
        requests.withLock { $0.append(headers) }
    }

    var last: [String: String]? { requests.withLock(\.last) }
    var count: Int { requests.withLock(\.count) }
}

/// Sources whose credentials are never renewed.
protocol LastingSource: CredentialSource {}

extension LastingSource {
    func credential(for use: ConnectionUse, by agent: AgentID?, rejecting generation: Int64)
        async throws(CredentialError) -> Credential?
    {
        nil
    }
    func isRefused(_ answer: UpstreamAnswer, for use: ConnectionUse) -> Bool { answer.status == 401 }
}

/// Whose credential is refused, and can't be had anew.
private struct Unrenewed: CredentialSource {
    let error: CredentialError

    func credential(for use: ConnectionUse, by agent: AgentID?) async throws(CredentialError) -> Credential {
        var bytes = Array("token".utf8)
        return Credential(placement: .bearer, secret: Secret(consuming: &bytes), generation: 1)
    }

    func credential(for use: ConnectionUse, by agent: AgentID?, rejecting generation: Int64)
        async throws(CredentialError) -> Credential?
    {
        throw error
    }

    func isRefused(_ answer: UpstreamAnswer, for use: ConnectionUse) -> Bool { true }
}

struct FixedCredential: LastingSource {
    let placement: Placement
    let secret: String

    func credential(for use: ConnectionUse, by agent: AgentID?) async throws(CredentialError) -> Credential {
        var bytes = Array(secret.utf8)
        return Credential(placement: placement, secret: Secret(consuming: &bytes))
    }
}

/// A secret that names its owner. `who` gives it back behind a name too short to be blotted out.
struct OwnersCredential: LastingSource {
    func credential(for use: ConnectionUse, by agent: AgentID?) async throws(CredentialError) -> Credential {
        var bytes = Array("token-of-\(use.facts.account)".utf8)
        return Credential(placement: .bearer, secret: Secret(consuming: &bytes))
    }
}

/// Looks up nothing, and keeps what a log would show of a text at that moment.
private final class LoggingResolver: NameResolving {
    let logged = Mutex<String?>(nil)
    private let live: LiveSecrets
    private let text: String

    init(_ live: LiveSecrets, _ text: String) {
        self.live = live
        self.text = text
    }

    func addresses(of host: String) async throws -> [Address] {
        let shown = live.redact(text)
        logged.withLock { $0 = shown }
        return []
    }
}

struct FixedResolver: NameResolving {
    let answers: [[String]]

    func addresses(of host: String) async throws -> [Address] {
        if let address = Address(host) { return [address] }
        return answers.flatMap { $0 }.compactMap(Address.init)
    }
}

extension UpstreamFailure {
    fileprivate var isNotSent: Bool {
        switch self {
        case .notSent: true
        case .unknown: false
        }
    }
}

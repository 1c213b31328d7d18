import Broker
import Gate
import OAuth
import Synchronization
import Twins
import Wire

/// A directory with one app: it gives tokens to the certificates that it has, and lets one of them bring or remove another.
final class FakeDirectory: TokenErrands, KeyErrands {
    struct State {
        /// By the directory's own ids.
        var certificates: [String: ClientCertificate] = [:]
        var made = 0
        /// What it was asked for, in order.
        var calls: [String] = []
        /// Numbers of the calls whose answer nobody gets.
        var lost: Set<Int> = []
        /// Certificates that aren't known everywhere yet: so many tokens are still refused.
        var slow = 0
        /// What it refuses every change with.
        var refusing: Int?
        /// Whether an answer says what it calls a new certificate.
        var isNaming = true
        var mayRead = false
    }

    static let object = "11111111-2222-3333-4444-555555555555"
    let state = Mutex(State())

    private func answered<Value>(_ call: String, _ value: Value) throws(TokenProblem) -> Value {
        let isLost = state.withLock { state in
            state.calls.append(call)
            return state.lost.contains(state.calls.count - 1)
        }
        if isLost { throw .lost("nobody saw the answer") }
        return value
    }

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        let name = (try? app.signer?.fields())?.last.flatMap { FakeDirectory.header($0.value)["x5t#S256"]?.stringValue }
        let isKnown = state.withLock { state in
            guard state.certificates.values.contains(where: { $0.thumbprint == name }) else { return false }
            guard state.slow > 0, state.certificates[FakeDirectory.id(1)]?.thumbprint != name else { return true }
            state.slow -= 1
            return false
        }
        try answered(isKnown ? "token" : "no token", ())
        guard isKnown else { throw .answered(TokenFailure(.registration, code: "invalid_client", status: 401)) }
        return TokenAnswer(access: .sample("graph"), refresh: nil, scopes: nil, lifetime: 3_600)
    }

    func manage(_ request: KeyRequest, with token: TokenText) async throws(TokenProblem) -> KeyAnswer {
        let call = String(request.endpoint.target.split(separator: "/").last ?? "")
        let body = (try? JSON.parse(request.body)) ?? .null
        let (status, answer) = state.withLock { state in FakeDirectory.carryOut(call, body, &state) }
        return try answered(
            "\(call.prefix { $0 != "?" }) \(status)", KeyAnswer(status: status, retryAfter: nil, body: answer.bytes()))
    }

    private static func carryOut(_ call: String, _ body: JSON, _ state: inout State) -> (Int, JSON) {
        if call.hasPrefix(object) {
            guard state.mayRead else { return (403, ["error": ["code": "Authorization_RequestDenied"]]) }
            let all = state.certificates.map { id, certificate in
                JSON.object(["keyId": .string(id), "customKeyIdentifier": .string(Base64.encode(certificate.sha1))])
            }
            return (200, ["keyCredentials": .array(all)])
        }
        if let refusing = state.refusing { return (refusing, ["error": ["code": "Authorization_RequestDenied"]]) }
        let proof = header(body["proof"]?.stringValue ?? "")["x5t"]?.stringValue
        guard state.certificates.values.contains(where: { Base64.encodeURL($0.sha1) == proof }) else {
            return (401, ["error": ["code": "Authentication_MissingOrMalformed"]])
        }
        switch call {
        case "addKey":
            guard let der = body["keyCredential"]?["key"]?.stringValue.flatMap({ Base64.decode($0) }),
                let certificate = try? ClientCertificate(der: der, place: "")
            else { return (400, .null) }
            state.made += 1
            let id = id(state.made + 1)
            state.certificates[id] = certificate
            return (200, state.isNaming ? ["keyId": .string(id)] : ["@odata.context": "…"])
        case "removeKey":
            let isThere = body["keyId"]?.stringValue.flatMap { state.certificates.removeValue(forKey: $0) } != nil
            return isThere ? (204, .null) : (404, ["error": ["code": "Request_ResourceNotFound"]])
        case _: return (404, .null)
        }
    }

    static func id(_ number: Int) -> String { "00000000-0000-0000-0000-00000000000\(number)" }

    private static func header(_ token: String) -> JSON {
        token.split(separator: ".").first.flatMap { Base64.decodeURL(String($0)) }.flatMap { try? JSON.parse($0) }
            ?? .null
    }

    func authorizeDevice(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> DeviceAuthorization { throw .notSent("not asked for") }

    func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome { throw .notSent("not asked for") }

    func isActive(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Bool { throw .notSent("not asked for") }
}

/// Commits until its gateway dies: with the commit of that number, which is written or isn't.
final class DyingCommits: Commits {
    private let inner: any Commits
    private let last: Int
    private let isWritten: Bool
    private let count = Mutex(0)

    init(_ inner: any Commits, at last: Int, isWritten: Bool) {
        self.inner = inner
        self.last = last
        self.isWritten = isWritten
    }

    /// Whether it came so far.
    var isDead: Bool { count.withLock { $0 > last } }

    func submit(_ transaction: Transaction) { inner.submit(transaction) }

    func epoch(of scope: EpochScope) async -> Int64 { await inner.epoch(of: scope) }

    func knownEpoch(of scope: EpochScope) -> Int64? { inner.knownEpoch(of: scope) }

    func commit(_ transaction: Transaction) async throws(CommitError) {
        let number = count.withLock { count in
            defer { count += 1 }
            return count
        }
        guard number >= last else { return try await inner.commit(transaction) }
        if number == last, isWritten { try await inner.commit(transaction) }
        throw .unavailable("the gateway has died")
    }
}

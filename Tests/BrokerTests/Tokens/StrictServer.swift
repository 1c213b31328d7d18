import Authority
import Broker
import OAuth
import Synchronization
import Twins

/// A token endpoint that rotates, and ends the whole grant when a used refresh token comes back (RFC 9700 section 4.14.2).
final class StrictServer: UnaskedTokenErrands {
    enum Fault: Hashable, Sendable {
        /// The server acts, and its answer gets lost.
        case losesAnswer
        /// Nothing reaches it.
        case losesRequest
        case answers(TokenFailure)
        /// It acts, and says that it failed.
        case actsAndAnswers(TokenFailure)
        case leavesOutRefreshToken
        case grants(Set<String>)
    }

    struct Grant {
        var refresh: String
        var used: Set<String> = []
        var isRevoked = false
    }

    struct State {
        var grant = Grant(refresh: "r1")
        var access = "a1"
        var asked = 0
        var introspected = 0
        var reuses = 0
        var revoked: [String] = []
        var faults: [Fault] = []
        /// The secrets of our app that it takes; nil for any.
        var secrets: Set<String>?
        /// Those that it was shown, in their order.
        var shown: [String] = []
        /// The client ids that asked it, in their order.
        var clients: [String] = []
        var inside = 0
        var mostInside = 0
    }

    let state = Mutex(State())
    private let lifetime: Int64?
    private let pause: @Sendable () async -> Void
    /// Called when a request has arrived, before it is acted on.
    let arrived: @Sendable () async -> Void

    init(
        lifetime: Int64? = 3_600, pause: @escaping @Sendable () async -> Void = { await Task.yield() },
        arrived: @escaping @Sendable () async -> Void = {}
    ) {
        self.lifetime = lifetime
        self.pause = pause
        self.arrived = arrived
    }

    func fail(_ faults: Fault...) { state.withLock { $0.faults += faults } }

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        let body = String(decoding: request.body(.form, with: []).bytes, as: UTF8.self)
        let token = String(body.split(separator: "refresh_token=").last ?? "")
        let fault = state.withLock { state in
            state.inside += 1
            state.mostInside = max(state.mostInside, state.inside)
            return state.faults.isEmpty ? nil : state.faults.removeFirst()
        }
        defer { state.withLock { $0.inside -= 1 } }
        await arrived()
        await pause()
        let shown = app.secret?.withBytes { String(decoding: $0, as: UTF8.self) } ?? ""
        let isKnown = state.withLock { state in
            state.shown.append(shown)
            state.clients.append(app.clientID)
            return state.secrets?.contains(shown) ?? true
        }
        if !isKnown { throw .answered(TokenFailure(.registration, code: "invalid_client", status: 401)) }
        if fault == .losesRequest { throw .lost("no answer") }
        if case .answers(let failure) = fault { throw .answered(failure) }
        let answer: TokenAnswer? = state.withLock { state in
            state.asked += 1
            if state.grant.used.contains(token) {
                state.reuses += 1
                state.grant.isRevoked = true
            }
            guard !state.grant.isRevoked, token == state.grant.refresh else { return nil }
            state.grant.used.insert(token)
            let next = state.asked + 1
            state.access = "a\(next)"
            var scopes: Set<String>?
            if case .grants(let granted) = fault { scopes = granted }
            if fault == .leavesOutRefreshToken {
                state.grant.used.remove(token)
                return TokenAnswer(access: .sample(state.access), refresh: nil, scopes: nil, lifetime: lifetime)
            }
            state.grant.refresh = "r\(next)"
            return TokenAnswer(
                access: .sample(state.access), refresh: .sample(state.grant.refresh), scopes: scopes,
                lifetime: lifetime)
        }
        guard let answer else { throw .answered(TokenFailure(.dead, code: "invalid_grant", status: 400)) }
        if fault == .losesAnswer { throw .lost("no answer") }
        if case .actsAndAnswers(let failure) = fault { throw .answered(failure) }
        return answer
    }

    func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome {
        state.withLock { state in
            state.revoked.append(token.text)
            state.clients.append(app.clientID)
        }
        return .revoked
    }

    func isActive(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Bool {
        state.withLock { state in
            state.introspected += 1
            return !state.grant.isRevoked && token.text == state.grant.refresh
        }
    }
}

extension TokenText {
    /// For texts that are known to do.
    static func sample(_ text: String) -> TokenText {
        guard let token = TokenText(text) else { preconditionFailure("`\(text)` isn't a token") }
        return token
    }
}

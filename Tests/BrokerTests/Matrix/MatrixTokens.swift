import Authority
import Broker
import Definition
import OAuth
import Synchronization
import Twins
import Wire

/// A provider's token endpoint that rotates: with the next tokens the access token before dies at once, and a refresh token
/// that comes a second time ends its grant (RFC 9700 section 4.14.2).
final class MatrixTokens: UnaskedTokenErrands {
    /// Connected by a grant; the others of `MatrixCast.providers` are connected by a key.
    static let provider = ProviderID("calendar")
    static let lifetime: Int64 = 100

    private struct Grant {
        let holder: MatrixTable.Holder
        let account: String
        var access: String
        var isEnded = false
        var inside = 0
    }

    private struct State {
        var grants: [Grant] = []
        /// Which grant a refresh token is of, and whether it was used.
        var refreshes: [String: (grant: Int, isUsed: Bool)] = [:]
        var dead: Set<String> = []
        var renewals = 0
        var faults: [String] = []
    }

    private let table: MatrixTable
    private let state = Mutex(State())

    init(table: MatrixTable) {
        self.table = table
    }

    var renewals: Int { state.withLock { $0.renewals } }

    /// What no client of a strict server may do.
    var faults: [String] { state.withLock { $0.faults } }

    func isDead(_ access: String) -> Bool { state.withLock { $0.dead.contains(access) } }

    /// The first tokens of a grant.
    func granted(_ account: String, _ holder: MatrixTable.Holder) throws -> TokenAnswer {
        let access = table.newSecret(of: account, holder)
        return try state.withLock { state in
            state.grants.append(Grant(holder: holder, account: account, access: access))
            return try answer(access, of: state.grants.count - 1, &state)
        }
    }

    /// Ends an access token before its time, and nothing else.
    func endOne(number: Int) {
        state.withLock { state in
            guard !state.grants.isEmpty else { return }
            state.dead.insert(state.grants[number * 7_919 % state.grants.count].access)
        }
    }

    private func answer(_ access: String, of grant: Int, _ state: inout State) throws(TokenProblem) -> TokenAnswer {
        let refresh = "refresh-\(state.refreshes.count)"
        state.refreshes[refresh] = (grant, false)
        guard let access = TokenText(access), let refresh = TokenText(refresh) else { throw .lost("no tokens") }
        return TokenAnswer(access: access, refresh: refresh, scopes: nil, lifetime: MatrixTokens.lifetime)
    }

    func ask(
        _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> TokenAnswer {
        let form = String(decoding: request.body(.form, with: []).bytes, as: UTF8.self)
        let token = String(form.split(separator: "refresh_token=").last ?? "")
        let number = state.withLock { state in
            guard let (grant, isUsed) = state.refreshes[token] else {
                state.faults.append("nobody was given \(token)")
                return nil as Int?
            }
            if isUsed {
                state.faults.append("\(token) of \(state.grants[grant].account) came twice")
                state.grants[grant].isEnded = true
            }
            if state.grants[grant].inside > 0 { state.faults.append("two refreshes of one grant at once") }
            state.grants[grant].inside += 1
            return grant
        }
        guard let number else { throw .answered(TokenFailure(.dead, code: "invalid_grant", status: 400)) }
        // Where many ask, others come in between.
        for _ in 0..<5 { await Task.yield() }
        let (account, holder) = state.withLock { ($0.grants[number].account, $0.grants[number].holder) }
        let access = table.newSecret(of: account, holder)
        return try state.withLock { state throws(TokenProblem) in
            state.grants[number].inside -= 1
            guard !state.grants[number].isEnded else {
                throw .answered(TokenFailure(.dead, code: "invalid_grant", status: 400))
            }
            state.refreshes[token]?.isUsed = true
            state.dead.insert(state.grants[number].access)
            state.grants[number].access = access
            state.renewals += 1
            return try answer(access, of: number, &state)
        }
    }

    func revoke(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> RevocationOutcome { .revoked }

    func isActive(
        _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
    ) async throws(TokenProblem) -> Bool {
        state.withLock { $0.refreshes[token.text].map { !$0.isUsed } ?? false }
    }
}

extension MatrixTokens {
    /// The bundled providers of the cast, one of which has the endpoint above.
    static func shelf() throws -> ProviderShelf {
        let others = try BundledProviders.read().filter { $0.provider != provider }
        return try ProviderShelf(
            others + [
                ProviderManifest(
                    reading: """
                        { provider: "calendar", title: "Calendar", origin: "https://calendar.test",
                          credential: { kind: "bearer" },
                          oauth: { authorization: "https://calendar.test/authorize",
                            token: "https://calendar.test/token", introspection: "https://calendar.test/introspect",
                            refresh: { rotation: "strict", marginSeconds: 10 } },
                          account: { requests: [{ method: "GET", path: "/me" }], id: "/id" }, tools: [] }
                        """, file: "calendar.json5")
            ])
    }
}

public import Authority
public import Definition
public import Gate
import Ledger
public import OAuth
public import Vault
import Wire

/// Tells providers that connections have ended (RFC 7009). Each time leaves a leaf.
public struct RevocationDesk: Sendable {
    private let store: any RevocationStore
    private let commits: any Commits
    private let apps: AppDesk
    private let errands: any TokenErrands
    private let keys: KeyRing
    private let services: Services
    private let world: World

    public init(
        store: any RevocationStore, commits: any Commits, apps: AppDesk, errands: any TokenErrands, keys: KeyRing,
        providers: ProviderShelf, remotes: RemoteServices = .none, world: World
    ) {
        self.store = store
        self.commits = commits
        self.apps = apps
        self.errands = errands
        self.keys = keys
        services = Services(providers: providers, remotes: remotes)
        self.world = world
    }

    /// How many are asked in one round.
    static let round = 20
    /// While one is under way nobody else asks: longer than an errand lasts.
    static let claimSeconds: Int64 = 120

    /// Asks for those whose time has come, round by round.
    public func sweep() async throws {
        var mayBeMore = true
        while mayBeMore, !Task.isCancelled {
            let due = try await store.revocationsDue(by: world.now(), limit: RevocationDesk.round)
            mayBeMore = false
            for pending in due where await tell(pending) != nil { mayBeMore = due.count == RevocationDesk.round }
        }
    }

    /// Asks at once for a connection that was just ended.
    ///
    /// - Returns: what came of it; nil when its provider can't be told, or somebody else tells it.
    public func tell(_ connection: ConnectionID) async -> RevocationOutcome? {
        guard let all = try? await store.revocations(of: connection) else { return nil }
        var outcome: RevocationOutcome?
        for pending in all where pending.attempts == 0 { outcome = await tell(pending) ?? outcome }
        return outcome
    }

    private func tell(_ pending: PendingRevocation) async -> RevocationOutcome? {
        let claimed = RevocationChange.claim(pending, due: world.now().adding(seconds: RevocationDesk.claimSeconds))
        guard await commit([claimed], nil, pending) else { return nil }
        let outcome = await asked(pending)
        guard case .alive(let retryAfter) = outcome, pending.attempts + 1 < PendingRevocation.mostAttempts else {
            _ = await commit([RevocationChange.drop(pending.id)], outcome, pending)
            return outcome
        }
        let again = RevocationChange.later(pending.id, due: world.now().adding(seconds: pending.wait(retryAfter)))
        _ = await commit([again], outcome, pending)
        return outcome
    }

    private func asked(_ pending: PendingRevocation) async -> RevocationOutcome {
        let server: AuthorizationServer
        let endpoint: Endpoint
        var app = ProviderApp.nobody(at: pending.provider, in: pending.organization)
        var bytes: [UInt8]
        do {
            let manifest = try await services.manifest(of: pending.provider, in: pending.organization)
            guard let known = manifest?.oauth, let address = known.revocation else { return .unsupported }
            (server, endpoint) = (known, address)
            bytes = try keys.openPayload(pending.sealed, id: pending.place)
            if !pending.clientID.isEmpty {
                // Another client's word counts for nothing there.
                let known = try await apps.app(
                    thatGot: pending.clientID, at: pending.provider, in: pending.organization, for: .organization)
                guard known.registration == pending.clientID else { return .refused("app_gone") }
                app = known
            }
        } catch let error as BrokerError where error.code == .unknown {
            return .refused("app_gone")
        } catch {
            // The store or a key isn't there just now; the provider still has to hear of it.
            return .alive(retryAfter: nil)
        }
        defer { wipe(&bytes) }
        // The row may have been changed since: nobody else is shown them, and nobody else's word is given for them.
        guard let ending = EndingTokens(bytes, for: pending.provider, pending.clientID) else {
            return .refused("other_client")
        }
        let tokens = ending.ordered(isRefresh: pending.hint == EndingTokens.refreshHint)
        guard !tokens.isEmpty else { return .refused("unreadable") }
        if server.dialect.endsItself { return await endingItself(tokens.map(\.token), server, endpoint, app) }
        var outcome = RevocationOutcome.revoked
        for (token, hint) in tokens {
            do throws(TokenProblem) {
                let answer = try await apps.revoking(as: app) { app throws(TokenProblem) in
                    try await errands.revoke(token, hint: hint, at: endpoint, as: app, in: server.dialect)
                }
                // What the first one came to counts: with it most servers end the other too, and know it no more.
                if hint == pending.hint { outcome = answer }
                if case .alive = answer { return answer }
            } catch {
                return .alive(retryAfter: nil)
            }
        }
        return outcome
    }

    /// Where only an access token ends anything, one that has run out is renewed for that.
    ///
    /// - Parameter tokens: the access token last.
    private func endingItself(
        _ tokens: [TokenText], _ server: AuthorizationServer, _ endpoint: Endpoint, _ app: ProviderApp
    ) async -> RevocationOutcome {
        guard let access = tokens.last else { return .refused("unreadable") }
        do throws(TokenProblem) {
            let outcome = try await errands.revoke(
                access, hint: EndingTokens.accessHint, at: endpoint, as: app, in: server.dialect)
            guard case .refused("token_expired") = outcome, tokens.count > 1 else { return outcome }
            let dialect = server.refreshing(isAgents: true)
            let next = try await apps.asking(plainly: app) { app throws(TokenProblem) in
                try await errands.ask(.refresh(tokens[0], for: server.resource), at: server.token, as: app, in: dialect)
            }.answer
            return try await errands.revoke(
                next.access, hint: EndingTokens.accessHint, at: endpoint, as: app, in: server.dialect)
        } catch {
            switch error {
            case .answered(let failure) where failure.kind == .dead: return .revoked
            case .answered, .notSent, .lost: return .alive(retryAfter: nil)
            }
        }
    }

    private func commit(
        _ changes: [RevocationChange], _ outcome: RevocationOutcome?, _ pending: PendingRevocation
    ) async -> Bool {
        var transaction = Transaction(changes: changes)
        if let outcome {
            var fields: JSONObject = [
                "change": "connection.revoked-upstream", "by": "gateway", "connection": .string(pending.connection.raw),
                "provider": .string(pending.provider.raw), "token": .string(pending.hint),
                "result": .string(outcome.word), "attempt": .number(JSONNumber(pending.attempts + 1)),
            ]
            if case .refused(let code?) = outcome { fields["code"] = .string(code) }
            guard let leaf = try? Leaf(kind: .authority, time: world.now().microseconds, fields: fields) else {
                return false
            }
            transaction.leaves.append(PlacedLeaf(leaf, in: .organization(pending.organization)))
        }
        return (try? await commits.commit(transaction)) != nil
    }
}

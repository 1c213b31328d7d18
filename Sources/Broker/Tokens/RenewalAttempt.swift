import Authority
import Definition
import Gate
import Ledger
import Logging
import OAuth
import Vault
import Wire

/// One attempt to renew one connection's tokens, by whoever has the lease. It is on record before it begins.
struct RenewalAttempt: Sendable {
    let keeper: TokenKeeper
    /// As they were claimed.
    let tokens: TokenSet
    let use: ConnectionUse
    let lease: TokenLease
    /// Whether the API refuses the access token, however long it should live.
    let isRefused: Bool

    /// What a request is made of.
    struct Means: Sendable {
        let server: AuthorizationServer
        let app: ProviderApp
        /// The refresh token, or what is kept in its place.
        let refresh: TokenText
        /// What asks anew instead of refreshing.
        let own: OwnGrant?

        /// Nil where there is no key before.
        var byKeyBefore: Means? {
            guard case .account(_, as: let subject, let scopes) = own, let before = KeptAccount(refresh)?.before else {
                return nil
            }
            return Means(
                server: server, app: app, refresh: refresh, own: .account(before, as: subject, scopes: scopes))
        }

        /// - Parameter app: who asks, by which of its secrets.
        func request(now: Timestamp, as app: ProviderApp) throws(GrantFault) -> TokenRequest {
            guard let own else { return .refresh(refresh, for: server.resource) }
            return try own.request(now: now.seconds, as: app, at: server)
        }
    }

    func run() async -> Renewal {
        let means: Means
        do throws(Stop) {
            means = try await prepared()
        } catch {
            return await end(error, isSettled: tokens.attempted == nil)
        }
        do throws(Stop) {
            try await look(means)
        } catch {
            return await end(error)
        }
        // A process that stood still doesn't know what others did meanwhile.
        guard isInTime else { return await late() }
        keeper.beginWriting()
        defer { keeper.endWriting() }
        let asked = keeper.world.lasting()
        let answer: Asked<TokenAnswer>
        do throws(Stop) {
            answer = try await askByEither(means, at: asked)
            try await compare(answer.answer, means.own)
        } catch {
            if case .dead("invalid_grant", as: .dead, claims: _) = error, tokens.attempted != nil {
                // The attempt before this one may have spent it.
                return await end(.dead(OwnCode.rotationLost))
            }
            return await end(error)
        }
        keeper.world.reached(.tokenAnswered)
        let renewal = await keep(answer.answer, means, asked)
        await keeper.apps.prove(answer.app)
        return renewal
    }

    /// A service account's new key may not be known everywhere yet: the one before is kept for that while.
    private func askByEither(_ means: Means, at asked: Timestamp) async throws(Stop) -> Asked<TokenAnswer> {
        do throws(Stop) {
            return try await ask(means, at: asked)
        } catch {
            guard case .dead("invalid_grant", as: .dead, claims: _) = error, isInTime, let older = means.byKeyBefore
            else { throw error }
            return try await ask(older, at: asked)
        }
    }

    private func ask(_ means: Means, at asked: Timestamp) async throws(Stop) -> Asked<TokenAnswer> {
        do throws(AskingProblem) {
            return try await keeper.apps.asking(as: means.app, while: { isInTime }) { app throws(AskingProblem) in
                let request: TokenRequest
                do throws(GrantFault) { request = try means.request(now: asked, as: app) } catch { throw .fault(error) }
                do throws(TokenProblem) {
                    return try await keeper.errands.ask(
                        request, at: means.server.token, as: app,
                        in: means.server.refreshing(isAgents: !use.facts.owner.isPerson))
                } catch {
                    if !app.before.isEmpty { noteNewSecret(error) }
                    throw .token(error)
                }
            }
        } catch {
            throw Stop(error)
        }
    }

    private func noteNewSecret(_ problem: TokenProblem) {
        guard AskingProblem.token(problem).isAppRefused else { return }
        keeper.log.error(
            "a provider doesn't take the new secret of our app; the one before is used",
            metadata: ["provider": "\(use.facts.provider)", "error": "\(problem.shown)"])
    }

    /// Whether the lease lasts until an answer would be there.
    private var isInTime: Bool {
        keeper.world.lasting().adding(seconds: TokenKeeper.requestSeconds) < lease.until
    }

    /// What is needed for asking; nothing is sent.
    private func prepared() async throws(Stop) -> Means {
        let server = try await server()
        let refresh: TokenText?
        do throws(VaultError) {
            refresh = try keeper.sealing.refresh(of: tokens, for: use)
        } catch {
            if await keeper.isOutdated(use, .sealBroken(error)) {
                throw .transient("renamed", after: nil, isAnswered: true)
            }
            throw .sealBroken(error)
        }
        guard let refresh else { throw .dead(OwnCode.noRefreshToken) }
        let own = try await self.own(refresh)
        if case .account(let account, as: _, _) = own {
            guard account.email == tokens.clientID else { throw .dead(OwnCode.otherClient) }
            return Means(
                server: server, app: .nobody(at: use.facts.provider, in: use.organization), refresh: refresh, own: own)
        }
        let app: ProviderApp
        do throws(BrokerError) {
            app = try await keeper.apps.app(
                thatGot: tokens.clientID, at: use.facts.provider, in: use.organization, for: use.facts.owner)
        } catch {
            throw error.code == .unknown
                ? .registration(OwnCode.noApp) : .transient("no_app", after: nil, isAnswered: true)
        }
        // Tokens belong to the client that they were given to (RFC 6749 section 6).
        guard app.registration == tokens.clientID else { throw .dead(OwnCode.otherClient) }
        return Means(server: server, app: app, refresh: refresh, own: own)
    }

    private func server() async throws(Stop) -> AuthorizationServer {
        let manifest: ProviderManifest?
        do throws(BrokerError) {
            manifest = try await keeper.services.manifest(of: use.facts.provider, in: use.organization)
        } catch {
            throw .transient("unreadable", after: nil, isAnswered: true)
        }
        // A server that was moved is another one: these tokens are for the one before.
        guard let manifest, let server = manifest.oauth else { throw .registration(OwnCode.noOAuth) }
        guard server.resource == nil || manifest.origin == use.origin else { throw .dead("other_resource") }
        // Nobody but who gave a refresh token out is shown it.
        guard use.issuer.isEmpty || use.issuer == server.namedIssuer else { throw .registration(OwnCode.otherIssuer) }
        return server
    }

    /// After an attempt that nobody knows the end of: where using the token again could end the whole grant, the server is
    /// asked whether it still is one.
    private func look(_ means: Means) async throws(Stop) {
        guard tokens.attempted != nil, means.own == nil else { return }
        switch means.server.refresh.rotation {
        case .none, .lenient, .once, .unknown: return
        case .strict: break
        }
        guard let introspection = means.server.introspection else {
            // What works is used until its end, whatever became of its successor.
            if !isRefused, let end = keeper.end(of: tokens), keeper.world.lasting() < end {
                let seconds = (end.microseconds - keeper.world.lasting().microseconds) / 1_000_000
                throw .transient(OwnCode.rotationLost, after: Int(seconds), isAnswered: false)
            }
            throw .dead(OwnCode.rotationLost)
        }
        let isActive: Bool
        do throws(TokenProblem) {
            isActive = try await keeper.apps.asking(plainly: means.app) { app throws(TokenProblem) in
                try await keeper.errands.isActive(
                    means.refresh, hint: "refresh_token", at: introspection, as: app, in: means.server.dialect)
            }.answer
        } catch {
            // Nothing was spent, and it still isn't known.
            throw .transient("introspection", after: nil, isAnswered: false)
        }
        if !isActive { throw .dead(OwnCode.rotationLost) }
    }

    func leaves(_ what: String, _ more: JSONObject = [:]) -> [PlacedLeaf] {
        var fields: JSONObject = [
            "change": .string(what), "by": "broker", "connection": .string(use.facts.id.raw),
            "provider": .string(use.facts.provider.raw), "of": .number(JSONNumber(tokens.generation)),
        ]
        for (name, value) in more.members { fields[name] = value }
        let leaf = try? Leaf(kind: .authority, time: keeper.world.now().microseconds, fields: fields)
        return leaf.map { [PlacedLeaf($0, in: .organization(use.organization))] } ?? []
    }
}

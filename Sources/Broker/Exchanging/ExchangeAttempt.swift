import Authority
import Definition
import Gate
import Ledger
import OAuth
import Vault
import Wire

/// One attempt to exchange a connection's token for one agent. It is on record before anything is sent.
struct ExchangeAttempt {
    let exchanger: TokenExchanger
    let key: ExchangeKey
    let use: ConnectionUse
    let agent: AgentID

    private var keeper: TokenKeeper { exchanger.keeper }

    func run() async throws(CredentialError) -> (token: TokenText, expires: Timestamp?) {
        let (manifest, asking) = try await prepared()
        var rejected: Int64?
        while true {
            let (subject, generation) = try await subject(rejecting: rejected)
            guard await tell("tokens.exchange-asked", ["scopes": .array(use.facts.scopes.sorted().map { .string($0) })])
            else { throw .notRenewed("the ledger can't be written") }
            let asked = keeper.world.now()
            let answer: TokenAnswer
            do throws(ExchangeAsking.Problem) {
                answer = try await asking.ask(subject, for: agent, allowed: use.facts.scopes)
            } catch {
                // A token that was ended early looks like a grant that was: with the next one it is known.
                if rejected == nil, error.isDead {
                    rejected = generation
                    continue
                }
                throw await end(error)
            }
            try await compare(answer, manifest)
            let fingerprint = fingerprint(of: answer.access)
            guard await tell("tokens.exchanged", ["tokens": .string(fingerprint)], narrowed(answer)) else {
                throw .notRenewed("the ledger can't be written")
            }
            return (answer.access, answer.lifetime.map { asked.adding(seconds: $0) })
        }
    }

    private func prepared() async throws(CredentialError) -> (ProviderManifest, ExchangeAsking) {
        guard let manifest = keeper.providers.manifest(of: use.facts.provider), let server = manifest.oauth,
            let rule = server.exchange
        else { throw .unreadable("its provider exchanges no tokens") }
        do throws(BrokerError) {
            let app = try await keeper.apps.app(at: use.facts.provider, in: use.organization)
            return (manifest, ExchangeAsking(rule: rule, server: server, app: app, errands: keeper.errands))
        } catch {
            throw .notRenewed("`no_app`: whoever runs this home has to look at `deputy apps list`")
        }
    }

    private func subject(rejecting rejected: Int64?) async throws(CredentialError) -> (TokenText, Int64) {
        let held = try await keeper.token(for: use, rejecting: rejected)
        let generation = held.generation
        let token = held.take().withBytes { TokenText(String(decoding: $0, as: UTF8.self)) }
        guard let token else { throw .unreadable("its token can't be read") }
        return (token, generation)
    }

    /// Whose the new token is, as the provider says: the account's that the permit names, or nobody's.
    private func compare(_ answer: TokenAnswer, _ manifest: ProviderManifest) async throws(CredentialError) {
        var bytes = Array(answer.access.text.utf8)
        let credential = Credential(placement: manifest.credential.placement, secret: Secret(consuming: &bytes))
        let account: UpstreamAccount
        do throws(BrokerError) {
            account = try await AccountLookup(manifest: manifest, errands: exchanger.errands).account(of: credential)
        } catch {
            throw .notRenewed(error.message)
        }
        guard account.id == use.facts.account else {
            _ = await tell("tokens.refused", ["because": "account", "account": .string(account.id)])
            exchanger.exchanges.pause(key, until: keeper.world.now().adding(seconds: 60), "another account")
            throw .notAsJudged
        }
    }

    /// Less than the connection was known to allow: then whoever decided with more decides again.
    private func narrowed(_ answer: TokenAnswer) -> Transaction {
        guard let scopes = answer.scopes, !scopes.isSuperset(of: use.facts.scopes) else { return Transaction() }
        return Transaction(
            bumps: [.connections(use.organization, use.facts.owner, use.facts.provider)],
            changes: [BrokerChange.setScopes(use.facts.id, use.facts.scopes.intersection(scopes))])
    }

    private func fingerprint(of token: TokenText) -> String {
        var bytes = Array(token.text.utf8)
        return keeper.sealing.fingerprints.of(Secret(consuming: &bytes))
    }

    private func end(_ problem: ExchangeAsking.Problem) async -> CredentialError {
        let stop = Stop(problem)
        switch stop {
        case .dead(let code, let kind, let claims):
            return await giveUp(TokenTrouble(kind: kind, code: code, count: 1, claims: claims))
        case .sealBroken(let error): return .sealBroken(error)
        case .registration(let code, _):
            _ = await tell("tokens.failed", ["because": .string(code)])
            exchanger.exchanges.pause(key, until: keeper.world.now().adding(seconds: 300), code)
            return .notRenewed("`\(code)`: whoever runs this home has to look at `deputy apps list`")
        case .transient(let code, let after, _):
            _ = await tell("tokens.failed", ["because": .string(code)])
            let wait = RenewalAttempt.wait(1, atLeast: after)
            exchanger.exchanges.pause(key, until: keeper.world.now().adding(seconds: wait), code)
            return .notRenewed("`\(code)`; it is asked again soon")
        }
    }

    /// Its person has something to do: the connection is of no use until they did, and says what the provider wants.
    private func giveUp(_ trouble: TokenTrouble) async -> CredentialError {
        guard let tokens = try? await keeper.store.tokens(of: use.facts.id), tokens.grant == use.fingerprint else {
            return .gone
        }
        let now = keeper.world.now()
        let lease = TokenLease(owner: keeper.world.newID("ren"), until: now.adding(seconds: 1))
        let isTold = await tell(
            "connection.broken", ["because": .string(trouble.code)],
            Transaction(
                bumps: [.connections(use.organization, use.facts.owner, use.facts.provider)],
                changes: [
                    TokenSetChange.claim(tokens, lease, at: now),
                    TokenSetChange.giveUp(
                        use.facts.id, generation: tokens.generation, by: lease.owner, trouble, due: nil,
                        isAnswered: true),
                    BrokerChange.setHealth(use.facts.id, .broken),
                ]))
        keeper.forget(use.facts.id)
        // Somebody renews it just now: the next call finds out what became of that.
        return isTold ? .expired : .notRenewed("`\(trouble.code)`; it is asked again soon")
    }

    /// Commits what happens, with its leaf.
    private func tell(_ what: String, _ more: JSONObject, _ with: Transaction = Transaction()) async -> Bool {
        var fields: JSONObject = [
            "change": .string(what), "by": "broker", "connection": .string(use.facts.id.raw),
            "owner": .string(use.facts.owner.text), "agent": .string(agent.raw),
            "provider": .string(use.facts.provider.raw),
        ]
        for (name, value) in more.members { fields[name] = value }
        guard let leaf = try? Leaf(kind: .authority, time: keeper.world.now().microseconds, fields: fields) else {
            return false
        }
        var transaction = with
        transaction.leaves.append(PlacedLeaf(leaf, in: .organization(use.organization)))
        return (try? await keeper.commits.commit(transaction)) != nil
    }
}

extension ExchangeAsking.Problem {
    fileprivate var isDead: Bool {
        switch self {
        case .token(.answered(let failure)): failure.kind == .dead
        case .token, .fault: false
        }
    }
}

extension Stop {
    fileprivate init(_ problem: ExchangeAsking.Problem) {
        switch problem {
        case .token(let problem): self.init(problem)
        case .fault(let fault): self = .registration(fault.code)
        }
    }
}

extension GrantFault {
    /// For the ledger.
    var code: String {
        switch self {
        case .algorithm, .signing, .certificate, .noKey: "not_signed"
        case .noIssuer: "no_issuer"
        case .noScope: "no_scope"
        case .userToken(let fault): "user_token_\(fault.rawValue)"
        case .issuedType: "issued_token_type"
        }
    }
}

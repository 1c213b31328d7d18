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

    /// Of a token that nobody says the end of, in seconds.
    private static let lifetime: Int64 = 300

    var keeper: TokenKeeper { exchanger.keeper }

    func run() async throws(CredentialError) -> (token: TokenText, expires: Timestamp) {
        let asking = try await prepared()
        let unmoved = try await standing()
        var rejected: Int64?
        while true {
            let (subject, generation) = try await subject(rejecting: rejected)
            try await tell(
                "tokens.exchange-asked", ["scopes": .array(use.facts.scopes.sorted().map { .string($0) })])
            let asked = keeper.world.lasting()
            let answer: TokenAnswer
            do throws(AskingProblem) {
                answer = try await asking.ask(subject, for: agent, allowed: use.facts.scopes)
            } catch {
                // A token that was ended early looks like a grant that was: with the next one it is known.
                if rejected == nil, error.isDead {
                    rejected = generation
                    continue
                }
                throw await end(Stop(error))
            }
            try await compare(answer)
            var kept = narrowed(answer)
            kept.requires = [unmoved]
            try await tell("tokens.exchanged", ["tokens": .string(fingerprint(of: answer.access))], kept)
            return (answer.access, asked.adding(seconds: answer.lifetime ?? ExchangeAttempt.lifetime))
        }
    }

    private func prepared() async throws(CredentialError) -> ExchangeAsking {
        guard let server = keeper.providers.manifest(of: use.facts.provider)?.oauth, let rule = server.exchange else {
            throw .unreadable("its provider exchanges no tokens")
        }
        let tokens: TokenSet?
        do { tokens = try await keeper.store.tokens(of: use.facts.id) } catch {
            throw .unreadable("the store can't be read")
        }
        guard let registration = tokens?.clientID else { throw .gone }
        do throws(BrokerError) {
            let app = try await keeper.apps.app(
                thatGot: registration, at: use.facts.provider, in: use.organization, for: use.facts.owner)
            guard app.registration == registration else {
                throw BrokerError(.refused, "the connection was made through another app than the one that is kept now")
            }
            return ExchangeAsking(rule: rule, server: server, app: app, apps: keeper.apps, errands: keeper.errands)
        } catch {
            throw .notRenewed("`no_app`: whoever runs this home has to look at `deputy apps list`")
        }
    }

    /// That the connection is as it was judged. What is exchanged is used only while that stands: it may be revoked meanwhile.
    private func standing() async throws(CredentialError) -> EpochReading {
        let unmoved = await keeper.commits.reading(
            .connections(use.organization, use.facts.owner, use.facts.provider))
        let record: ConnectionRecord?
        do {
            record = try await keeper.store.connection(use.facts.id)
        } catch {
            throw .unreadable("the store can't be read")
        }
        guard let record, record.health == .healthy else { throw .gone }
        guard record.use == use else { throw .notAsJudged }
        return unmoved
    }

    private func subject(rejecting rejected: Int64?) async throws(CredentialError) -> (TokenText, Int64) {
        let held = try await keeper.token(for: use, rejecting: rejected)
        let generation = held.generation
        let token = held.take().withBytes { TokenText(String(decoding: $0, as: UTF8.self)) }
        guard let token else { throw .unreadable("its token can't be read") }
        return (token, generation)
    }

    /// Whose the new token is, as the provider says: the account's that the permit names, or nobody's.
    private func compare(_ answer: TokenAnswer) async throws(CredentialError) {
        let account: UpstreamAccount
        do throws(BrokerError) {
            account = try await keeper.account(of: answer.access, for: use)
        } catch {
            throw await end(.transient(OwnCode.noAccount, after: nil, isAnswered: true))
        }
        guard account.id == use.facts.account else {
            exchanger.exchanges.pause(key, until: keeper.world.lasting().adding(seconds: 60), OwnCode.otherAccount)
            try await tell(
                "tokens.refused",
                ["because": .string(OwnCode.otherAccount), "account": .string(account.id)])
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
}

extension AskingProblem {
    fileprivate var isDead: Bool {
        switch self {
        case .token(.answered(let failure)): failure.kind == .dead
        case .token, .fault: false
        }
    }
}

import Authority
import Gate
import Ledger
import Logging
import OAuth
import Wire

extension ExchangeAttempt {
    /// Why there is no token, for whoever asked for it.
    func end(_ stop: Stop) async -> CredentialError {
        switch stop {
        case .dead(let code, let kind, let claims):
            return await giveUp(TokenTrouble(kind: kind, code: code, count: 1, claims: claims))
        case .sealBroken(let error): return .sealBroken(error)
        case .registration(let code, _):
            keeper.log.error(
                "a provider exchanges no tokens for our app",
                metadata: ["provider": "\(use.facts.provider)", "error": "\(code)"])
            await pause(code, seconds: 300)
            return .notRenewed("`\(code)`: whoever runs this home has to look at `deputy apps list`")
        case .transient(let code, let after, _):
            await pause(code, seconds: RenewalAttempt.wait(1, atLeast: after, jitter: keeper.world.jitter()))
            return .notRenewed("`\(code)`; it is asked again soon")
        }
    }

    private func pause(_ code: String, seconds: Int64) async {
        exchanger.exchanges.pause(key, until: keeper.world.now().adding(seconds: seconds), code)
        // Without a leaf too, nothing was given out.
        try? await tell("tokens.failed", ["because": .string(code)])
    }

    /// Its person has something to do: the connection is of no use until they did, and says what the provider wants.
    private func giveUp(_ trouble: TokenTrouble) async -> CredentialError {
        guard let tokens = try? await keeper.store.tokens(of: use.facts.id), tokens.grant == use.fingerprint else {
            return .gone
        }
        let now = keeper.world.now()
        let lease = TokenLease(owner: keeper.world.newID("ren"), until: now.adding(seconds: 1))
        let attempt = RenewalAttempt(keeper: keeper, tokens: tokens, use: use, lease: lease, isRefused: false)
        switch await attempt.giveUp(trouble, after: .claim(tokens, lease, at: now)) {
        // Somebody renews it just now: the next call finds out what became of that.
        case .there: return .notRenewed("`\(trouble.code)`; it is asked again soon")
        case .failed(let error): return error
        }
    }

    /// Commits what happens, with its leaf.
    func tell(
        _ what: String, _ more: JSONObject, _ with: Transaction = Transaction()
    ) async throws(CredentialError) {
        var fields: JSONObject = [
            "change": .string(what), "by": "broker", "connection": .string(use.facts.id.raw),
            "owner": .string(use.facts.owner.text), "agent": .string(agent.raw),
            "provider": .string(use.facts.provider.raw),
        ]
        for (name, value) in more.members { fields[name] = value }
        do {
            var transaction = with
            transaction.leaves.append(
                PlacedLeaf(
                    try Leaf(kind: .authority, time: keeper.world.now().microseconds, fields: fields),
                    in: .organization(use.organization)))
            try await keeper.commits.commit(transaction)
        } catch CommitError.moved {
            throw .notAsJudged
        } catch {
            throw .notRenewed("the ledger can't be written")
        }
    }
}

extension Stop {
    init(_ problem: AskingProblem) {
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

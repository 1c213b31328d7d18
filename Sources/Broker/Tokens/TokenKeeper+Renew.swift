import Authority
import Definition
import Gate
import Ledger
import OAuth
import Vault
import Wire

extension TokenKeeper {
    /// Longer than a token endpoint is waited for, twice: it may be asked first whether a token still is one.
    private static let leaseSeconds: Int64 = 40
    /// Longer than one request to a token endpoint takes.
    static let requestSeconds: Int64 = 20
    private static let poll = Duration.milliseconds(100)

    func renew(_ use: ConnectionUse, beyond generation: Int64, isRefused: Bool) async -> Renewal {
        // A lease that somebody else has ends some time; each of the others is taken, or somebody was quicker.
        for _ in 0..<1_000 {
            let tokens: TokenSet
            do {
                guard let found = try await store.tokens(of: use.facts.id) else { return .failed(.gone) }
                tokens = found
            } catch {
                return .failed(.unreadable("the store can't be read"))
            }
            guard tokens.grant == use.fingerprint else { return .failed(.notAsJudged) }
            keep(tokens)
            if tokens.generation > generation { return .there }
            if tokens.isOver { return .failed(.expired) }
            let now = world.now()
            if let failure = tokens.failure, let due = tokens.due, now < due, !(isRefused && isInDoubt(tokens)) {
                return .failed(.notRenewed("`\(use.facts.provider)` said `\(failure.code)`; it is asked again soon"))
            }
            if let lease = tokens.lease, now < lease.until {
                await pause(TokenKeeper.poll)
                continue
            }
            switch await claim(tokens, for: use, at: now, isRefused: isRefused) {
            case .mine(let attempt): return await attempt.run()
            case .others: continue
            case .failed(let error): return .failed(error)
            }
        }
        return .failed(.notRenewed("others renew it all the time"))
    }

    /// Its access token is used to its end, since nobody knows whether there is a successor.
    private func isInDoubt(_ tokens: TokenSet) -> Bool {
        tokens.attempted != nil && tokens.failure?.code == OwnCode.rotationLost
    }

    private enum Claim {
        case mine(RenewalAttempt)
        case others
        case failed(CredentialError)
    }

    /// Takes the lease, durably.
    private func claim(
        _ tokens: TokenSet, for use: ConnectionUse, at now: Timestamp, isRefused: Bool
    ) async -> Claim {
        let lease = TokenLease(owner: world.newID("ren"), until: now.adding(seconds: TokenKeeper.leaseSeconds))
        let attempt = RenewalAttempt(keeper: self, tokens: tokens, use: use, lease: lease, isRefused: isRefused)
        do throws(CommitError) {
            try await commits.commit(
                Transaction(
                    changes: [
                        TokenSetChange.claim(tokens, lease, at: now)
                    ], leaves: attempt.leaves("tokens.asked")))
        } catch {
            switch error {
            case .exists: return .others
            case .moved, .budgetSpent, .identicalCall, .approval, .window, .tooManyAsks, .unavailable:
                return .failed(.notRenewed("the ledger can't be written"))
            }
        }
        world.reached(.tokenClaimed)
        return .mine(attempt)
    }
}

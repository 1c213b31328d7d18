import Authority
import Gate
import Logging
import OAuth
import Vault
import Wire

extension RenewalAttempt {
    /// Writes the new tokens before anybody sees them.
    func keep(_ answer: TokenAnswer, _ means: Means, _ asked: Timestamp) async -> Renewal {
        let renewed: TokenSet
        do throws(VaultError) {
            renewed = try keeper.sealing.sealed(
                means.own == nil ? answer : answer.withoutRefresh, refresh: means.refresh, of: use,
                generation: tokens.generation + 1,
                clientID: tokens.clientID, asked: asked, rules: means.server.refresh, jitter: keeper.world.jitter())
        } catch {
            return await end(.sealBroken(error))
        }
        var transaction = Transaction(
            changes: [TokenSetChange.renew(renewed)],
            leaves: leaves(
                "tokens.renewed",
                ["tokens": .string(renewed.fingerprint), "generation": .number(JSONNumber(renewed.generation))]))
        // Where tokens are exchanged, what a connection may do is what the exchange gives.
        if means.server.exchange == nil, let scopes = answer.scopes, scopes != use.facts.scopes {
            transaction.changes.append(BrokerChange.setScopes(use.facts.id, scopes))
            transaction.bumps.append(.connections(use.organization, use.facts.owner, use.facts.provider))
        }
        let what = (transaction, renewed, answer, means)
        if await write(what, while: { keeper.world.lasting() < lease.until }) { return .there }
        keeper.log.error("new tokens can't be kept yet", metadata: ["connection": "\(use.facts.id)"])
        // Callers have waited long enough. Whoever begins anew meanwhile finds out that these were given.
        keeper.beginWriting()
        Task {
            defer { keeper.endWriting() }
            var left = RenewalAttempt.writings
            let isWritten = await write(what) {
                left -= 1
                return left > 0
            }
            if !isWritten {
                keeper.log.error("new tokens are lost", metadata: ["connection": "\(use.facts.id)"])
            }
        }
        return .failed(.notRenewed("the ledger can't be written"))
    }

    /// Ten minutes of them.
    private static let writings = 3_000

    /// What isn't written is lost, and with it the grant: a store that can't be written to is tried again.
    ///
    /// - Returns: whether that is over, the tokens being written or nobody's.
    private func write(
        _ what: (transaction: Transaction, renewed: TokenSet, answer: TokenAnswer, means: Means),
        while mayWait: () -> Bool
    ) async -> Bool {
        var tries = 0
        while true {
            let number = tries
            do throws(CommitError) {
                if let leases = keeper.leases, leases.isFenced {
                    try await leases.withFreshLease { commits throws(CommitError) in
                        try await commit(what.transaction, after: number, through: commits)
                    }
                } else {
                    try await commit(what.transaction, after: number, through: keeper.commits)
                }
                break
            } catch {
                switch error {
                case .moved where tries < 8: tries += 1
                case .exists, .moved:
                    await discard(what.answer, what.means)
                    keeper.forget(use.facts.id)
                    return true
                case .budgetSpent, .identicalCall, .approval, .window, .tooManyAsks, .unavailable:
                    guard mayWait() else { return false }
                    await keeper.pause(.milliseconds(200))
                }
            }
        }
        keeper.world.reached(.tokenKept)
        keeper.keep(what.renewed)
        return true
    }

    /// - Parameter tries: how often something about the connection had moved. Whatever keeps moving, the tokens are written.
    private func commit(
        _ transaction: Transaction, after tries: Int, through commits: any Commits
    ) async throws(CommitError) {
        let standing = tries < 8 ? await standing(isLate: tries > 0, under: commits) : Transaction()
        try await commits.commit(transaction.and(standing))
    }

    /// Revoked, connected again, or taken over meanwhile: these tokens are nobody's. The provider is told, once: what it
    /// doesn't take ends by itself. Tokens of a grant that another gateway renewed stay: ending one may end them all.
    private func discard(_ answer: TokenAnswer, _ means: Means) async {
        if let found = try? await keeper.store.tokens(of: use.facts.id), found.grant == use.fingerprint { return }
        guard let endpoint = means.server.revocation, means.own == nil else { return }
        // At a provider whose refresh token stays the same, it is the one that others use.
        guard means.server.refresh.rotation != .none else { return }
        for (token, hint) in answer.ending(at: means.server) {
            _ = try? await keeper.apps.revoking(as: means.app) { app throws(TokenProblem) in
                try await keeper.errands.revoke(token, hint: hint, at: endpoint, as: app, in: means.server.dialect)
            }
        }
    }
}

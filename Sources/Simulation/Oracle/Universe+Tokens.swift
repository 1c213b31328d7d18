import Authority
import Broker
import Gate
import OAuth
import Twins

/// What the oracle knows of tokens: what is durable of them, and what the provider's server did.
extension Universe {
    /// A transaction became durable.
    func took(tokensIn transaction: Transaction) {
        guard let server = tokens else { return }
        for change in transaction.changes {
            switch change as? TokenSetChange {
            case .keep(let set), .renew(let set):
                if let number = server.issue(ofFingerprint: set.fingerprint) { server.keep(number) }
                oracle.picture.grants[set.connection.raw] = Picture.Grant(set)
            case .claim(let set, let lease, let now): claimed(set, lease, now, server)
            case .giveUp(let id, _, _, let trouble, let due, _): gaveUp(id, trouble, due, transaction, server)
            case .drop(let id): oracle.picture.grants[id.raw] = nil
            case .still, nil: break
            }
        }
    }

    /// Where a lease is over by a gateway's clock and not by one that doesn't jump, two may ask at once.
    private func claimed(_ set: TokenSet, _ lease: TokenLease, _ now: Timestamp, _ server: SimulatedTokenServer) {
        let id = set.connection.raw
        if let before = oracle.picture.grants[id]?.lease, before.until <= now.microseconds,
            clock.steady.microseconds < before.over, let number = server.issue(ofFingerprint: set.fingerprint)
        {
            server.excuse(number)
        }
        let left = lease.until.microseconds - now.microseconds
        oracle.picture.grants[id]?.lease = (lease.until.microseconds, clock.steady.microseconds + left)
    }

    private func gaveUp(
        _ id: ConnectionID, _ trouble: TokenTrouble, _ due: Timestamp?, _ transaction: Transaction,
        _ server: SimulatedTokenServer
    ) {
        oracle.picture.grants[id.raw]?.lease = nil
        oracle.picture.grants[id.raw]?.tryAgain = due?.microseconds
        let isTold = transaction.changes.contains {
            if case .setHealth(id, .broken)? = $0 as? BrokerChange { true } else { false }
        }
        guard due == nil else {
            return oracle.check(!isTold, .degraded, "\(id) is out of use after `\(trouble.code)`")
        }
        let isNews = transaction.changes.contains {
            if case .turn? = $0 as? HealthChange { true } else { false }
        }
        oracle.check(isTold && isNews, .silentLoss, "\(id) was given up after `\(trouble.code)`")
        guard let known = oracle.picture.grants[id.raw], let number = server.issue(ofFingerprint: known.fingerprint)
        else { return }
        oracle.check(!server.isGood(refresh: number), .degraded, "\(id) was given up after `\(trouble.code)`")
        // Who did it is said: the provider, or an answer that got lost.
        oracle.check(
            trouble.code == "rotation_lost" || server.isEnded(number), .silentLoss,
            "\(id) is said to be ended by its provider")
    }

    /// A request for new tokens leaves.
    ///
    /// - Parameters:
    ///   - others: how many for the same consent are waited for.
    ///   - now: by the clock of the process.
    func asking(_ number: Int, beside others: Int, now: Timestamp) {
        guard let server = tokens else { return }
        let account = server.owner(of: number)
        oracle.check(others == 0 || server.isExcused(number), .oneRenewal, account)
        oracle.check(server.isKept(number), .tokenFirst, "a refresh token of \(account)")
        let found = oracle.picture.grants.values.first { server.issue(ofFingerprint: $0.fingerprint) == number }
        guard let found else { return }
        oracle.check(found.tryAgain.map { $0 <= now.microseconds } ?? true, .storm, "\(account) is asked for too early")
        let isWanted = server.isRefused(number) || found.isDue(at: now.microseconds)
        oracle.check(isWanted, .storm, "\(account) is asked for without need")
    }

    /// A call goes out with this secret.
    func lent(_ secret: String) {
        guard let server = tokens, let number = server.issue(ofAccess: secret) else { return }
        oracle.check(server.isKept(number), .tokenFirst, "an access token of \(server.owner(of: number))")
    }

    /// The provider refused this secret.
    func refused(_ secret: String) {
        guard let server = tokens, let number = server.issue(ofAccess: secret) else { return }
        server.refuse(number)
    }

    /// Nothing runs any more: what is in use works, or it is known that it has to be looked at.
    func judgeTokens() async throws {
        guard let server = tokens else { return }
        for organization in Cast.organizations {
            for row in try await disk.store.connections(in: organization, of: nil) where row.health == .healthy {
                guard let set = try await disk.store.tokens(of: row.id), set.grant == row.fingerprint,
                    let number = server.issue(ofFingerprint: set.fingerprint)
                else {
                    oracle.violate(.silentLoss, "\(row.id) is in use and has no tokens")
                    continue
                }
                oracle.check(
                    server.isGood(refresh: number) || set.attempted != nil, .silentLoss,
                    "\(row.id) of \(server.owner(of: number)) is in use and can't be renewed")
            }
        }
    }
}

extension Picture {
    /// The tokens of a connection as they are durable.
    struct Grant {
        let fingerprint: String
        let due: Int64?
        let expires: Int64?
        /// Whoever renews them: until when by its own clock, and by one that doesn't jump.
        var lease: (until: Int64, over: Int64)?
        /// Before this nobody asks again.
        var tryAgain: Int64?

        init(_ set: TokenSet) {
            fingerprint = set.fingerprint
            due = set.due?.microseconds
            expires = set.expires?.microseconds
        }

        func isDue(at now: Int64) -> Bool {
            [due, expires.map { $0 - 10_000_000 }].contains { $0.map { $0 <= now } ?? false }
        }
    }
}

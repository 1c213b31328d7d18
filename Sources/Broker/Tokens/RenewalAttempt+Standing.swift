import Authority
import Gate
import Wire

extension RenewalAttempt {
    /// What new tokens are written under, and what makes their connection whole again: somebody may have taken this attempt
    /// for dead and given the grant up, since they found its refresh token used. It was this attempt that used it.
    ///
    /// - Parameter isLate: whether something about the connection is known to have changed.
    func standing(isLate: Bool, under commits: any Commits) async -> Transaction {
        let scope = EpochScope.connections(use.organization, use.facts.owner, use.facts.provider)
        var standing = Transaction(requires: [await commits.reading(scope)])
        guard isLate || keeper.world.lasting() >= lease.until,
            let row = try? await keeper.store.connection(use.facts.id), row.health == .broken,
            row.fingerprint == use.fingerprint,
            let found = try? await keeper.store.tokens(of: row.id), found.grant == use.fingerprint,
            found.generation == tokens.generation, found.isOver, found.failure?.kind == .dead
        else { return standing }
        standing.bumps = [scope]
        standing.changes = [
            BrokerChange.setHealth(row.id, .healthy),
            HealthChange.turn(use.turned(ConnectionStanding(.active, .works), by: keeper.world)),
        ]
        standing.leaves = leaves("connection.recovered", ["was": row.told])
        return standing
    }
}

extension Transaction {
    /// Both, in one commit.
    func and(_ other: Transaction) -> Transaction {
        var both = self
        both.requires += other.requires
        both.bumps += other.bumps.filter { !both.bumps.contains($0) }
        both.changes += other.changes
        both.leaves += other.leaves
        return both
    }
}

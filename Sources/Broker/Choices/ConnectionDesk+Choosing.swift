public import Authority
public import Gate
import Ledger
import Wire

extension ConnectionDesk {
    /// Which account an agent uses from now on. Permits that stand on another one are void with the commit.
    ///
    /// - Parameters:
    ///   - owner: whose connection it has to be.
    ///   - shown: the account that whoever chooses was shown; nil for somebody who named the connection by its id.
    ///   - unmoved: the epochs under which the agent and the owner were looked at.
    public func choose(
        _ id: ConnectionID, of owner: Owner, for agent: AgentID, shown: String?, by: String,
        in organization: OrganizationID, under unmoved: [EpochReading]
    ) async throws(BrokerError) -> AccountChoice {
        guard let before = try await owned(id, by: owner, in: organization) else { throw BrokerError.noConnection(id) }
        let scope = EpochScope.connections(organization, owner, before.provider)
        let unmoved = await unmoved + [commits.reading(scope)]
        // Once more, under the epoch that the commit compares.
        guard let row = try await owned(id, by: owner, in: organization) else { throw BrokerError.noConnection(id) }
        guard shown == nil || shown == row.account else {
            throw BrokerError(
                .refused, "`\(id)` is another account now than the one that you were shown",
                hint: "look at what there is, and choose again")
        }
        guard row.health == .healthy else {
            throw BrokerError(
                .refused, "`\(row.email ?? row.accountName)` at `\(row.provider)` can't be used as it is",
                hint: "connect it again, or choose another")
        }
        let choice = AccountChoice(
            organization: organization, agent: agent, owner: owner, provider: row.provider,
            chosen: ChosenAccount(connection: row.id, account: row.account), by: by, at: world.now())
        try await commit(
            .choose(choice), "choice.made", choice.fields, by: by, under: unmoved, bumping: scope, in: organization)
        return choice
    }

    /// Takes a choice back: the agent uses the owner's account only where there is just one.
    public func takeBackChoice(
        of owner: Owner, at provider: ProviderID, for agent: AgentID, by: String, in organization: OrganizationID
    ) async throws(BrokerError) {
        let scope = EpochScope.connections(organization, owner, provider)
        let unmoved = await [commits.reading(scope)]
        let all = try await read { try await store.choices(of: owner, at: provider, in: organization) }
        guard let choice = all.first(where: { $0.agent == agent }) else {
            throw BrokerError(
                .unknown, "no account of \(owner.text) at `\(provider)` is chosen for `\(agent)`",
                hint: "list what is chosen with `deputy connections choices`")
        }
        try await commit(
            .takeBack(organization, agent, owner, provider), "choice.taken-back", choice.fields, by: by,
            under: unmoved, bumping: scope, in: organization)
    }

    public func choices(in organization: OrganizationID) async throws(BrokerError) -> [AccountChoice] {
        try await read { try await store.choices(in: organization) }
    }

    private func owned(
        _ id: ConnectionID, by owner: Owner, in organization: OrganizationID
    ) async throws(BrokerError) -> ConnectionRecord? {
        guard let row = try await read({ try await store.connection(id) }), row.organization == organization,
            row.owner == owner
        else { return nil }
        return row
    }

    private func commit(
        _ change: ChoiceChange, _ what: String, _ about: JSONObject, by: String, under unmoved: [EpochReading],
        bumping scope: EpochScope, in organization: OrganizationID
    ) async throws(BrokerError) {
        var fields = about
        fields["change"] = .string(what)
        fields["by"] = .string(by)
        do {
            let leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
            try await commits.commit(
                Transaction(
                    requires: unmoved, bumps: [scope], changes: [change],
                    leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
        } catch CommitError.moved {
            throw BrokerError.crossed
        } catch {
            throw BrokerError(.unavailable, "the ledger can't be written", hint: "see `deputy doctor`")
        }
    }
}

extension AccountChoice {
    fileprivate var fields: JSONObject {
        [
            "agent": .string(agent.raw), "owner": .string(owner.text), "provider": .string(provider.raw),
            "connection": .string(chosen.connection.raw), "account": .string(chosen.account),
        ]
    }
}

extension BrokerError {
    static func noConnection(_ id: ConnectionID) -> BrokerError {
        BrokerError(.unknown, "no connection has the id `\(id)`", hint: "list them with `deputy connections list`")
    }
}

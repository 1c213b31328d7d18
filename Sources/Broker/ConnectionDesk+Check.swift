import Authority
import Definition
import Gate
import OAuth

extension ConnectionDesk {
    /// The credential must be its owner's own: a person's by its recorded id, by a connection of theirs that has it, or else by
    /// a verified address; an agent's must be nobody's, unless its owner shares theirs and says so.
    func check(
        _ account: UpstreamAccount, _ new: NewConnection, _ manifest: ProviderManifest
    ) async throws(BrokerError) {
        let holders = new.people.filter { $0.mayOwn(account, at: new.provider) }.map(\.person)
        switch new.owner {
        case .person(let person) where manifest.oauth?.resource != nil:
            try await checkRemote(account, of: person, new, holders)
        case .person(let person):
            if new.people.contains(where: { $0.person == person && $0.owns(account, at: new.provider) }) { return }
            let own = try await read {
                try await store.connections(of: new.owner, at: new.provider, in: new.organization)
            }
            guard own.contains(where: { $0.health != .revoked && account.isKnown(as: $0.account) }) else {
                let way =
                    account.isVouched ? "connect the account whose address is the person's own, or record" : "record"
                throw BrokerError(
                    .refused, "`\(account.shown)` at `\(new.provider)` isn't the account of `\(person)`",
                    hint: "\(way) its id with "
                        + "`deputy people add \(person) --subject \(new.provider)=\(account.id)`")
            }
        case .organization:
            guard manifest.tools.isEmpty else {
                throw BrokerError(
                    .refused,
                    "`\(new.provider)` has tools, and the organization's own connections are for models alone",
                    hint: "connect it for an agent or a person")
            }
        case .agent(let agent):
            let connectors = try await read { try await store.connections(in: new.organization, of: nil) }
                .compactMap { row in row.holds(account, at: new.provider) ? row.owner.person : nil }
            let all = Set(holders + connectors)
            // Whoever else holds it counts, whatever the agent's owner says.
            guard let holder = all.subtracting([new.agentOwner].compactMap(\.self)).min() ?? all.min() else { return }
            guard new.isSharedWithOwner, holder == new.agentOwner else {
                throw BrokerError(
                    .refused,
                    "`\(account.shown)` at `\(new.provider)` is the account of `\(holder)`: everybody who may use "
                        + "`\(agent)` would reach what `\(holder)` sees",
                    hint: holder == new.agentOwner
                        ? "use an account of the agent's own, or say that this is meant with `--shared-with-owner`"
                        : "use an account of the agent's own")
            }
        }
    }
}

extension ConnectionDesk {
    /// A remote server's people have names of its own, so that nobody here can say that one is this person's. It must not be
    /// somebody else's.
    private func checkRemote(
        _ account: UpstreamAccount, of person: PersonID, _ new: NewConnection, _ holders: [PersonID]
    ) async throws(BrokerError) {
        let connectors = try await read { try await store.connections(in: new.organization, of: nil) }
            .compactMap { row in row.holds(account, at: new.provider) ? row.owner.person : nil }
        guard !holders.contains(person), let other = (holders + connectors).first(where: { $0 != person }) else {
            return
        }
        throw BrokerError(
            .refused, "`\(account.shown)` at `\(new.provider)` is the account of `\(other)`",
            hint: "sign in there with your own account")
    }
}

extension ConnectionRecord {
    fileprivate func holds(_ account: UpstreamAccount, at provider: ProviderID) -> Bool {
        self.provider == provider && health == .healthy
            && (account.isKnown(as: self.account) || self.account.lowercased() == account.email?.lowercased())
    }
}

extension Owner {
    fileprivate var person: PersonID? {
        switch self {
        case .person(let person): person
        case .agent, .organization: nil
        }
    }
}

public import Authority
import Gate

/// A claw or delegate that acts with the account of a human: whoever may use it reaches what that human sees.
public struct OwnAccountWarning: Sendable, Hashable {
    public let agent: AgentID
    public let provider: ProviderID
    public let account: String
    public let holder: PersonID
    /// Who gains reach through it.
    public let people: [PersonID]
    /// Where more people can come to it later without being asked about again: the group or the organization.
    public let joining: String?

    public var sentence: String {
        var names = people.map { "`\($0)`" }
        if let joining { names.append("whoever joins \(joining) later") }
        return "`\(agent)` acts with `\(holder)`'s own account `\(account)` at `\(provider)`: "
            + "\(names.joined(separator: ", ")) would reach what `\(holder)` sees there"
    }
}

extension [OwnAccountWarning] {
    /// - Throws: `refused` with what is to be acknowledged, and how.
    func requireAcknowledgement() throws(RegistryError) {
        guard !isEmpty else { return }
        let agents = Set(map(\.agent)).sorted().map { "`\($0)`" }.joined(separator: ", ")
        throw RegistryError(
            .refused, map(\.sentence).joined(separator: "; "),
            hint: "give \(agents) an account of its own, or say that this is meant with `--acknowledge-own-account`")
    }
}

/// The connections of an agent that are really a human's.
struct OwnAccounts {
    let agent: AgentID
    let held: [(account: HeldAccount, holder: PersonID)]
    /// Everybody who hasn't left.
    private let people: [PersonID]

    init(of agent: AgentID, _ accounts: [HeldAccount], _ people: [PersonRecord]) {
        self.agent = agent
        let people = people.filter { $0.standing != .removed }
        self.people = people.map(\.id)
        let others = accounts.filter { $0.connection.owner != .agent(agent) }
        held = accounts.compactMap { account in
            guard account.connection.owner == .agent(agent), account.connection.health == .healthy,
                let holder = account.holder(among: people, others)
            else { return nil }
            return (account, holder)
        }
    }

    /// Of a change of the definition: who reaches through them now and didn't before.
    func warnings(of mandate: Mandate, since earlier: Mandate?, _ sharing: Sharing) -> [OwnAccountWarning] {
        guard !held.isEmpty else { return [] }
        let opensToAll = mandate.definition.users == .everyone && earlier?.definition.users != .everyone
        return warnings(joining: opensToAll ? "the organization" : nil, mandate) { connection in
            people.filter { person in
                let isShared = sharing.rights(of: person, on: agent).contains(.use)
                return mandate.reaches(connection, person, isShared: isShared)
                    && earlier?.reaches(connection, person, isShared: isShared) != true
            }
        }
    }

    /// - Parameter reaching: who newly reaches something through this connection.
    func warnings(
        joining: String?, _ mandate: Mandate, _ reaching: (ConnectionFacts) -> [PersonID]
    ) -> [OwnAccountWarning] {
        held.compactMap { account, holder in
            let people = reaching(account.connection).filter { $0 != holder }.sorted()
            let isUsed = mandate.allowedTools.contains { $0.provider == account.connection.provider }
            guard !people.isEmpty || joining != nil && isUsed else { return nil }
            return OwnAccountWarning(
                agent: agent, provider: account.connection.provider, account: account.email ?? account.name,
                holder: holder, people: people, joining: joining)
        }
    }
}

extension Mandate {
    /// Whether this person can make the agent use this connection of its own.
    func reaches(_ connection: ConnectionFacts, _ person: PersonID, isShared: Bool) -> Bool {
        reach(of: person, isShared: isShared, connections: .only([connection])).contains {
            $0.owner == connection.owner && $0.tool.provider == connection.provider
        }
    }
}

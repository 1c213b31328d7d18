import Authority
import Broker
import Gate
import Registry

/// Which account an agent uses: whose accounts come into question, and who may say.
struct AccountChooser {
    let administration: Administration
    let desk: ConnectionDesk
    let organization: OrganizationID

    /// One question that a person may answer: among whose accounts the agent's slot at this provider is filled.
    struct Question {
        let agent: AgentID
        let owner: Owner
        let provider: ProviderID
        /// Those that aren't revoked.
        let accounts: [ConnectionRecord]
        let chosen: AccountChoice?

        /// Whether there is anything to say.
        var isOpen: Bool { accounts.count > 1 || chosen != nil }
    }

    /// The questions of one person: where an agent uses their accounts when they ask it something, and where an agent of
    /// theirs has accounts of its own.
    func questions(for person: PersonID) async throws -> [Question] {
        let connections = try await desk.list(in: organization, of: nil)
        let choices = try await desk.choices(in: organization)
        var questions: [Question] = []
        for view in try await administration.agents(in: organization) {
            for slot in view.definition.slots {
                guard let owner = try await owner(of: slot, view, for: person) else { continue }
                questions.append(
                    Question(
                        agent: view.record.id, owner: owner, provider: slot.provider,
                        accounts: connections.filter {
                            $0.owner == owner && $0.provider == slot.provider && $0.health != .revoked
                        },
                        chosen: choices.first {
                            ($0.agent, $0.owner, $0.provider) == (view.record.id, owner, slot.provider)
                        }))
            }
        }
        return questions
    }

    /// Nil for somebody who has no say in it.
    private func owner(of slot: Slot, _ view: AgentView, for person: PersonID) async throws -> Owner? {
        switch slot.owner {
        case .agent: return view.definition.owner == person ? .agent(view.record.id) : nil
        case .person:
            let isPrincipal = view.definition.principals.contains(person)
            let rights = try await administration.rights(of: person, on: view.record.id, in: organization)
            return isPrincipal || rights.contains(.use) ? .person(person) : nil
        }
    }

    /// - Parameter shown: the account that whoever chooses was shown.
    func choose(
        _ id: ConnectionID, of owner: Owner, for agent: AgentID, shown: String? = nil, by: Administrator
    ) async throws -> AccountChoice {
        let scopes = NewConnection.scopes(of: owner, in: organization) + [.agent(organization, agent)]
        let unmoved = await administration.readings(of: scopes)
        let view = try await administration.agent(agent, in: organization)
        guard let row = try await desk.list(in: organization, of: owner).first(where: { $0.id == id }) else {
            throw BrokerError(
                .unknown, "no connection of \(owner.words) has the id `\(id)`",
                hint: "list them with `deputy connections list`")
        }
        guard view.definition.takes(row.provider, of: owner) else {
            throw BrokerError(
                .refused, "`\(agent)` uses no account of \(owner.words) at `\(row.provider)`",
                hint: "its slots say whose accounts it uses: `deputy agents show \(agent)`")
        }
        return try await desk.choose(
            id, of: owner, for: agent, shown: shown, by: by.text, in: organization, under: unmoved)
    }
}

extension Owner {
    fileprivate var words: String {
        switch self {
        case .person(let person): "`\(person)`"
        case .agent(let agent): "the agent `\(agent)`"
        case .organization: "the organization"
        }
    }
}

extension AgentDefinition {
    /// Whether one of its slots is filled by this owner. An agent's own account is used by that agent alone.
    fileprivate func takes(_ provider: ProviderID, of owner: Owner) -> Bool {
        switch owner {
        case .person: slots.contains(Slot(provider: provider, owner: .person))
        case .agent(let own):
            own == agent
                && (slots.contains(Slot(provider: provider, owner: .agent))
                    || (models ?? []).contains { $0.key == ModelKey(provider: provider, owner: .agent) })
        case .organization: false
        }
    }
}

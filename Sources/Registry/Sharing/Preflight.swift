public import Authority
import Gate

/// A connection as the pre-flight needs to know it. Never its secret.
public struct HeldAccount: Sendable, Hashable {
    public let connection: ConnectionFacts
    /// What a person is shown: a name or an address.
    public let name: String
    /// The account's verified address, in lower case, where the provider says one.
    public let email: String?

    public init(connection: ConnectionFacts, name: String, email: String?) {
        self.connection = connection
        self.name = name
        self.email = email
    }

    /// The person whose own account it is, whoever connected it.
    func holder(among people: [PersonRecord], _ others: [HeldAccount]) -> PersonID? {
        let known = people.first {
            $0.email == email
                || $0.subjects[connection.provider].map { AccountID.is(connection.account, recordedAs: $0) } ?? false
        }?.id
        if let known { return known }
        for other in others where other.connection.provider == connection.provider {
            guard other.connection.account == connection.account, other.connection.health == .healthy else { continue }
            switch other.connection.owner {
            case .person(let person): return person
            case .agent, .organization: continue
            }
        }
        return nil
    }
}

/// Who would gain which reach through whose account, before an agent is shared.
public struct Preflight: Sendable {
    /// People who would gain the same things.
    public struct Gain: Sendable, Hashable {
        public let people: [PersonID]
        public let reach: [Reach]
    }

    public let agent: AgentID
    public let gains: [Gain]
    public let warnings: [OwnAccountWarning]
    /// Everything above in sentences, warnings first.
    public let sentences: [String]

    /// - Parameter joining: what people can join later to gain the same; nil for a share with one person, and where that
    ///   is shared already.
    init(
        _ view: AgentView, gaining: [PersonID], joining: String?, people: [PersonRecord], accounts: [HeldAccount]
    ) {
        agent = view.record.id
        let own = accounts.filter { $0.connection.owner == .agent(view.record.id) && $0.connection.health == .healthy }
        var byReach: [(reach: [Reach], people: [PersonID])] = []
        for person in gaining.sorted() {
            let reached = view.mandate.reach(
                of: person, isShared: true, connections: .only(own.map(\.connection)))
            if let place = byReach.firstIndex(where: { $0.reach == reached }) {
                byReach[place].people.append(person)
            } else {
                byReach.append((reached, [person]))
            }
        }
        let gains = byReach.map { Gain(people: $0.people, reach: $0.reach) }
        self.gains = gains
        warnings = OwnAccounts(of: view.record.id, accounts, people).warnings(joining: joining, view.mandate) {
            account in
            gains.filter { $0.reach.contains { $0.owner == account.owner && $0.tool.provider == account.provider } }
                .flatMap(\.people)
        }
        let agent = view.record.id
        sentences = warnings.map(\.sentence) + gains.flatMap { gain in gain.sentences(of: agent, own) }
    }
}

extension Preflight.Gain {
    fileprivate func sentences(of agent: AgentID, _ own: [HeldAccount]) -> [String] {
        let names = people.map { "`\($0)`" }.joined(separator: ", ")
        guard !reach.isEmpty else {
            return ["\(names) could do nothing with `\(agent)`: it has no tools or connections"]
        }
        struct Way: Hashable {
            let provider: ProviderID
            let owner: Owner?
            let approvers: Set<PersonID>?
        }
        var order: [Way] = []
        var tools: [Way: [String]] = [:]
        for item in reach {
            // An agent asks each principal for themselves: who that is doesn't divide the sentences.
            let way = Way(provider: item.tool.provider, owner: item.owner, approvers: item.approvers)
            if tools[way] == nil { order.append(way) }
            let name = "`\(item.tool.name)`"
            if tools[way]?.contains(name) != true { tools[way, default: []].append(name) }
        }
        return order.map { way in
            let through: String =
                switch way.owner {
                case .none, .organization: "without an account"
                case .person: "each through their own account at `\(way.provider)`"
                case .agent:
                    "through the account `\(own.first { $0.connection.provider == way.provider }?.name ?? agent.raw)` of "
                        + "`\(agent)` at `\(way.provider)`"
                }
            let asks = way.approvers.map { approvers in
                approvers.isEmpty
                    ? ", which nobody can approve"
                    : ", once \(approvers.sorted().map { "`\($0)`" }.joined(separator: " or ")) agrees"
            }
            return "\(names) could use \((tools[way] ?? []).joined(separator: ", ")) \(through)\(asks ?? "")"
        }
    }
}

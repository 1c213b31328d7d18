public import Authority
public import Wire

/// What applying definition files would change, and what that newly allows.
public struct Plan: Sendable {
    public struct AgentChange: Sendable {
        public let agent: AgentID
        public let isNew: Bool
        /// The keys that differ, with what the store has and what the files say.
        public let keys: [KeyChange]
        /// What people could newly make it do.
        public let widened: [Possibility]
        /// Commands that show one case each.
        public let replays: [String]
    }

    public struct KeyChange: Sendable {
        public let key: String
        public let before: JSON?
        public let after: JSON?
    }

    public let agents: [AgentChange]
    /// People that are added or changed, by id.
    public let people: [PersonID]
    public let organization: [KeyChange]
    public let changesBindings: Bool
    /// Agents of the store that no file names. They are left alone.
    public let unnamed: [AgentID]
    /// What is kept and not served yet.
    public let unavailable: [String]
    /// Over everything that would be written: a plan is applied as it was shown or not at all.
    public let digest: Digest

    public var isEmpty: Bool { agents.isEmpty && people.isEmpty && organization.isEmpty && !changesBindings }
}

extension Plan.AgentChange {
    /// What is newly possible, in sentences; people who can do the same share one.
    public var sentences: [String] {
        var order: [String] = []
        var people: [String: [String]] = [:]
        for reach in widened {
            let sentence = reach.sentence(agent)
            if people[sentence] == nil { order.append(sentence) }
            people[sentence, default: []].append(reach.person.raw)
        }
        return order.map { sentence in
            "\((people[sentence] ?? []).sorted().joined(separator: ", ")) may newly \(sentence)"
        }
    }
}

extension Possibility {
    fileprivate func sentence(_ agent: AgentID) -> String {
        let towards: String =
            switch destinations {
            case .nobody: ""
            case .insiders: " towards people of the organization"
            case .outsiders: " towards anybody outside"
            }
        let whose: String =
            switch owner {
            case .person(let person): person == self.person ? " with their own account" : " with \(person)'s account"
            case .agent: " with the agent's account"
            case .none: ""
            }
        let yes =
            approvers.isEmpty
            ? "; nobody is asked"
            : "; \(approvers.sorted().map { $0 == person ? "they" : $0.raw }.joined(separator: " or ")) must agree"
        return "have `\(agent)` \(effect.rawValue) with `\(tool)`\(towards)\(whose)\(yes)"
    }
}

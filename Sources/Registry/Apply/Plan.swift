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
        public let widened: [Widening]
        /// Calls that show one case each.
        public let replays: [PlannedCall]
        /// Who would newly reach what a human sees, through an account that is really theirs. Applied only when that was
        /// acknowledged.
        public let warnings: [OwnAccountWarning]
        /// Where its models could newly be asked, and with what: sentences that go on from "may newly".
        public let asked: [String]
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
    /// What that newly allows, in sentences.
    public let newlyForAll: [String]
    public let changesBindings: Bool
    /// Agents that an earlier apply added and that no file names any more: they are suspended. Empty without pruning.
    public let pruned: [AgentID]
    /// The same, left alone because nobody asked to prune.
    public let prunable: [AgentID]
    /// Other agents of the store that no file names. They are left alone.
    public let unnamed: [AgentID]
    /// Agents that files name and that are suspended. An apply lets nobody act again.
    public let suspended: [AgentID]
    /// What was changed by other means since it was applied.
    public let drift: [Drift]
    /// What is kept and not served yet.
    public let unavailable: [String]
    /// Over everything that would be written: a plan is applied as it was shown or not at all.
    public let digest: Digest

    public var isEmpty: Bool {
        agents.isEmpty && people.isEmpty && organization.isEmpty && !changesBindings && pruned.isEmpty
    }
}

extension Plan.AgentChange {
    /// What is newly possible, in sentences; people who can do the same share one.
    public var sentences: [String] {
        var order: [String] = []
        var people: [String: [String]] = [:]
        for widening in widened {
            let sentence = widening.sentence(agent)
            if people[sentence] == nil { order.append(sentence) }
            people[sentence, default: []].append(widening.person.raw)
        }
        return order.map { sentence in
            "\((people[sentence] ?? []).sorted().joined(separator: ", ")) may newly \(sentence)"
        } + asked.map { "`\(agent)` may newly \($0)" }
    }
}

extension Widening {
    fileprivate func sentence(_ agent: AgentID) -> String {
        let towards: String =
            switch reach.destinations {
            case .nobody: ""
            case .insiders: " towards people of the organization"
            case .outsiders: " towards anybody outside"
            }
        let whose: String =
            switch reach.owner {
            case .person(let person): person == self.person ? " with their own account" : " with \(person)'s account"
            case .agent: " with the agent's account"
            case .none, .organization: ""
            }
        let yes: String =
            switch reach.approvers {
            case nil: "; nobody is asked"
            case []: "; somebody must agree, and nobody can"
            case let people?:
                "; \(people.sorted().map { $0 == person ? "they" : $0.raw }.joined(separator: " or ")) must agree"
            }
        return "have `\(agent)` \(reach.tool.effect.rawValue) with `\(reach.tool.name)`\(towards)\(whose)\(yes)"
    }
}

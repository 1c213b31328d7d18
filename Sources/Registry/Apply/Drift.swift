public import Authority
import Gate
public import Wire

/// One field that an apply wrote and that something else has changed since.
public struct Drift: Sendable {
    public enum Subject: Hashable, Sendable {
        case agent(AgentID)
        case person(PersonID)
        case organization

        public var text: String {
            switch self {
            case .agent(let agent): "agent `\(agent)`"
            case .person(let person): "person `\(person)`"
            case .organization: "the organization"
            }
        }
    }

    public let subject: Subject
    public let key: String
    public let applied: JSON?
    public let now: JSON?
    /// Since when the difference can have come.
    let since: Timestamp
    /// Who changed it last, as the ledger names them; nil where its last records don't say.
    public internal(set) var by: String?
    public internal(set) var at: Timestamp?
    /// Whether the files that are planned would undo it.
    public internal(set) var isUndone = false

    public var sentence: String {
        "`\(key)` of \(subject.text) was changed by \(by.map { "`\($0)`" } ?? "other means") since it was applied"
    }
}

extension Baseline {
    /// What differs from the last apply, field by field, in the order of the names.
    func drift(_ agents: [AgentView], _ people: [PersonRecord], _ models: [ModelSlot]) -> [Drift] {
        (organization.map { differences($0, Baseline.state(models), .organization) } ?? [])
            + agents.flatMap { view in
                self.agents[view.record.id].map {
                    differences($0, view.record.definition, .agent(view.record.id))
                } ?? []
            }
            + people.flatMap { person in
                self.people[person.id].map { differences($0, person.applied, .person(person.id)) } ?? []
            }
    }

    private func differences(_ entry: Entry, _ now: JSON, _ subject: Drift.Subject) -> [Drift] {
        now.keys(differingFrom: entry.state).map { key in
            Drift(subject: subject, key: key, applied: entry.state[key], now: now[key], since: entry.at)
        }
    }
}

extension [Drift] {
    /// - Throws: `refused` when something of it would be undone.
    func requireNoneUndone() throws(RegistryError) {
        let undone = filter(\.isUndone)
        guard !undone.isEmpty else { return }
        throw RegistryError(
            .refused, undone.map(\.sentence).joined(separator: "; ") + "; the files would undo that",
            hint: "take it into the files (`deputy export` prints what there is), or undo it with `--overwrite-drift`")
    }
}

import Authority
import Gate
import Wire

extension PlanWriter {
    /// - Parameter time: when it is, for what is kept of it.
    mutating func prepared(at time: Timestamp) -> PreparedPlan {
        let missing = known.filter { !named.contains($0.record.id) }
        let gone = missing.filter { baseline.made.contains($0.record.id) && $0.record.standing == .active }
        if options.prunes { gone.forEach { suspend($0) } }
        let leftAlone = gone.map(\.record.id)
        let written: JSON = [
            "before": .array(
                agents.flatMap { change in
                    change.keys.map { .string("\(change.agent) \($0.key) \($0.before?.text ?? "")") }
                }),
            "agents": .array(changes.compactMap { ($0 as? RegistryChange)?.written }),
            "people": .array(changedPeople.map { .string("\($0.id) \($0.email) \($0.name) \($0.subjects.count)") }),
            "organization": .array(
                organizationChanges.map { [.string($0.key), $0.before ?? .null, $0.after ?? .null] }),
            "bindings": bindings ?? .null,
            "pruned": .array(options.prunes ? leftAlone.map { .string($0.raw) } : []),
            "undone": .array(undone.filter(\.isUndone).map { .string($0.sentence) }),
            "warnings": .array(agents.flatMap(\.warnings).map { .string($0.sentence) }),
        ]
        return PreparedPlan(
            plan: Plan(
                agents: agents, people: changedPeople.map(\.id), organization: organizationChanges,
                newlyForAll: newlyForAll,
                changesBindings: bindings != nil, pruned: options.prunes ? leftAlone : [],
                prunable: options.prunes ? [] : leftAlone,
                unnamed: missing.map(\.record.id).filter { !leftAlone.contains($0) },
                suspended: known.filter { named.contains($0.record.id) && $0.record.standing != .active }.map(
                    \.record.id),
                drift: undone, unavailable: unavailable, digest: written.digest),
            baseline: nextBaseline(at: time), changes: changes, bumps: bumps, named: subjects, people: peopleThen)
    }

    /// Everybody, as the files would leave them.
    var peopleThen: [PersonRecord] {
        people.filter { person in !changedPeople.contains { $0.id == person.id } } + changedPeople
    }

    /// Its connections stay, and nothing can use them.
    mutating func suspend(_ view: AgentView) {
        changes.append(
            RegistryChange.replaceAgent(
                AgentRecord(
                    id: view.record.id, organization: organization.id, definition: view.record.definition,
                    standing: .suspended)))
        bumps.append(.agent(organization.id, view.record.id))
    }

    /// The drift, with what these files would undo of it.
    var undone: [Drift] {
        drift.map { drift in
            var drift = drift
            switch drift.subject {
            case .agent(let id):
                drift.isUndone = agents.first { $0.agent == id }?.keys.contains { $0.key == drift.key } ?? false
            case .person(let id):
                let wanted = changedPeople.first { $0.id == id }?.applied
                drift.isUndone = wanted.map { $0[drift.key]?.digest != drift.now?.digest } ?? false
            case .organization: drift.isUndone = organizationChanges.contains { $0.key == drift.key }
            }
            return drift
        }
    }

    /// What will have been applied; nil when that is what it is already.
    func nextBaseline(at time: Timestamp) -> Baseline? {
        var next = baseline
        for (agent, state) in states { next.keep(agent, state, at: time) }
        for person in namedPeople { next.keep(person, at: time) }
        if namesModels { next.keep(modelsThen, at: time) }
        next.made.formUnion(agents.filter(\.isNew).map(\.agent))
        return next == baseline ? nil : next
    }
}

extension RegistryChange {
    fileprivate var written: JSON? {
        switch self {
        case .addAgent(let record), .replaceAgent(let record): [.string(record.id.raw), record.definition]
        case .replaceOrganization(let record): [.string(record.name), .array(record.domains.map { .string($0) })]
        case .addOrganization, .addPerson, .replacePerson, .addToken, .replaceToken, .agree, .setDocument: nil
        }
    }
}

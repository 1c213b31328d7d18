import Authority
import Definition
import Gate
import Wire

extension PlanWriter {
    mutating func add(_ given: HomeDefinition.Agent) {
        named.insert(given.id)
        guard isPlain(given.id.raw, "an agent", given.place) else { return }
        let earlier = known.first { $0.record.id == given.id }
        unavailable += given.unavailable.map { "`\($0.name)` of `\(given.id)`" }
        guard let definition = definition(given, earlier) else { return }
        let mandate: Mandate
        do throws(DefinitionProblems) {
            mandate = try Mandate(compiling: definition, with: shelf.catalogue)
        } catch {
            for found in error.problems {
                let key = found.place.split(separator: ".").first.map(String.init) ?? found.place
                let stored = found.place == "tools.allow" ? "allow" : found.place == "tools.deny" ? "deny" : key
                problem(given.places[stored] ?? given.place, found.message, hint: found.hint)
            }
            return
        }
        var object = definition.json.objectValue ?? [:]
        var about = given.about
        if !given.unavailable.isEmpty { about["unavailable"] = given.unavailable.stored }
        if !about.isEmpty { object[AgentDefinition.aboutKey] = .object(about) }
        let after = JSON.object(object)
        states[given.id] = after
        subjects[given.id] = Subject(
            mandate: mandate, definition: definition.json.digest, standing: earlier?.record.standing ?? .active)
        guard after.digest != earlier?.record.definition.digest else { return }
        let record = AgentRecord(
            id: given.id, organization: organization.id, definition: after,
            standing: earlier?.record.standing ?? .active)
        let opened = AgentView(record: record, definition: definition, mandate: mandate)
            .unhardened(since: earlier, accounts)
        guard opened.isEmpty else { return problem(given.place, opened.message(of: given.id), hint: opened.hint) }
        changes.append(earlier == nil ? RegistryChange.addAgent(record) : RegistryChange.replaceAgent(record))
        bumps.append(.agent(organization.id, given.id))
        addSchedules(of: given, definition, earlier)
        if earlier == nil, !bumps.contains(.sharing(organization.id)) { bumps.append(.sharing(organization.id)) }
        let reaching = representatives(of: [definition, earlier?.definition], given.id)
        let widened = mandate.widens(
            earlier?.mandate, for: reaching,
            shared: Set(reaching.filter { sharing.rights(of: $0, on: given.id).contains(.use) }))
        agents.append(
            Plan.AgentChange(
                agent: given.id, isNew: earlier == nil, keys: keyChanges(earlier?.record.definition, after),
                widened: widened,
                replays: Replay(shelf: shelf, insider: address(of: definition.owner)).calls(widened, given.id),
                warnings: warnings(mandate, since: earlier, given.id), asked: asked(definition, earlier)))
    }

    /// Who would newly reach what a human sees, through an account of the agent's that is really theirs.
    func warnings(_ mandate: Mandate, since earlier: AgentView?, _ agent: AgentID) -> [OwnAccountWarning] {
        OwnAccounts(of: agent, accounts, peopleThen)
            .warnings(of: mandate, since: earlier?.mandate, sharing)
    }

    /// The definition that the file comes to: its keys, and for what it doesn't say the defaults. Owner and identity stay.
    mutating func definition(_ given: HomeDefinition.Agent, _ earlier: AgentView?) -> AgentDefinition? {
        guard let owner = owner(of: given, earlier) else { return nil }
        var object = given.given
        object["owner"] = .string(owner.raw)
        if let actsAs = earlier?.definition.actsAs {
            if let wanted = object["actsAs"]?.stringValue, wanted != actsAs.rawValue {
                problem(
                    given.places["actsAs"] ?? given.place,
                    "`\(given.id)` is \(actsAs == .assistant ? "an" : "a") \(actsAs.rawValue), and stays one",
                    hint: "copy it with `deputy agents clone \(given.id) NAME --as \(wanted)`")
                return nil
            }
            object["actsAs"] = .string(actsAs.rawValue)
        }
        let defaults = AgentDefinition(organization: organization.id, agent: given.id, owner: owner).json
        for (key, value) in defaults.objectValue?.members ?? [] where object[key] == nil { object[key] = value }
        let definition: AgentDefinition
        do throws(DefinitionProblems) {
            definition = try AgentDefinition(json: .object(object), organization: organization.id, agent: given.id)
        } catch {
            for found in error.problems {
                problem(given.places[found.place] ?? given.place, found.message, hint: found.hint)
            }
            return nil
        }
        checkPeople(of: definition, given)
        return definition
    }

    private mutating func checkPeople(of definition: AgentDefinition, _ given: HomeDefinition.Agent) {
        let there = Set(people.map(\.id)).union(changedPeople.map(\.id))
        for (key, named) in definition.peopleByKey {
            for person in named.subtracting(there).sorted() {
                problem(
                    given.places[key] ?? given.place, "no person is called `\(person)`",
                    hint: suggestion(for: person.raw, among: there.map(\.raw)) ?? "add them under `people`")
            }
        }
    }

    mutating func owner(of given: HomeDefinition.Agent, _ earlier: AgentView?) -> PersonID? {
        if let owner = given.given["owner"]?.stringValue { return PersonID(owner) }
        if let owner = earlier?.definition.owner ?? options.owner { return owner }
        if people.count == 1 { return people.first?.id }
        problem(
            given.place, "`\(given.id)` has no `owner`", hint: "write `owner`, or give `--owner PERSON` for all of them"
        )
        return nil
    }

    func keyChanges(_ before: JSON?, _ after: JSON) -> [Plan.KeyChange] {
        after.keys(differingFrom: before).map { Plan.KeyChange(key: $0, before: before?[$0], after: after[$0]) }
    }

    /// Everybody whom one of the definitions names, one person of each share, and one of the others to stand for all of
    /// them.
    func representatives(of definitions: [AgentDefinition?], _ agent: AgentID) -> [PersonID] {
        var named = definitions.compactMap(\.self).reduce(into: Set<PersonID>()) {
            $0.formUnion($1.namedPeople)
            $0.insert($1.owner)
        }
        for share in sharing.shares(of: agent) where share.rights.contains(.use) {
            let covered = people.map(\.id).filter { sharing.covers(share.grantee, $0) && !named.contains($0) }
            if let one = covered.min() { named.insert(one) }
        }
        let other = people.map(\.id).filter { !named.contains($0) }.min()
        return (Array(named) + (other.map { [$0] } ?? [])).sorted()
    }

    func address(of person: PersonID) -> String {
        (people + changedPeople).first { $0.id == person }?.email ?? person.raw
    }
}

extension [HomeDefinition.Unavailable] {
    /// The names by the list that they stand in.
    fileprivate var stored: JSON {
        .object(
            JSONObject(
                ["tools", "allow", "deny"].compactMap { list in
                    let names = filter { $0.list == list }.map { JSON.string($0.name) }
                    return names.isEmpty ? nil : (list, .array(names))
                }))
    }
}

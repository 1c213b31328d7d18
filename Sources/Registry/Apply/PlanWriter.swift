import Authority
import Definition
import Gate
import Wire

/// Compares what files say with what a home has, and collects what would be written.
struct PlanWriter {
    let organization: OrganizationRecord
    let shelf: ToolShelf
    let known: [AgentView]
    let people: [PersonRecord]
    let sharing: Sharing
    let accounts: [HeldAccount]
    let options: ApplyOptions

    private(set) var problems: [SourceProblem] = []
    private var agents: [Plan.AgentChange] = []
    private var changedPeople: [PersonRecord] = []
    private var organizationChanges: [Plan.KeyChange] = []
    private var bindings: JSON?
    private var unavailable: [String] = []
    private var named: Set<AgentID> = []
    private var changes: [any StoredChange] = []
    private var bumps: [EpochScope] = []

    init(
        organization: OrganizationRecord, shelf: ToolShelf, known: [AgentView],
        people: [PersonRecord], sharing: Sharing, accounts: [HeldAccount], options: ApplyOptions
    ) {
        self.organization = organization
        self.shelf = shelf
        self.known = known
        self.people = people
        self.sharing = sharing
        self.accounts = accounts
        self.options = options
    }

    var prepared: PreparedPlan {
        let written: JSON = [
            "before": .array(
                agents.flatMap { change in
                    change.keys.map { .string("\(change.agent) \($0.key) \($0.before?.text ?? "")") }
                }),
            "agents": .array(changes.compactMap { ($0 as? RegistryChange)?.written }),
            "people": .array(changedPeople.map { .string("\($0.id) \($0.email) \($0.name) \($0.subjects.count)") }),
            "bindings": bindings ?? .null,
            "warnings": .array(agents.flatMap(\.warnings).map { .string($0.sentence) }),
        ]
        return PreparedPlan(
            plan: Plan(
                agents: agents, people: changedPeople.map(\.id), organization: organizationChanges,
                changesBindings: bindings != nil,
                unnamed: known.map(\.record.id).filter { !named.contains($0) }, unavailable: unavailable,
                digest: written.digest), changes: changes, bumps: bumps)
    }

    mutating func add(_ read: HomeDefinition, bindings stored: JSON?) async throws {
        if let organization = read.organization { add(organization) }
        for person in read.people { add(person) }
        for agent in read.agents { add(agent) }
        if let bindings = read.bindings { add(bindings, stored, read) }
    }

    private mutating func problem(_ place: SourceProblem.Place, _ message: String, hint: String? = nil) {
        problems.append(SourceProblem(place, message, hint: hint))
    }

    private mutating func add(_ given: HomeDefinition.Organization) {
        let record = OrganizationRecord(
            id: organization.id, name: given.name ?? organization.name,
            domains: (given.domains ?? organization.domains).map { $0.lowercased() }, standing: organization.standing)
        guard record != organization else { return }
        if record.name != organization.name {
            organizationChanges.append(
                Plan.KeyChange(key: "name", before: .string(organization.name), after: .string(record.name)))
        }
        if record.domains != organization.domains {
            organizationChanges.append(
                Plan.KeyChange(
                    key: "domains", before: .array(organization.domains.map { .string($0) }),
                    after: .array(record.domains.map { .string($0) })))
        }
        changes.append(RegistryChange.replaceOrganization(record))
        bumps.append(.organization(organization.id))
    }

    /// Names appear in URLs, commands, folders and the ledger, so they are plain: the rule of `Administration.checkName`.
    private mutating func isPlain(_ name: String, _ what: String, _ place: SourceProblem.Place) -> Bool {
        do throws(RegistryError) {
            try Administration.checkName(name, what: what)
            return true
        } catch {
            problem(place, error.message, hint: error.hint)
            return false
        }
    }

    private mutating func add(_ given: HomeDefinition.Person) {
        guard isPlain(given.id.raw, "a person", given.place) else { return }
        let earlier = people.first { $0.id == given.id }
        guard let email = (given.email ?? earlier?.email)?.lowercased() else {
            return problem(given.place, "`\(given.id)` needs an `email`")
        }
        let domain = email.split(separator: "@", maxSplits: 1).last.map(String.init) ?? ""
        guard organization.domains.contains(domain) else {
            return problem(
                given.place, "`\(email)` isn't an address of `\(organization.name)`",
                hint: "its domains are \(organization.domains.map { "`\($0)`" }.joined(separator: ", "))")
        }
        if let other = people.first(where: { $0.id != given.id && $0.email == email }) {
            return problem(given.place, "`\(email)` is the address of `\(other.id)`")
        }
        let record = PersonRecord(
            id: given.id, organization: organization.id, name: given.name ?? earlier?.name ?? given.id.raw,
            email: email,
            subjects: (earlier?.subjects ?? [:]).merging(given.subjects) { _, new in new },
            standing: earlier?.standing ?? .active)
        guard record != earlier else { return }
        changedPeople.append(record)
        changes.append(earlier == nil ? RegistryChange.addPerson(record) : RegistryChange.replacePerson(record))
        bumps += [.organization(organization.id), .person(organization.id, given.id)]
    }

    private mutating func add(_ given: HomeDefinition.Agent) {
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
        guard after.digest != earlier?.record.definition.digest else { return }
        let record = AgentRecord(
            id: given.id, organization: organization.id, definition: after,
            standing: earlier?.record.standing ?? .active)
        let opened = AgentView(record: record, definition: definition, mandate: mandate)
            .unhardened(since: earlier, accounts)
        guard opened.isEmpty else { return problem(given.place, opened.message(of: given.id), hint: opened.hint) }
        changes.append(earlier == nil ? RegistryChange.addAgent(record) : RegistryChange.replaceAgent(record))
        bumps.append(.agent(organization.id, given.id))
        let reaching = representatives(of: [definition, earlier?.definition], given.id)
        let widened = mandate.widens(
            earlier?.mandate, for: reaching,
            shared: Set(reaching.filter { sharing.rights(of: $0, on: given.id).contains(.use) }))
        agents.append(
            Plan.AgentChange(
                agent: given.id, isNew: earlier == nil, keys: keyChanges(earlier?.record.definition, after),
                widened: widened,
                replays: Replay(shelf: shelf, insider: address(of: definition.owner)).commands(widened, given.id),
                warnings: warnings(mandate, since: earlier, given.id)))
    }

    /// Who would newly reach what a human sees, through an account of the agent's that is really theirs.
    private func warnings(_ mandate: Mandate, since earlier: AgentView?, _ agent: AgentID) -> [OwnAccountWarning] {
        var everybody = Dictionary(people.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for person in changedPeople { everybody[person.id] = person }
        let present = everybody.values.filter { $0.standing != .removed }
        let own = OwnAccounts(of: agent, accounts, Array(present))
        guard !own.held.isEmpty else { return [] }
        let opensToAll = mandate.definition.users == .everyone && earlier?.definition.users != .everyone
        return own.warnings(joining: opensToAll ? "the organization" : nil, mandate) { connection in
            present.map(\.id).filter { person in
                let isShared = sharing.rights(of: person, on: agent).contains(.use)
                return mandate.reaches(connection, person, isShared: isShared)
                    && earlier?.mandate.reaches(connection, person, isShared: isShared) != true
            }
        }
    }

    /// The definition that the file comes to: its keys, and for what it doesn't say the defaults. Owner and identity stay.
    private mutating func definition(_ given: HomeDefinition.Agent, _ earlier: AgentView?) -> AgentDefinition? {
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
        let there = Set(people.map(\.id)).union(changedPeople.map(\.id))
        for person in definition.namedPeople.union([owner]).subtracting(there).sorted() {
            problem(
                given.place, "no person is called `\(person)`",
                hint: suggestion(for: person.raw, among: there.map(\.raw)) ?? "add them under `people`")
        }
        return definition
    }

    private mutating func owner(of given: HomeDefinition.Agent, _ earlier: AgentView?) -> PersonID? {
        if let owner = given.given["owner"]?.stringValue { return PersonID(owner) }
        if let owner = earlier?.definition.owner ?? options.owner { return owner }
        if people.count == 1 { return people.first?.id }
        problem(
            given.place, "`\(given.id)` has no `owner`", hint: "write `owner`, or give `--owner PERSON` for all of them"
        )
        return nil
    }

    private mutating func add(_ given: [Binding], _ stored: JSON?, _ read: HomeDefinition) {
        let there = Set(known.map(\.record.id)).union(read.agents.map(\.id))
        for binding in given where !there.contains(binding.agent) {
            problem(
                binding.place, "no agent is called `\(binding.agent)`",
                hint: suggestion(for: binding.agent.raw, among: there.map(\.raw)) ?? "define it under `agents.list`")
        }
        let value = JSON.array(given.map(\.json))
        guard value.digest != (stored ?? .array([])).digest else { return }
        bindings = value
        changes.append(RegistryChange.setDocument(organization.id, "bindings", value))
        bumps.append(.organization(organization.id))
    }

    private func keyChanges(_ before: JSON?, _ after: JSON) -> [Plan.KeyChange] {
        let keys = Set((before?.objectValue?.keys ?? []) + (after.objectValue?.keys ?? []))
        return keys.sorted().compactMap { key in
            before?[key]?.digest == after[key]?.digest
                ? nil : Plan.KeyChange(key: key, before: before?[key], after: after[key])
        }
    }

    /// Everybody whom one of the definitions names, one person of each share, and one of the others to stand for all of
    /// them.
    private func representatives(of definitions: [AgentDefinition?], _ agent: AgentID) -> [PersonID] {
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

    private func address(of person: PersonID) -> String {
        (people + changedPeople).first { $0.id == person }?.email ?? person.raw
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

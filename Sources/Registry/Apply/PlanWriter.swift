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
    let baseline: Baseline
    let drift: [Drift]
    let options: ApplyOptions
    /// For how many days the organization keeps what was said.
    let transcriptDays: Int?
    /// Where agents that name no models ask, as it is stored.
    let models: [ModelSlot]
    let now: Timestamp

    var problems: [SourceProblem] = []
    var agents: [Plan.AgentChange] = []
    var changedPeople: [PersonRecord] = []
    var organizationChanges: [Plan.KeyChange] = []
    var modelsThen: [ModelSlot]
    var newlyForAll: [String] = []
    /// Whether the files say where agents that name no models ask.
    var namesModels = false
    var bindings: JSON?
    var unavailable: [String] = []
    var named: Set<AgentID> = []
    /// The definitions that the files come to, and the people.
    var states: [AgentID: JSON] = [:]
    var subjects: [AgentID: Subject] = [:]
    var namedPeople: [PersonRecord] = []
    var changes: [any StoredChange] = []
    var bumps: [EpochScope] = []

    init(
        organization: OrganizationRecord, shelf: ToolShelf, known: [AgentView],
        people: [PersonRecord], sharing: Sharing, accounts: [HeldAccount], baseline: Baseline,
        drift: [Drift], options: ApplyOptions, transcriptDays: Int?, models: [ModelSlot], now: Timestamp
    ) {
        self.organization = organization
        self.shelf = shelf
        self.known = known
        self.people = people
        self.sharing = sharing
        self.accounts = accounts
        self.baseline = baseline
        self.drift = drift
        self.options = options
        self.transcriptDays = transcriptDays
        self.models = models
        self.now = now
        modelsThen = models
    }

    mutating func add(_ read: HomeDefinition, bindings stored: JSON?) async throws {
        if let organization = read.organization { add(organization) }
        for person in read.people { add(person) }
        for agent in read.agents { add(agent) }
        if let bindings = read.bindings { add(bindings, stored, read) }
        checkDefault(read)
    }

    /// One agent gets what no binding matches. What the files don't name stays as it is.
    private mutating func checkDefault(_ read: HomeDefinition) {
        let given = Set(read.agents.map(\.id))
        guard let other = known.first(where: { $0.isDefault && !given.contains($0.record.id) }) else { return }
        for agent in read.agents where agent.isDefault {
            problem(
                agent.places["default"] ?? agent.place,
                "`\(agent.id)` can't be the default agent: `\(other.record.id)` is, and these files don't name it",
                hint: "apply `\(other.record.id)` without `default` in the same files")
        }
    }

    mutating func problem(_ place: SourceProblem.Place, _ message: String, hint: String? = nil) {
        problems.append(SourceProblem(place, message, hint: hint))
    }

    mutating func add(_ given: HomeDefinition.Organization) {
        if let days = given.transcriptDays, days != transcriptDays {
            organizationChanges.append(
                Plan.KeyChange(
                    key: TranscriptDays.key, before: transcriptDays.map(TranscriptDays.json),
                    after: TranscriptDays.json(days)))
            changes.append(Administration.keeping(days, in: organization.id))
        }
        if let models = given.models { add(models) }
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

    mutating func isPlain(_ name: String, _ what: String, _ place: SourceProblem.Place) -> Bool {
        do throws(PlainNameProblem) {
            try PlainName.check(name, of: what)
            return true
        } catch {
            problem(place, error.message, hint: error.hint)
            return false
        }
    }

    mutating func add(_ given: HomeDefinition.Person) {
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
        namedPeople.append(record)
        guard record != earlier else { return }
        changedPeople.append(record)
        changes.append(earlier == nil ? RegistryChange.addPerson(record) : RegistryChange.replacePerson(record))
        bumps += [.organization(organization.id), .person(organization.id, given.id)]
    }

    mutating func add(_ given: [HomeDefinition.Route], _ stored: JSON?, _ read: HomeDefinition) {
        let there = Set(known.map(\.record.id)).union(read.agents.map(\.id))
        for route in given where !there.contains(route.binding.agent) {
            problem(
                route.place, "no agent is called `\(route.binding.agent)`",
                hint: suggestion(for: route.binding.agent.raw, among: there.map(\.raw))
                    ?? "define it under `agents.list`")
        }
        let value = JSON.array(given.map(\.binding.json))
        guard value.digest != (stored ?? .array([])).digest else { return }
        bindings = value
        changes.append(RegistryChange.setDocument(organization.id, "bindings", value))
        bumps.append(.organization(organization.id))
    }
}

extension JSON {
    /// The keys of two objects whose values differ, in order.
    func keys(differingFrom other: JSON?) -> [String] {
        Set((objectValue?.keys ?? []) + (other?.objectValue?.keys ?? [])).sorted().filter {
            self[$0]?.digest != other?[$0]?.digest
        }
    }
}

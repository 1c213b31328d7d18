public import Authority
public import Definition
import Gate
public import Wire

extension Administration {
    /// What applying the files would change. Writes nothing.
    ///
    /// - Throws: `SourceProblems` with everything that is wrong in the files; `RegistryError` when the state can't be read.
    public func plan(
        _ files: [DefinitionFile], _ options: ApplyOptions, in organization: OrganizationID
    ) async throws -> Plan {
        try await prepare(files, options, organization).plan
    }

    /// The same, with what decisions would stand on then.
    public func rehearse(
        _ files: [DefinitionFile], _ options: ApplyOptions, in organization: OrganizationID
    ) async throws -> Rehearsal {
        let tenant = try await requireOrganization(organization)
        let prepared = try await prepare(files, options, organization)
        return Rehearsal(
            plan: prepared.plan, agents: prepared.named, organization: tenant, people: prepared.people,
            reader: FactsReader(store: store, channels: NoChannels()), now: world.now())
    }

    func prepare(
        _ files: [DefinitionFile], _ options: ApplyOptions, _ organization: OrganizationID
    ) async throws -> PreparedPlan {
        let read = try HomeDefinition(reading: files, asAgent: options.asAgent)
        if options.prunes { try requireWhole(read, options) }
        var requires = await [reading(.organization(organization)), reading(.sharing(organization))]
        for agent in read.agents { requires += await connectionReadings(of: agent.id, in: organization) }
        // Pruning is about every agent that there is; the rest about those that the files name.
        let there = options.prunes ? try await self.read { try await store.agents(in: organization) }.map(\.id) : []
        requires += await readings(of: Set(there + read.agents.map(\.id)).sorted().map { .agent(organization, $0) })
        let known = try await agents(in: organization)
        let tenant = try await requireOrganization(organization)
        let people = try await self.people(in: organization)
        let baseline = try await baseline(in: organization)
        let models = try await models(in: organization)
        var writer = PlanWriter(
            organization: tenant, shelf: shelf, known: known, people: people,
            sharing: try await self.read { try await store.sharing(in: organization) },
            accounts: try await heldAccounts(in: organization), baseline: baseline ?? Baseline(),
            drift: try await explained(baseline?.drift(known, people, models) ?? [], organization), options: options,
            transcriptDays: try await transcriptDays(in: organization), models: models, now: world.now())
        try await writer.add(
            read, bindings: try await bindings(in: organization))
        guard writer.problems.isEmpty else { throw SourceProblems(writer.problems) }
        var prepared = writer.prepared(at: world.now())
        prepared.requires = requires
        return prepared
    }

    /// Applies what was planned, whole or not at all, with one leaf.
    ///
    /// - Parameter expecting: the digest of the plan that was shown; nil applies whatever the plan is now.
    public func apply(
        _ files: [DefinitionFile], _ options: ApplyOptions, expecting: Digest?, by administrator: Administrator,
        in organization: OrganizationID
    ) async throws -> Plan {
        let prepared = try await prepare(files, options, organization)
        let plan = prepared.plan
        if let expecting, expecting != plan.digest {
            throw RegistryError(
                .refused, "the home has changed since this was planned", hint: "look at `deputy plan` again")
        }
        guard !plan.isEmpty || prepared.baseline != nil else { return plan }
        if !options.overwritesDrift { try plan.drift.requireNoneUndone() }
        let warnings = plan.agents.flatMap(\.warnings)
        if !options.acknowledgesOwnAccounts { try warnings.requireAcknowledgement() }
        let leaf = try leaf(
            [
                "change": "definition.applied", "by": .string(administrator.text), "plan": .string(plan.digest.hex),
                "agents": .array(plan.agents.map { .string($0.agent.raw) }),
                "people": .array(plan.people.map { .string($0.raw) }), "bindings": .bool(plan.changesBindings),
                "organization": .array(plan.organization.map { [.string($0.key), $0.after ?? .null] }),
                "newly": .array((plan.newlyForAll + plan.agents.flatMap(\.sentences)).prefix(100).map { .string($0) }),
                "suspended": .array(plan.pruned.map { .string($0.raw) }),
                "undone": .array(plan.drift.filter(\.isUndone).prefix(100).map { .string($0.sentence) }),
                "acknowledged": .array(warnings.prefix(100).map { .string($0.sentence) }),
            ], in: organization)
        try await commit(
            Transaction(
                requires: prepared.requires, bumps: prepared.bumps,
                changes: prepared.changes
                    + (prepared.baseline.map {
                        [RegistryChange.setDocument(organization, Baseline.document, $0.json)]
                    } ?? []), leaves: [leaf]))
        return plan
    }

    /// Pruning by a part of the files would suspend what stands in the others.
    private func requireWhole(_ read: HomeDefinition, _ options: ApplyOptions) throws(RegistryError) {
        guard !options.asAgent else {
            throw RegistryError(
                .invalid, "one agent's object alone doesn't say which others are gone",
                hint: "prune with every file of the definition")
        }
        guard !read.agents.isEmpty else {
            throw RegistryError(
                .invalid, "the files name no agent, so that pruning would suspend every one that was applied",
                hint: "prune with every file of the definition, or suspend them one by one")
        }
    }
}

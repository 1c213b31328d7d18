import Authority
import Wire

/// Everything that one try at a decision stands on.
struct GatheredFacts {
    let request: Request
    let mandate: Mandate
    let arguments: JSONObject
    let candidates: [ConnectionUse]
    let labels: Labels
    let session: SessionState?
    /// What the labels were read under. A call that sends compares it in its commit; a result compares it before its answer.
    let sessionEpoch: EpochReading
    let subject: String?
    /// What the commit has to find unmoved.
    var epochs: [EpochReading]

    /// The only owner whose connection the call may use.
    var owner: Owner? { mandate.slot(of: request.tool).flatMap { mandate.owner(of: $0, for: request.requester) } }
}

extension ActionGate {
    /// The registry's, the broker's and the session's facts for one call.
    func gather(
        _ call: ToolCallRequest, _ authority: AuthorityFacts, _ index: ToolIndex, _ tool: CallableTool,
        arguments: JSONObject?, concurrent: Int
    ) async throws -> GatheredFacts {
        var epochs = authority.epochs
        let labelled = try await labels(of: call.session, counting: &epochs, for: tool.spec.effect)
        let found = try await connections(for: call, authority.mandate, index, tool.spec)
        if let found { epochs.append(found.epoch) }
        let candidates =
            found.map { call.lacks?.applied(to: $0.connections, for: tool.spec.name) ?? $0.connections } ?? []
        let request = Request(
            organization: call.organization, requester: call.requester, trigger: call.trigger, tool: index,
            facets: try await facets(of: arguments, tool, authority.directory),
            standing: authority.standing, client: authority.client, labels: labelled.labels,
            connections: candidates.map(\.facts), chosen: found?.chosen[authority.mandate.agent],
            subject: authority.subjects[tool.spec.provider],
            agreed: authority.agreed, budget: try await budget(of: authority.mandate, concurrent: concurrent),
            orders: try await counted(authority.orders, call.trigger, of: authority.mandate),
            isShared: authority.isShared, editsMemory: authority.editsMemory)
        return GatheredFacts(
            request: request, mandate: authority.mandate, arguments: arguments ?? [:],
            candidates: candidates,
            labels: labelled.labels, session: labelled.state, sessionEpoch: labelled.epoch,
            subject: authority.subjects[tool.spec.provider],
            epochs: epochs)
    }

    /// Nil where nobody gave arguments.
    private func facets(
        of arguments: JSONObject?, _ tool: CallableTool, _ directory: any Directory
    ) async throws -> Facets? {
        guard let arguments else { return nil }
        let extraction = FacetExtraction(roles: tool.roles)
        let addresses = Set(extraction.destinations(in: arguments).map { $0.lowercased() })
        let people = addresses.isEmpty ? [:] : try await directory.people(at: addresses)
        return extraction.facets(of: arguments, among: people)
    }

    /// Labels matter to what leaves the session, so only for those does the commit compare the session's epoch.
    private func labels(
        of session: SessionKey, counting epochs: inout [EpochReading], for effect: Effect
    ) async throws -> (labels: Labels, state: SessionState?, epoch: EpochReading) {
        let epoch = await commits.reading(.session(session))
        if effect.isSink { epochs.append(epoch) }
        let state = try await sessions.state(of: session)
        return (state?.labels(at: world.now()) ?? .fresh, state, epoch)
    }

    /// Those of the slot's owner; nil for a tool that needs none, or where there is no such owner.
    private func connections(
        for call: ToolCallRequest, _ mandate: Mandate, _ index: ToolIndex, _ spec: ToolSpec
    ) async throws -> FoundConnections? {
        guard spec.needsConnection, let slot = mandate.slot(of: index),
            let owner = mandate.owner(of: slot, for: call.requester)
        else { return nil }
        return try await connections.connections(of: owner, at: spec.provider, in: call.organization)
    }

    private func budget(of mandate: Mandate, concurrent: Int) async throws -> BudgetFacts {
        var facts = BudgetFacts(concurrent: concurrent)
        for spend in spends(of: mandate) {
            let used = try await budgets.used(spend.window)
            switch spend.window.length {
            case .minute: facts.callsThisMinute = used
            case .day: facts.callsToday = used
            }
        }
        return facts
    }

    /// What a permitted call of this agent spends.
    func spends(of mandate: Mandate) -> [BudgetSpend] {
        let limits = mandate.definition.budget
        let now = world.now()
        let windows: [(BudgetWindow.Length, Int?)] = [(.minute, limits.callsPerMinute), (.day, limits.callsPerDay)]
        return windows.compactMap { length, limit in
            limit.map {
                BudgetSpend(
                    window: BudgetWindow(
                        organization: mandate.organization, agent: mandate.agent, length: length, at: now), limit: $0)
            }
        }
    }
}

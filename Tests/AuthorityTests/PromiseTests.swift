import Authority
import Testing

/// What must hold of every permit, said without the rules: by looking at the definition and the request alone.
@Suite struct PromiseTests {
    static let permits: [(sample: Sample, connection: ConnectionID?)] = Sample.all.compactMap { sample in
        if case .permit(let connection) = sample.decision.verdict { (sample, connection) } else { nil }
    }

    @Test func `a permit names only a connection whose owner is the slot's`() throws {
        var named = 0
        for (sample, connection) in Self.permits {
            let (definition, request) = (sample.world.definition, sample.request)
            let tool = sample.world.catalogue[request.tool]
            #expect((connection != nil) == tool.needsConnection)
            guard let connection else { continue }
            let slot = try #require(definition.slots.first { $0.provider == tool.provider })
            let owner: Owner? =
                slot.owner == .agent
                ? .agent(definition.agent)
                : sample.world.naivePrincipal(of: request.requester).map(Owner.person)
            let facts = request.connections.filter { $0.id == connection }
            #expect(facts.count == 1)
            #expect(facts.allSatisfy { $0.owner == owner && $0.provider == tool.provider && $0.host == tool.host })
            #expect(facts.allSatisfy { $0.health == .healthy && $0.scopes.isSuperset(of: tool.scopes) })
            named += 1
        }
        #expect(named > 1_000)
    }

    @Test func `nothing external is permitted without the approval of somebody entitled`() {
        var external = 0
        for (sample, _) in Self.permits where !["read", "draft"].contains(sample.effect) {
            let (definition, request) = (sample.world.definition, sample.request)
            guard (request.facets?.destinations ?? []).contains(where: \.isOutside) else { continue }
            external += 1
            let approvals = request.evidence.filter { $0.kind == .approval }.map(\.by)
            let entitled: [PersonID] =
                if definition.actsAs == .claw {
                    [definition.owner] + definition.approvers.filter { $0 != request.requester.person }
                } else {
                    sample.world.naivePrincipal(of: request.requester).map { [$0] } ?? []
                }
            #expect(approvals.contains { entitled.contains($0) })
        }
        #expect(external > 100)
    }

    @Test func `a delegate of tier 1 reads and drafts, and nothing else`() {
        var permitted = 0
        for (sample, _) in Self.permits where sample.world.definition.tier == .one {
            #expect(["read", "draft"].contains(sample.effect))
            permitted += 1
        }
        #expect(permitted > 50)
    }

    @Test func `a permitted use is within client, tool lists, organization and budget`() {
        for (sample, _) in Self.permits {
            let (definition, request) = (sample.world.definition, sample.request)
            let tool = sample.world.catalogue[request.tool]
            let groups = sample.world.catalogue.groups
            #expect(request.client.ceiling.contains(tool.effect) && request.client.agents.contains(definition.agent))
            #expect(!definition.deny.contains { means($0, tool.name, groups: groups) })
            #expect(definition.allow.map { $0.contains { means($0, tool.name, groups: groups) } } ?? true)
            #expect(request.organization == definition.organization && !request.standing.isStopped)
            #expect(request.budget.callsToday < definition.budget.callsPerDay ?? .max)
            #expect(definition.actsAs != nil && (definition.actsAs != .assistant || request.requester.person != nil))
        }
    }

    @Test func `a tool that isn't listed can't be called in any way`() {
        var hidden = 0
        for sample in Sample.all.prefix(6_000) where !mayBeListed(sample.request, sample.world.mandate) {
            hidden += 1
            var generator = sample.generator
            let tool = sample.world.catalogue[sample.request.tool]
            for _ in 0..<3 {
                var request = sample.request
                request.facets = generator.facets(for: tool, subject: request.subject)
                request.evidence = EvidenceTests.everything
                #expect(decide(request, sample.world.mandate).verdict.name == "deny")
            }
        }
        #expect(hidden > 1_000)
    }

    @Test func `a tool is listed unless something other than its arguments is denied`() {
        let aboutArguments: Set<Rule> = [.restrictedExport, .otherSubject]
        for sample in Sample.all.prefix(6_000) {
            // A standing order may speak of the tool, and not of whom this call is for.
            if !sample.request.orders.isEmpty, sample.request.facets?.destinations.isEmpty == false { continue }
            let denials = sample.decision.findings.filter { $0.kind == .denial && !aboutArguments.contains($0.rule) }
            #expect(mayBeListed(sample.request, sample.world.mandate) == denials.isEmpty)
        }
    }

    @Test func `a tool that is listed can be called in some way, arguments and evidence permitting`() {
        for (sample, _) in Self.permits {
            #expect(mayBeListed(sample.request, sample.world.mandate))
        }
    }
}

extension Sample {
    /// The effect of the tool that is asked for, by name.
    var effect: String { world.catalogue[request.tool].effect.rawValue }
}

import Authority
import Testing

struct StandingOrderTests {
    /// Tier 3 delegates whose one principal it is, on a schedule, with everything else in their favour.
    private static let unattended: [(sample: Sample, decision: Decision)] = {
        var generator = Generator(seed: 40)
        var found: [(Sample, Decision)] = []
        while found.count < 4_000 {
            let world = generator.world()
            guard world.definition.actsAs == .delegate, world.definition.tier == .three else { continue }
            for _ in 0..<20 {
                var request = generator.request(to: world)
                request.trigger = .schedule
                if generator.dice.chance(70) { request.requester = .nobody }
                found.append(
                    (Sample(number: found.count, world: world, request: request), decide(request, world.mandate)))
            }
        }
        return found
    }()

    /// Written from the promise, without the code: an order that holds, that names the tool, the effect and whoever gets it.
    private static func isOrdered(_ sample: Sample) -> Bool {
        let tool = sample.world.catalogue[sample.request.tool]
        return sample.request.orders.contains { facts in
            facts.standing == .live && facts.used < facts.order.callsPerDay
                && sample.world.definition.principals.contains(facts.order.principal)
                && facts.order.tools.contains(tool.name) && facts.order.effects.contains(tool.effect)
                && (sample.request.facets?.destinations ?? []).allSatisfy { destination in
                    switch (destination, facts.order.recipients) {
                    case (.insider, .insiders): true
                    case (.insider(let person), .only(let people)): people.contains(person)
                    case (.outsider, _): false
                    }
                }
        }
    }

    @Test func `nothing is done unattended, and nobody is even asked, without an order that holds`() {
        var permits = 0
        for (sample, decision) in Self.unattended {
            switch decision.verdict {
            case .permit, .ask, .connect:
                #expect(Self.isOrdered(sample), "\(sample.number)")
                #expect(decision.order != nil)
                if case .permit = decision.verdict { permits += 1 }
            case .deny: continue
            }
        }
        print("unattended: \(permits) permits of \(Self.unattended.count)")
        #expect(permits > 100)
    }

    @Test func `without its orders each of them is refused`() {
        for (sample, decision) in Self.unattended {
            var request = sample.request
            request.orders = []
            let without = decide(request, sample.world.mandate)
            #expect(without.verdict.name == "deny")
            #expect(without.verdict.rank <= decision.verdict.rank)
        }
    }

    @Test func `an order lifts no denial, and nothing that leaves the organization`() {
        for (sample, decision) in Self.unattended {
            guard case .permit = decision.verdict else { continue }
            #expect(!decision.findings.contains { $0.kind == .denial })
            let destinations = sample.request.facets?.destinations ?? []
            #expect(destinations.allSatisfy { !$0.isOutside })
            #expect([.read, .draft, .send, .create].contains(sample.world.catalogue[sample.request.tool].effect))
        }
    }

    @Test func `what holds no more says why`() {
        var rules: [Rule: Int] = [:]
        for (_, decision) in Self.unattended {
            for finding in decision.findings { rules[finding.rule, default: 0] += 1 }
        }
        for rule in [Rule.noStandingOrders, .orderExpired, .orderEdited, .orderSpent] {
            #expect(rules[rule, default: 0] > 20, "\(rule.rawValue)")
        }
    }

    @Test func `a planted fault is found: an order that is over counts`() {
        let isFound = Self.unattended.contains { sample, decision in
            var request = sample.request
            request.orders = request.orders.map {
                StandingOrderFacts(
                    order: $0.order, revision: $0.revision, standing: $0.standing == .expired ? .live : $0.standing,
                    used: $0.used)
            }
            guard case .permit = decide(request, sample.world.mandate).verdict else { return false }
            return !Self.isOrdered(sample)
        }
        #expect(isFound)
    }
}

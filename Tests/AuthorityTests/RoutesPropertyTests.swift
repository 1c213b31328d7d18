import Authority
import Testing

struct RoutesPropertyTests {
    private struct World {
        var dice: SplitMix

        mutating func peer() -> Peer {
            Peer(kind: dice.pick(Peer.Kind.allCases), id: dice.pick(["p", "q", "P"]))
        }

        mutating func maybe<Value>(_ percent: Int, _ value: (inout World) -> Value) -> Value? {
            dice.chance(percent) ? value(&self) : nil
        }

        mutating func binding() -> Binding {
            let guild = maybe(50) { $0.dice.pick(["g", "h"]) }
            return Binding(
                agent: AgentID(dice.pick(["a", "b", "c"])),
                match: Binding.Match(
                    channel: dice.pick(weighted: [(4, "slack"), (1, "mail")]),
                    account: maybe(50) { $0.dice.pick(["x", "y"]) }, peer: maybe(50) { $0.peer() }, guild: guild,
                    team: maybe(40) { $0.dice.pick(["t", "u"]) },
                    roles: guild == nil ? [] : Set(dice.some(of: ["r", "s"], percent: 30))))
        }

        mutating func arrival() -> Arrival {
            Arrival(
                channel: dice.pick(weighted: [(8, "slack"), (2, "mail")]), account: dice.pick(["x", "y", "z"]),
                peer: peer(), parent: maybe(40) { $0.peer() }, guild: maybe(70) { $0.dice.pick(["g", "h"]) },
                team: maybe(70) { $0.dice.pick(["t", "u"]) }, roles: Set(dice.some(of: ["r", "s"], percent: 50)))
        }
    }

    @Test func `a lookup says what looking at every binding says, whatever their order`() {
        var tiers: [RouteTier: Int] = [:]
        var (ties, nobody) = (0, 0)
        for seed in 0..<20_000 {
            var world = World(dice: SplitMix(seed: UInt64(seed)))
            let bindings = (0..<world.dice.below(9)).map { _ in world.binding() }
            let otherwise = world.maybe(50) { _ in AgentID("main") }
            let arrival = world.arrival()
            let expected = NaiveRouting(bindings: bindings, otherwise: otherwise).route(arrival)
            for order in [bindings, bindings.shuffled(using: &world.dice)] {
                let routes = Routes(order, otherwise: otherwise)
                let told = routes.explain(arrival)
                do throws(RouteError) {
                    let routed = try routes.route(arrival)
                    #expect(expected.agents == [routed.agent] && expected.tier == routed.tier, "seed \(seed)")
                    let first = told.first { $0.standing == .matches(routed.tier) }
                    #expect(first?.binding == routed.binding, "seed \(seed)")
                } catch {
                    switch error {
                    case .nobody:
                        #expect(expected.agents.isEmpty && told.allSatisfy { $0.standing.tier == nil }, "seed \(seed)")
                    case .tied(let tied):
                        #expect(expected.agents == Set(tied.map(\.agent)) && tied.count > 1, "seed \(seed)")
                        #expect(Set(tied.map(\.match.claim)).count == 1, "seed \(seed)")
                        #expect(told.filter { $0.standing == expected.tier.map { .tied($0) } }.map(\.binding) == tied)
                    }
                }
            }
            switch expected.agents.count {
            case 0: nobody += 1
            case 1: tiers[expected.tier ?? .default, default: 0] += 1
            default: ties += 1
            }
        }
        // The run has seen each way in which a message can be routed.
        for tier in RouteTier.allCases { #expect(tiers[tier] ?? 0 >= 200, "\(tier): \(tiers)") }
        #expect(ties >= 200 && nobody >= 200, "\(ties) ties, \(nobody) for nobody")
    }

    @Test func `bindings whose claims differ never tie`() {
        for seed in 0..<5_000 {
            var world = World(dice: SplitMix(seed: UInt64(seed)))
            var claimed: [Binding.Match.Claim: Binding] = [:]
            for _ in 0..<8 {
                let binding = world.binding()
                claimed[binding.match.claim] = binding
            }
            let routes = Routes(Array(claimed.values), otherwise: AgentID("main"))
            for _ in 0..<5 { #expect(throws: Never.self) { try routes.route(world.arrival()) } }
        }
    }
}

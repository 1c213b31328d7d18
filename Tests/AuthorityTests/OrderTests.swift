import Authority
import Testing

@Suite struct OrderTests {
    @Test func `the order of a definition's lists changes nothing`() throws {
        for (number, (world, requests)) in Sample.byWorld(250).enumerated() {
            var dice = SplitMix(seed: UInt64(number))
            let shuffled = try #require(
                world.changed {
                    $0.slots.shuffle(using: &dice)
                    $0.tools.shuffle(using: &dice)
                    $0.allow?.shuffle(using: &dice)
                    $0.deny.shuffle(using: &dice)
                    $0.guests.shuffle(using: &dice)
                    $0.ask.shuffle(using: &dice)
                    $0.lifts.shuffle(using: &dice)
                    $0.grants.shuffle(using: &dice)
                })
            for request in requests {
                #expect(decide(request, world.mandate) == decide(request, shuffled.mandate))
            }
        }
    }

    @Test func `the order of a request's lists changes no verdict`() {
        for sample in Sample.all.prefix(4_000) {
            var dice = sample.generator.dice
            var request = sample.request
            request.connections.shuffle(using: &dice)
            request.evidence.shuffle(using: &dice)
            request.facets?.destinations.shuffle(using: &dice)
            request.facets?.unexplained.shuffle(using: &dice)
            #expect(NaiveAnswer(decide(request, sample.world.mandate)) == NaiveAnswer(sample.decision))
        }
    }

    @Test func `the order of the catalogue changes nothing`() throws {
        for (number, (world, requests)) in Sample.byWorld(150).enumerated() {
            var dice = SplitMix(seed: UInt64(number))
            let catalogue = ToolCatalogue(
                tools: world.catalogue.tools.shuffled(using: &dice), groups: world.catalogue.groups)
            let mandate = try Mandate(compiling: world.definition, with: catalogue)
            #expect(mandate.capabilities == world.mandate.capabilities)
            for request in requests {
                var moved = request
                moved.tool = try #require(catalogue.index(of: world.catalogue[request.tool].name))
                #expect(decide(moved, mandate) == decide(request, world.mandate))
            }
        }
    }

    @Test func `the same request is decided alike again`() {
        for sample in Sample.all.prefix(1_000) {
            #expect(sample.decision == sample.decision)
        }
    }
}

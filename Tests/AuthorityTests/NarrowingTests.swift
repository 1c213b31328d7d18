import Authority
import Testing

@Suite struct NarrowingTests {
    @Test(arguments: Narrowing.allCases)
    func `a narrower definition is never more permissive`(narrowing: Narrowing) {
        var stricter = 0
        for (number, (world, requests)) in Sample.byWorld(160).enumerated() {
            var generator = Generator(seed: UInt64(number))
            guard let narrower = narrowing.apply(to: world, &generator) else { continue }
            for request in requests.map(narrowing.aimed) {
                let before = decide(request, world.mandate)
                let after = decide(request, narrower.mandate)
                #expect(after.verdict.rank <= before.verdict.rank, "\(world.definition) \(request)")
                if after.verdict.rank < before.verdict.rank { stricter += 1 }
            }
        }
        print("narrower definition, \(narrowing.rawValue): \(stricter) stricter")
        #expect(stricter > 0, "the edit never changed anything, so nothing was shown")
    }

    @Test(arguments: RequestNarrowing.allCases)
    func `narrower facts are never more permissive`(narrowing: RequestNarrowing) {
        var stricter = 0
        for sample in Sample.all.prefix(2_000) {
            var generator = sample.generator
            let before = sample.decision
            let after = decide(narrowing.apply(to: sample.request, &generator), sample.world.mandate)
            #expect(after.verdict.rank <= before.verdict.rank, "\(sample.world.definition) \(sample.request)")
            if after.verdict.rank < before.verdict.rank { stricter += 1 }
        }
        #expect(stricter > 0, "the change never changed anything, so nothing was shown")
    }

    @Test func `the check notices a wider definition`() {
        let worlds = Sample.byWorld(160)
        let isNoticed = worlds.contains { world, requests in
            guard let wider = world.changed({ $0.deny = [] }) else { return false }
            return requests.contains {
                decide($0, wider.mandate).verdict.rank > decide($0, world.mandate).verdict.rank
            }
        }
        #expect(isNoticed)
    }
}

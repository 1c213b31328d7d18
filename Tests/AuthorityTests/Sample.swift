import Authority

/// One generated request to one generated agent.
struct Sample: Sendable {
    let number: Int
    let world: World
    let request: Request

    /// The same cases for every test of a run, and for every run: what fails once fails again.
    static let all: [Sample] = {
        var generator = Generator(seed: 2_026)
        var samples: [Sample] = []
        samples.reserveCapacity(worlds * requestsEach)
        for _ in 0..<worlds {
            let world = generator.world()
            for _ in 0..<requestsEach {
                samples.append(Sample(number: samples.count, world: world, request: generator.request(to: world)))
            }
        }
        return samples
    }()

    static let worlds = 700
    static let requestsEach = 15

    /// The first worlds, each with its requests.
    static func byWorld(_ count: Int) -> [(world: World, requests: [Request])] {
        (0..<count).map { number in
            let samples = all[number * requestsEach..<(number + 1) * requestsEach]
            return (samples[samples.startIndex].world, samples.map(\.request))
        }
    }

    /// Chance for whatever is varied about this case; the same in every run.
    var generator: Generator { Generator(seed: UInt64(number) &* 7_919 &+ 1) }

    var decision: Decision { decide(request, world.mandate) }
}

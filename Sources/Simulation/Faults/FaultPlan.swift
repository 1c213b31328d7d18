/// Which faults a run has. What happens at the n-th arrival at a port follows from the seed and n, so that single faults
/// can be taken away when a failing run is made smaller.
struct FaultPlan {
    private let seed: UInt64
    /// Points that this run goes for, so that rare ones are hit too.
    private var focus: [FaultPoint: Int]
    /// Nil for all; else only these arrivals may have a fault.
    private let allowed: Set<Int>?
    private var arrivals = 0
    private var crashes = 0
    /// The arrivals that had one, in order.
    private(set) var fired: [(arrival: Int, point: FaultPoint)] = []
    /// False while the home is made, and while the run settles at its end.
    var isOn = false

    private static let mostCrashes = 6
    /// How often a run hits each of the points that it goes for.
    private static let mostAimed = 3

    /// - Parameter extra: what the run goes for besides, as often as it comes there.
    init(seed: UInt64, allowed: Set<Int>?, extra: FaultPoint? = nil) {
        self.seed = seed
        self.allowed = allowed
        let all = FaultPoint.all
        let aim = FaultPlan.aim(of: seed)
        var generator = SeededGenerator(seed: seed, stream: "aims")
        var aims: Set<FaultPoint> = [aim, generator.pick(all)]
        if aim.situation == .starting { aims.insert(FaultPoint(.registry, .judging, .crashBefore)) }
        focus = Dictionary(uniqueKeysWithValues: aims.map { ($0, FaultPlan.mostAimed) })
        if let way = FaultPlan.way(to: aim) { focus[way] = .max }
        if let extra { focus[extra] = .max }
    }

    /// What the run with this seed goes for first.
    static func aim(of seed: UInt64) -> FaultPoint { FaultPoint.all[Int(seed % UInt64(FaultPoint.all.count))] }

    /// A fault without which the product doesn't get there at all.
    private static func way(to aim: FaultPoint) -> FaultPoint? {
        switch (aim.port, aim.situation) {
        // Nobody looks whether an effect happened unless its answer was lost.
        case (.verify, let situation): FaultPoint(.effect, situation, .lostAnswer)
        // A connection is marked when its credential was refused.
        case (.connections, .sent): FaultPoint(.effect, .intended, .badCredential)
        case (.connections, .done): FaultPoint(.effect, .carrying, .badCredential)
        // Whether a token still is one is asked after an attempt that nobody knows the end of.
        case (.introspection, .claimed): FaultPoint(.tokens, .claimed, .lostRequest)
        // A renewal that failed is written down while its lease is held.
        case (.commit, .claimed): FaultPoint(.tokens, .claimed, .tooMany)
        // Whoever is late with new tokens looks whether their connection was given up meanwhile.
        case (.connections, .granted): FaultPoint(.tokens, .claimed, .clockForward)
        case _: nil
        }
    }

    mutating func fault(at port: Port, _ situation: Situation) -> Fault? {
        arrivals += 1
        guard isOn, allowed?.contains(arrivals) ?? true else { return nil }
        var generator = SeededGenerator(seed: seed &+ UInt64(arrivals) &* 0x9E37_79B9_7F4A_7C15, stream: "faults")
        let (aim, chance) = (generator.below(3), generator.below(120))
        let aimed = focus.keys.filter { $0.port == port && $0.situation == situation && focus[$0] != 0 }.sorted()
        let fault: Fault
        // Where the product seldom comes, no second visit is counted on.
        if port.isSeldom(in: situation) || aim == 0, let first = aimed.first {
            fault = first.fault
            focus[first, default: 1] -= 1
        } else if chance == 0 {
            fault = generator.pick(port.faults)
            guard port.allows(fault, in: situation) else { return nil }
        } else {
            return nil
        }
        switch fault {
        case .crashBefore, .crashAfter, .torn:
            guard crashes < FaultPlan.mostCrashes else { return nil }
            crashes += 1
        case .error, .slow, .fsync, .lostAnswer, .lostRequest, .late, .duplicate, .refused, .badCredential,
            .serverError, .tooMany, .cancelled, .clockForward, .clockBack:
            break
        }
        fired.append((arrivals, FaultPoint(port, situation, fault)))
        return fault
    }
}

/// Steele, Lea and Flood's SplitMix64: small, seeded, the same on every machine.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True in `percent` of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool {
        below(100) < percent
    }

    mutating func below(_ bound: Int) -> Int {
        Int(next() % UInt64(bound))
    }

    /// One of them; there has to be one.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// One of them, each as often as its weight says.
    mutating func pick<Element>(weighted elements: [(weight: Int, value: Element)]) -> Element {
        var left = below(elements.reduce(0) { $0 + $1.weight })
        for element in elements {
            left -= element.weight
            if left < 0 { return element.value }
        }
        return elements[elements.count - 1].value
    }

    /// Each of them with that chance, in their order.
    mutating func some<Element>(of elements: [Element], percent: Int) -> [Element] {
        elements.filter { _ in chance(percent) }
    }

    mutating func some<Element>(_ count: ClosedRange<Int>, of elements: [Element]) -> [Element] {
        (0..<(count.lowerBound + below(count.count))).map { _ in pick(elements) }
    }
}

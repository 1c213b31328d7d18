import Authority
import Foundation
import Wire

extension Bench {
    /// How often one decision allocates, as `Benchmarks/interposer/count.c` counts it; nothing where that isn't loaded.
    ///
    /// The last row shows that it counts: ten, no more and no fewer.
    static func allocationRows() throws -> [JSON] {
        guard let symbol = dlsym(nil, "deputy_allocations") else { return [] }
        let count = unsafeBitCast(symbol, to: (@convention(c) () -> Int).self)
        let (mandates, catalogue) = try policy()
        let requests = requests(of: mandates, catalogue)
        func allocations(_ body: () -> Void) -> Double {
            body()
            let before = count()
            body()
            return Double(count() - before)
        }
        let permits = allocations {
            for (request, mandate) in zip(requests, mandates) { _ = decide(request, mandate) }
        }
        let denials = allocations {
            for (request, mandate) in zip(requests, mandates.reversed()) { _ = decide(request, mandate) }
        }
        var blocks: [UnsafeMutableRawPointer?] = []
        blocks.reserveCapacity(20)
        let known = allocations {
            for size in 1...10 { blocks.append(malloc(size)) }
        }
        for block in blocks { free(block) }
        let number = Double(requests.count)
        return [
            row("allocations of one permit", permits / number, "", budget: 0),
            row("allocations of one denial", denials / number, ""),
            row("allocations of ten blocks", known, ""),
        ]
    }
}

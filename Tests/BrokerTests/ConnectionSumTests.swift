import Authority
import Testing
import Wire

@testable import Broker

struct ConnectionSumTests {
    private func told(_ number: Int) -> Told {
        Told([
            "owner": "person:alice", "provider": "gmail", "account": .string("a\(number)"), "generation": 1,
            "fingerprint": .string("fp_\(number)"),
        ])
    }

    private func sum(_ numbers: [Int], key: [UInt8] = [UInt8](repeating: 1, count: 32)) -> ConnectionSum {
        var sum = ConnectionSum()
        for number in numbers { sum.add(told(number), of: "con_\(number)", under: key) }
        return sum
    }

    @Test func `the order doesn't matter, and everything else does`() {
        let numbers = Array(0..<200)
        #expect(sum(numbers) == sum(numbers.shuffled()))
        #expect(sum(numbers) != sum(Array(numbers.dropLast())))
        #expect(sum(numbers) != sum(numbers.dropLast() + [198]))
        #expect(sum(numbers) != sum(numbers, key: [UInt8](repeating: 2, count: 32)))
    }

    @Test func `what is taken away again leaves nothing behind`() {
        let key = [UInt8](repeating: 1, count: 32)
        for _ in 0..<50 {
            let numbers = (0..<20).map { _ in Int.random(in: 0..<1000) }
            var whole = sum(numbers)
            for number in numbers.dropFirst().shuffled() {
                whole.subtract(told(number), of: "con_\(number)", under: key)
            }
            #expect(whole == sum([numbers[0]]))
        }
    }

    @Test func `a revoked connection counts as none`() {
        var revoked = told(1)
        revoked.health = .revoked
        var sum = ConnectionSum()
        sum.add(revoked, of: "con_1", under: [1])
        #expect(sum == ConnectionSum())
    }
}

import Synchronization
import Testing

@testable import Gateway

struct AttemptsTests {
    private let attempts = Attempts(burst: 3, perSecond: 0, atOnce: 2)
    private let address = SourceAddress("192.0.2.1")

    private func spend() {
        for _ in 0..<3 { #expect(attempts.charge(address) == nil) }
        #expect(attempts.charge(address) != nil)
    }

    @Test func `what is right is looked at, however often others at its address failed`() async {
        spend()
        for number in 0..<100 { #expect(await attempts.look(at: address) { number } == number) }
        #expect(attempts.charge(address) != nil, "and who fails goes on waiting")
        #expect(attempts.charge(SourceAddress("192.0.2.2")) == nil)
    }

    @Test func `an address that failed too often is looked at a few at a time, and all have their turn`() async {
        spend()
        #expect(await concurrency(of: 50) == 2)
    }

    @Test func `an address that didn't fail waits for nobody`() async {
        #expect(await concurrency(of: 50) == 50)
    }

    @Test func `a look that fails leaves its place to the next`() async {
        struct Wrong: Error {}
        spend()
        for _ in 0..<10 {
            await #expect(throws: Wrong.self) { try await attempts.look(at: address) { throw Wrong() } }
        }
        #expect(await attempts.look(at: address) { true })
    }

    /// How many are looked at together while nobody goes on.
    private func concurrency(of count: Int) async -> Int {
        let (inside, done) = (Count(), Count())
        let gate = Gate()
        let most = await withTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    await attempts.look(at: address) {
                        inside.add()
                        while !gate.isOpen { await Task.yield() }
                        done.add()
                    }
                }
            }
            while inside.value + attempts.waiting < count { await Task.yield() }
            let most = inside.value
            gate.open()
            return most
        }
        #expect(done.value == count && attempts.waiting == 0)
        return most
    }

    private final class Count: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    private final class Gate: Sendable {
        private let state = Mutex(false)
        var isOpen: Bool { state.withLock { $0 } }
        func open() { state.withLock { $0 = true } }
    }
}

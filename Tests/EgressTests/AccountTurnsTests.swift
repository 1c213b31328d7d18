import Authority
import Broker
import Gate
import Hummingbird
import Synchronization
import Testing
import Wire

@testable import Egress

/// An account that takes so many requests at once.
struct AccountTurnsTests {
    private let line = (key: "outlook/tenant/alice", bound: 2)

    @Test func `has no more under way, and whoever came first goes first`() async throws {
        let turns = AccountTurns()
        let seen = Order()
        #expect(await turns.take(line))
        #expect(await turns.take(line))
        var tasks: [Task<Bool, Never>] = []
        for number in 0..<4 {
            let task = Task {
                let isGiven = await turns.take(line)
                seen.numbers.withLock { $0.append(number) }
                return isGiven
            }
            while turns.waiting(line.key) < number + 1 { await Task.yield() }
            tasks.append(task)
        }
        #expect(await turns.take((key: "outlook/tenant/bob", bound: 2)), "another account has its own")
        turns.leave((key: "outlook/tenant/bob", bound: 2))
        #expect(seen.numbers.withLock(\.self) == [])
        for number in 0..<4 {
            turns.leave(line)
            #expect(await tasks[number].value)
            #expect(seen.numbers.withLock(\.self) == Array(0...number))
        }
        turns.leave(line)
        #expect(turns.busy == 1)
        turns.leave(line)
        #expect(turns.busy == 0, "nothing is kept of a line that is empty")
    }

    @Test func `forgets who doesn't wait any more`() async throws {
        let turns = AccountTurns()
        let one = (key: line.key, bound: 1)
        #expect(await turns.take(one))
        let gone = Task { await turns.take(one) }
        while turns.waiting(one.key) < 1 { await Task.yield() }
        let stays = Task { await turns.take(one) }
        while turns.waiting(one.key) < 2 { await Task.yield() }
        gone.cancel()
        #expect(await !gone.value)
        turns.leave(one)
        #expect(await stays.value)
        turns.leave(one)
        #expect(turns.busy == 0)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await turns.take(one)
        }
        #expect(await !late.value)
        #expect(turns.busy == 0)
    }

    @Test func `is sent no more, and what gets no turn in time isn't sent`() async throws {
        let seen = Order()
        let router = Router()
        router.post("/slow") { _, _ in
            let now = seen.underWay.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
            seen.most.withLock { $0 = max($0, now) }
            while seen.refused.withLock(\.self) < seen.awaited.withLock(\.self) {
                try await Task.sleep(for: .milliseconds(5))
            }
            seen.underWay.subtract(1, ordering: .sequentiallyConsistent)
            return "done"
        }
        try await serving(router) { origin in
            // Whoever is impatient has gone before anybody is answered.
            for (patience, isAnswered) in [(Duration.seconds(20), 8), (.milliseconds(50), 2)] {
                seen.awaited.withLock { $0 = 8 - isAnswered }
                var limits = EgressLimits()
                limits.turn = patience
                let egress = HTTPEgress(
                    credentials: FixedCredential(placement: .bearer, secret: "s3cret-bearer"),
                    addresses: AddressPolicy(allowLoopback: true), limits: limits, secrets: LiveSecrets(),
                    userAgent: "test", turns: AccountTurns([ProviderID("p"): 2]), log: quiet)
                let answers = await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            do throws(UpstreamFailure) {
                                return try await egress.send(Self.step, for: Self.use(origin), mayRepeat: false)
                                    .status == 200
                            } catch {
                                seen.refused.withLock { $0 += 1 }
                                if case .notSent = error { return false }
                                Issue.record("\(error)")
                                return true
                            }
                        }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(answers == isAnswered && egress.turns.busy == 0)
                try await egress.shutdown()
            }
        }
        #expect(seen.most.withLock(\.self) == 2)
    }

    private static let step = Step(
        kind: .effect, method: "POST", path: "/slow", query: "", body: Array("{}".utf8))

    private static func use(_ origin: String) -> ConnectionUse {
        ConnectionUse(
            facts: ConnectionFacts(
                id: ConnectionID("c"), provider: ProviderID("p"), owner: .person(PersonID("alice")), host: origin,
                account: "alice", scopes: [], health: .healthy), organization: OrganizationID("acme"), generation: 1,
            fingerprint: "fp", origin: origin)
    }
}

private final class Order: Sendable {
    let numbers = Mutex<[Int]>([])
    let underWay = Atomic(0)
    let most = Mutex(0)
    let refused = Mutex(0)
    /// How many are refused before anybody is answered.
    let awaited = Mutex(0)
}

import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Synchronization
import Testing
import Wire

struct HealthTests {
    private let readiness: Readiness
    private let clock: TestClock

    init() {
        let clock = TestClock()
        // A busy machine is no reason for a check to be bad.
        readiness = Readiness(within: .seconds(600), now: { clock.now })
        self.clock = clock
    }

    private func ask(_ path: String) async throws -> (status: Int, json: JSON) {
        let router = Router()
        HealthRoutes(readiness).addRoutes(to: router)
        return try await Application(router: router, logger: .silent).test(.router) { http in
            try await http.execute(uri: path, method: .get) { response in
                (response.status.code, (try? JSON.parse(Array(response.body.readableBytesView))) ?? .null)
            }
        }
    }

    @Test func `a process that answers is alive, whatever it can do`() async throws {
        readiness.add("store") { .bad("it can't write") }
        let answer = try await ask("/healthz")
        #expect(answer.status == 200)
        #expect(answer.json == ["status": "ok"])
    }

    @Test func `it isn't ready before it serves, nor once it stops`() async throws {
        var answer = try await ask("/readyz")
        #expect(answer.status == 503)
        #expect(answer.json == ["status": "not ready", "reasons": ["starting"]])
        readiness.enter(.serving)
        #expect(try await ask("/readyz").json == ["status": "ready"])
        readiness.enter(.stopping)
        answer = try await ask("/readyz")
        #expect(answer.status == 503)
        #expect(answer.json["reasons"] == ["stopping"])
        readiness.enter(.serving)
        #expect(try await ask("/readyz").status == 503)
    }

    @Test func `strangers are told in one word what is wrong, and no more`() async throws {
        readiness.add("store") { .good }
        readiness.add("ledger") { .bad("organization/acme can't be read at /var/lib/deputy") }
        readiness.add("disk") { .degraded("3 % are left") }
        readiness.enter(.serving)
        let answer = try await ask("/readyz")
        #expect(answer.status == 503)
        #expect(answer.json == ["status": "not ready", "reasons": ["ledger"]])
    }

    @Test func `what is degraded is told while calls still go through`() async throws {
        readiness.add("disk") { .degraded("3 % are left") }
        readiness.enter(.serving)
        let answer = try await ask("/readyz")
        #expect(answer.status == 200)
        #expect(answer.json == ["status": "degraded", "reasons": ["disk"]])
    }

    @Test func `a check that doesn't end is bad, holds up no other, and isn't begun again before it ends`() async throws
    {
        let readiness = Readiness(within: .milliseconds(20))
        let begun = Mutex(0)
        let (ends, end) = AsyncStream<Void>.makeStream()
        readiness.add("store") {
            begun.withLock { $0 += 1 }
            for await _ in ends {}
            return .good
        }
        readiness.add("disk") { .degraded("3 % are left") }
        readiness.enter(.serving)
        for _ in 0..<3 {
            let report = await readiness.report()
            #expect(report.bad == ["store"] && report.degraded == ["disk"])
            readiness.enter(.serving)
        }
        #expect(begun.withLock { $0 } == 1)
        end.finish()
        while await !readiness.report().bad.isEmpty { readiness.enter(.serving) }
    }

    @Test func `it turns red and green again by itself, and asking often reads once`() async throws {
        let state = Mutex((isGood: true, reads: 0))
        readiness.add("store") {
            state.withLock { state in
                state.reads += 1
                return state.isGood ? .good : .bad("it can't write")
            }
        }
        readiness.enter(.serving)
        for _ in 0..<10 { #expect(try await ask("/readyz").status == 200) }
        #expect(state.withLock(\.reads) == 1)
        state.withLock { $0.isGood = false }
        clock.advance(by: .seconds(1))
        #expect(try await ask("/readyz").status == 503)
        state.withLock { $0.isGood = true }
        clock.advance(by: .seconds(1))
        #expect(try await ask("/readyz").status == 200)
    }

    @Test func `however many ask while it looks, it looks once`() async throws {
        let (looking, looks) = AsyncStream<Void>.makeStream()
        let (answers, answer) = AsyncStream<Void>.makeStream()
        let reads = Mutex(0)
        readiness.add("store") {
            reads.withLock { $0 += 1 }
            looks.yield()
            for await _ in answers { break }
            return .good
        }
        readiness.enter(.serving)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { [readiness] in await readiness.report().isReady }
            for await _ in looking { break }
            for _ in 0..<10 { group.addTask { [readiness] in await readiness.report().isReady } }
            await Task.yield()
            for _ in 0..<11 { answer.yield() }
            for try await isReady in group { #expect(isReady) }
        }
        #expect(reads.withLock { $0 } == 1)
    }
}

/// A clock that stands still until it is told.
final class TestClock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }
}

import Authority
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Wire

@testable import Broker

/// Gateways on machines whose clocks are set by hours while they run.
struct MovedClockTests {
    /// The time that passes is the stage's; what the machine's clock says is shifted against it.
    private final class Machine: Sendable {
        private let stage: TokenStage
        private let shift = Mutex<Int64>(0)
        private let lasting: Mutex<LastingClock?> = Mutex(nil)

        init(_ stage: TokenStage) {
            self.stage = stage
            let clock = stage.clock
            let made = LastingClock(wall: { [self] in wall }, steady: { clock.world.now().microseconds })
            lasting.withLock { $0 = made }
        }

        private var wall: Timestamp { stage.clock.world.now().adding(seconds: shift.withLock { $0 }) }

        func set(by seconds: Int64) { shift.withLock { $0 += seconds } }

        var world: World {
            let clock = lasting.withLock { $0 }
            return World(
                now: { [self] in wall }, newID: stage.clock.world.newID, reached: stage.clock.world.reached,
                lasting: { clock?.now() ?? Timestamp(microseconds: 0) })
        }
    }

    @Test(arguments: [-86_400, -18_000, -3_700, 3_700, 18_000, 86_400] as [Int64])
    func `a clock that jumps by hours ends no token, keeps none alive, and causes no request`(jump: Int64) async throws
    {
        let stage = try await TokenStage()
        let (server, machine) = (StrictServer(), Machine(stage))
        let keeper = stage.keeper(server, world: machine.world)
        let record = try await stage.connect()
        #expect(try await stage.token(record.use, by: keeper) == "a1")
        machine.set(by: jump)
        for _ in 0..<20 { #expect(try await stage.token(record.use, by: keeper) == "a1") }
        #expect(try await keeper.renewDue() == 0)
        #expect(server.state.withLock(\.asked) == 0)
        stage.clock.advance(seconds: 3_500)
        #expect(try await keeper.renewDue() == 1, "due as if nothing had been set")
        #expect(server.state.withLock(\.asked) == 1)
        stage.clock.advance(seconds: 4_000)
        for _ in 0..<20 { #expect(try await stage.token(record.use, by: keeper) == "a3") }
        machine.set(by: -2 * jump)
        for _ in 0..<20 { #expect(try await stage.token(record.use, by: keeper) == "a3") }
        server.state.withLock { #expect($0.asked == 2 && $0.reuses == 0) }
    }

    @Test func `a gateway whose clock was set takes nobody's lease away`() async throws {
        let stage = try await TokenStage()
        let machine = Machine(stage)
        let other = Mutex<Task<String?, Never>?>(nil)
        let second = Mutex<TokenKeeper?>(nil)
        let use = Mutex<ConnectionUse?>(nil)
        let server = StrictServer(arrived: {
            guard other.withLock({ $0 == nil }), let keeper = second.withLock({ $0 }), let use = use.withLock({ $0 })
            else { return }
            machine.set(by: 36_000)
            other.withLock { $0 = Task { try? await stage.token(use, by: keeper) } }
            // Longer than it would take to claim.
            try? await Task.sleep(for: .milliseconds(200))
        })
        second.withLock { $0 = stage.keeper(server, world: machine.world) }
        let record = try await stage.connect()
        use.withLock { $0 = record.use }
        stage.clock.advance(seconds: 4_000)
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2")
        #expect(await other.withLock { $0 }?.value == "a2")
        server.state.withLock { #expect($0.asked == 1 && $0.reuses == 0 && !$0.grant.isRevoked) }
        #expect(try await stage.changes().filter { $0 == "tokens.asked" }.count == 1)
    }

    @Test func `after a start with a wrong clock a dead token is replaced once it is refused, and once only`()
        async throws
    {
        let stage = try await TokenStage()
        let server = StrictServer()
        let record = try await stage.connect()
        stage.clock.advance(seconds: 4_000)
        // The machine was off by five hours from its start on: it can't know.
        let world = World(
            now: { stage.clock.world.now().adding(seconds: -18_000) }, newID: stage.clock.world.newID)
        let keeper = stage.keeper(server, world: world)
        #expect(try await stage.token(record.use, by: keeper) == "a1")
        let found = try await stage.tokens(record)
        #expect(try await stage.token(record.use, by: keeper, rejecting: found.generation) == "a2")
        for _ in 0..<20 { #expect(try await stage.token(record.use, by: keeper) == "a2") }
        server.state.withLock { #expect($0.asked == 1 && $0.reuses == 0) }
    }
}

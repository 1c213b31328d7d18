import Authority
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Wire

@testable import Broker

/// Renewals at several providers, one of which doesn't answer.
struct LaneTests {
    /// Gives tokens at once, but at one provider only when it is let.
    private final class HangingServer: UnaskedTokenErrands {
        private struct State {
            var given = 0
            var isOpen = false
            var waiting: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        var held: Int { state.withLock(\.waiting.count) }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                return state.waiting
            }
            for one in waiting { one.resume() }
        }

        func ask(
            _ request: consuming TokenRequest, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
        ) async throws(TokenProblem) -> TokenAnswer {
            if endpoint.origin.contains("slow") {
                await withCheckedContinuation { continuation in
                    let isOpen = state.withLock { state in
                        if !state.isOpen { state.waiting.append(continuation) }
                        return state.isOpen
                    }
                    if isOpen { continuation.resume() }
                }
            }
            let number = state.withLock { state in
                state.given += 1
                return state.given
            }
            return TokenAnswer(
                access: .sample("access\(number)"), refresh: .sample("refresh\(number)"), scopes: nil, lifetime: 3_600)
        }

        func revoke(
            _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
        ) async throws(TokenProblem) -> RevocationOutcome { .revoked }

        func isActive(
            _ token: TokenText, hint: String, at endpoint: Endpoint, as app: ProviderApp, in dialect: TokenDialect
        ) async throws(TokenProblem) -> Bool { true }
    }

    private func connect(_ stage: TokenStage, at provider: String) async throws -> ConnectionRecord {
        let new = NewConnection(
            organization: TokenStage.acme, owner: .person(TokenStage.alice.person), provider: ProviderID(provider),
            agentOwner: nil, isSharedWithOwner: false, people: [TokenStage.alice], by: "test", under: [])
        return try await stage.desk.keep(stage.granted(), for: new)
    }

    @Test func `a provider that hangs holds up nobody else's renewals`() async throws {
        let stage = try await TokenStage(others: ["slow"])
        let (quick, slow) = (try await connect(stage, at: "drive"), try await connect(stage, at: "slow"))
        let server = HangingServer()
        let keeper = stage.keeper(server)
        stage.clock.advance(seconds: 3_400)
        let first = Task { try await keeper.renewDue() }
        while server.held == 0 { await Task.yield() }
        while keeper.busy.withLock({ $0.contains(quick.provider) }) { await Task.yield() }
        #expect(try await stage.tokens(quick).generation == 2)
        for generation in Int64(3)...5 {
            stage.clock.advance(seconds: 3_400)
            #expect(try await keeper.renewDue() == 1, "the other's lane is taken")
            #expect(try await stage.tokens(quick).generation == generation)
        }
        #expect(server.held == 1, "and isn't asked a second time")
        server.open()
        #expect(try await first.value == 2)
        #expect(try await stage.tokens(slow).generation == 2)
    }

    @Test func `however much is due at one provider, of each other some is looked at`() async throws {
        let stage = try await TokenStage(others: ["slow"])
        for _ in 0..<5 { _ = try await connect(stage, at: "slow") }
        stage.clock.advance(seconds: 1)
        let quick = try await connect(stage, at: "drive")
        stage.clock.advance(seconds: 3_400)
        let due = try await stage.store.tokensDue(by: stage.clock.world.now(), limit: 2)
        #expect(due.count == 3 && due.contains(quick.id))
    }
}

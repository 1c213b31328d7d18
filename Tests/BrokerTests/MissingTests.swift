import Authority
import Gate
import Testing
import Twins
import Wire

@testable import Broker

/// Whether what a notice asks for is there by now.
struct MissingTests {
    @Test func `who has connected, or connected again, since it was queued isn't asked any more`() async throws {
        let stage = try await TokenStage()
        func isMissing() async throws -> Bool {
            let notice = QueuedNotice(
                id: NoticeID("n1"), organization: TokenStage.acme, person: TokenStage.alice.person,
                subject: .connection(ProviderID("drive")), agent: AgentID("helper"), source: "test",
                created: stage.clock.world.now())
            stage.clock.advance(seconds: 1)
            return try await stage.store.isMissing(ProviderID("drive"), for: notice)
        }
        #expect(try await isMissing())
        let record = try await stage.connect()
        #expect(try await isMissing(), "what is there didn't do, or nobody would be asked")
        let queued = QueuedNotice(
            id: NoticeID("n2"), organization: TokenStage.acme, person: TokenStage.alice.person,
            subject: .connection(ProviderID("drive")), agent: AgentID("helper"), source: "test",
            created: stage.clock.world.now())
        stage.clock.advance(seconds: 1)
        let again = try await stage.desk.keep(
            stage.granted(access: "b1", refresh: "s1"), for: stage.new,
            over: try await stage.store.connection(record.id))
        #expect(again.created == record.created && again.granted > record.granted)
        #expect(try await !stage.store.isMissing(ProviderID("drive"), for: queued))
        stage.clock.advance(seconds: 3_400)
        _ = try await stage.keeper(StrictServer()).renewDue()
        #expect(try await stage.store.connection(record.id)?.granted == again.granted, "a renewal answers nobody")
    }
}

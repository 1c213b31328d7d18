import Authority
import Gate
import Testing
import Twins

@testable import Broker

@Suite struct `What connections weren't used for` {
    private let day: Int64 = 86_400
    private let needed: @Sendable (String) -> Set<String>? = { ["drive.list": ["read"], "drive.find": ["read"]][$0] }

    private func used(_ stage: TokenStage, _ record: ConnectionRecord, _ tool: String) async throws {
        let use = ToolUse(connection: record.id, tool: tool, day: stage.clock.world.now().day)
        try await stage.store.commit(Transaction(changes: [UseChange.used(use)]))
    }

    private func unused(_ stage: TokenStage, days: Int64 = 90) async throws -> [UnusedScopes] {
        try await stage.desk.unusedScopes(in: TokenStage.acme, days: days, uses: stage.store, needed: needed)
    }

    @Test func `a permission is unused until a call needs it, and again after the days`() async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        let found = try await unused(stage)
        #expect(found.map(\.scopes) == [["read"]])
        #expect(found.first?.since == record.created, "before that there was nothing to look at")
        try await used(stage, record, "drive.gone")
        #expect(try await unused(stage).count == 1, "a tool that isn't there needs nothing")
        try await used(stage, record, "drive.list")
        #expect(try await unused(stage).isEmpty)
        stage.clock.advance(seconds: 89 * day)
        #expect(try await unused(stage).isEmpty)
        stage.clock.advance(seconds: 2 * day)
        #expect(try await unused(stage).map(\.scopes) == [["read"]])
        #expect(try await unused(stage, days: 100).isEmpty)
        try await used(stage, record, "drive.find")
        #expect(try await unused(stage).isEmpty)
    }

    @Test func `what was revoked may do nothing`() async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        _ = try await stage.desk.revoke(record.id, in: TokenStage.acme, by: "test")
        #expect(try await unused(stage).isEmpty)
    }
}

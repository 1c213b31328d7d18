import PostgreSQL
import TestCluster
import Testing

@Suite struct ListenerTests {
    @Test func `notifications arrive after their transaction, and none is missed in silence over a cut`() async throws {
        let cluster = try await TestCluster.shared
        let database = try await cluster.makeDatabase()
        let sender = try await PostgreSQLConnection.connect(cluster.url(database))
        let proxy = try Proxy(to: cluster.port)
        let url = try DatabaseURL("postgresql://postgres@127.0.0.1:\(proxy.port)/\(database)")
        let listener = PostgreSQLListener(url, channels: ["approvals", "Odd \"name\""])
        let (events, sink) = AsyncStream.makeStream(of: PostgreSQLListener.Event.self)
        let running = Task { await listener.run { sink.yield($0) } }
        var received = events.makeAsyncIterator()
        #expect(await received.next() == .reconnected)

        try sender.send("BEGIN")
        try sender.send("SELECT pg_notify('approvals', 'one')")
        try await sender.execute("ROLLBACK")
        try await sender.execute("SELECT pg_notify($1, $2)", [.text("Odd \"name\""), .text("two")])
        #expect(await received.next() == .notification(.init(channel: "Odd \"name\"", payload: "two")))

        proxy.cut()
        #expect(await received.next() == .reconnected)
        try await sender.execute("NOTIFY approvals")
        #expect(await received.next() == .notification(.init(channel: "approvals", payload: "")))
        running.cancel()
        await running.value
    }

    @Test func `a listener that can't connect goes on trying and says why`() async throws {
        let listener = PostgreSQLListener(try DatabaseURL("postgresql:///x?host=/nowhere"), channels: ["a"])
        let (reasons, sink) = AsyncStream.makeStream(of: PostgreSQLError.Kind.self)
        let running = Task { await listener.run(failed: { sink.yield($0.kind) }) { _ in } }
        var received = reasons.makeAsyncIterator()
        for _ in 0..<2 { #expect(await received.next() == .cannotConnect) }
        running.cancel()
        await running.value
    }
}

import Authority
import Gate
import Testing
import Twins

@testable import Storage

@Suite struct RandomHistoryTests {
    @Test(arguments: Database.allCases, 0..<12)
    func `every store goes the same way through any history`(database: Database, seed: UInt64) async throws {
        let home = try await database.place()
        let memory = MemoryStore()
        var store = try await home.open()
        var history = RandomHistory(seed: seed)
        var refusals: [String: Int] = [:]
        for step in 0..<150 {
            let transaction = try history.transaction(memory.epoch(of:))
            let (expected, found) = (await memory.refusal(of: transaction), await store.refusal(of: transaction))
            #expect(expected == found)
            refusals[String((expected ?? "applied").prefix { $0 != " " }), default: 0] += 1
            if step == 75 {
                try await store.close()
                store = try await home.open()
            }
        }
        try await compare(memory, store, &history)
        for tree in try await store.trees() { try await verifyTree(tree, of: store, Rows.keys) }
        // A history in which nothing was refused, or nothing applied, would show nothing.
        #expect(refusals["applied", default: 0] > 15 && refusals["moved", default: 0] > 5, "\(refusals)")
        #expect(refusals["exists", default: 0] > 5 && refusals["spent", default: 0] > 2, "\(refusals)")
        try await store.close()
    }

    private func compare(
        _ memory: MemoryStore, _ store: SQLStore, _ history: inout RandomHistory
    ) async throws {
        #expect(try await memory.organizations() == store.organizations())
        #expect(try await memory.openCalls() == store.openCalls())
        #expect(try await memory.trees() == store.trees())
        for tree in try await memory.trees() {
            let (left, right) = (
                try await memory.records(of: tree, from: 0, limit: .max),
                try await store.records(of: tree, from: 0, limit: .max)
            )
            #expect(left.map(\.bytes) == right.map(\.bytes))
            #expect(left.map(\.hash) == right.map(\.hash))
            #expect(try await memory.head(of: tree) == store.head(of: tree))
        }
        for organization in [OrganizationID("acme"), OrganizationID("other")] {
            #expect(try await memory.people(in: organization) == store.people(in: organization))
            #expect(try await memory.agents(in: organization) == store.agents(in: organization))
            #expect(try await memory.tokens(in: organization) == store.tokens(in: organization))
            let connections = try await memory.connections(in: organization, of: nil)
            #expect(try await connections == store.connections(in: organization, of: nil))
            for person in ["a", "b", "c"].map({ PersonID($0) }) {
                for agent in ["a", "b", "c"].map({ AgentID($0) }) {
                    #expect(
                        try await memory.agreement(of: person, with: agent, in: organization)
                            == store.agreement(of: person, with: agent, in: organization))
                }
            }
        }
        for _ in 0..<200 {
            let (session, scope, window) = (history.session(), history.scope(), history.window())
            #expect(try await memory.state(of: session) == store.state(of: session))
            #expect(await store.epoch(of: scope) == memory.epoch(of: scope))
            #expect(try await memory.used(window) == store.used(window))
        }
    }
}

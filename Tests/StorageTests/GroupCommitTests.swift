import Authority
import Foundation
import Gate
import Registry
import Testing
import Twins

@testable import Storage

@Suite struct GroupCommitTests {
    private let home: TemporaryHome

    init() throws {
        home = try TemporaryHome()
    }

    /// Commits all at once behind a long transaction, and answers with the refusals.
    private func commitAtOnce(_ transactions: [Transaction], to store: SQLStore) async throws -> [String] {
        let long = try Rows.long()
        return await withTaskGroup(of: String?.self) { group in
            store.submit(long)
            for transaction in transactions {
                group.addTask { await store.refusal(of: transaction) }
            }
            return await group.reduce(into: []) { refusals, refusal in
                if let refusal { refusals.append(refusal) }
            }
        }
    }

    @Test func `callers at once share commits, and one that fails takes back only its own`() async throws {
        let store = try home.open()
        let transactions = try (0..<100).map { number in
            var transaction = Transaction(
                bumps: [.organization(Rows.acme)],
                changes: [RegistryChange.addAgent(Rows.agent("agent-\(number)"))], leaves: [try Rows.leaf()])
            // Fails after its first insert.
            if number.isMultiple(of: 10) {
                transaction.changes.append(RegistryChange.replaceAgent(Rows.agent("nobody")))
            }
            return transaction
        }
        let refusals = try await commitAtOnce(transactions, to: store)
        #expect(refusals == Array(repeating: "exists nobody", count: 10))
        #expect(try await store.agents(in: Rows.acme).count == 90)
        #expect(try await store.head(of: Rows.tree).size == 90)
        #expect(await store.epoch(of: .organization(Rows.acme)) == 90)
        #expect(store.groups <= 10, "100 callers took \(store.groups) durable commits")
        try await verifyTree(Rows.tree, of: store, Rows.keys)
        try await store.close()
    }

    @Test func `writers beyond the bound are turned away and told so`() async throws {
        let store = try home.open(StoreSettings(waiting: 3))
        let transactions = (0..<40).map { number in
            Transaction(changes: [RegistryChange.addAgent(Rows.agent("agent-\(number)"))])
        }
        let refusals = try await commitAtOnce(transactions, to: store)
        #expect(!refusals.isEmpty)
        #expect(refusals.allSatisfy { $0 == "unavailable" })
        #expect(try await store.agents(in: Rows.acme).count == 40 - refusals.count)
    }

    @Test func `a queued write that is refused is reported`() async throws {
        let store = try home.open()
        store.submit(Transaction(changes: [RegistryChange.replaceAgent(Rows.agent("nobody"))]))
        try await store.close()
        #expect(home.lost == [#"exists("nobody")"#])
    }

    @Test func `closing waits for what is queued, and nothing is taken afterwards`() async throws {
        let store = try home.open()
        store.submit(try Rows.long())
        for number in 0..<20 {
            store.submit(Transaction(changes: [RegistryChange.addAgent(Rows.agent("agent-\(number)"))]))
        }
        try await store.close()
        #expect(home.lost.isEmpty)
        #expect(await store.refusal(of: Transaction()) == "unavailable")
        store.submit(Transaction())
        #expect(home.lost == ["the store is closed"])
        #expect(try await home.open().agents(in: Rows.acme).count == 20)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a checkpoint gets its turn while writers never pause`() async throws {
        let store = try home.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while !Task.isCancelled { try await store.commit(Transaction(leaves: [try Rows.leaf()])) }
                }
            }
            try await store.keep(checkpoint: "a checkpoint", size: 1, of: Rows.tree)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try await store.checkpoints(of: Rows.tree) == ["a checkpoint"])
    }

    @Test func `a text with a NUL is refused rather than cut off`() async throws {
        let store = try home.open()
        try await store.commit(Transaction(changes: [RegistryChange.addAgent(Rows.agent("ann"))]))
        let cut = Transaction(changes: [RegistryChange.replaceAgent(Rows.agent("ann\0x"))])
        #expect(await store.refusal(of: cut) == "unavailable")
        #expect(try await store.agents(in: Rows.acme) == [Rows.agent("ann")])
        await #expect(throws: StorageError.self) { try await store.agent(AgentID("ann\0x"), in: Rows.acme) }
    }
}

import Foundation
import Gate
import Registry
import Testing
import Twins

@testable import Storage

@Suite struct DurabilityTests {
    private let home: TemporaryHome

    init() throws {
        home = try TemporaryHome()
    }

    @Test(arguments: ["NORMAL", "OFF"])
    func `a store that isn't durable doesn't start`(level: String) throws {
        #expect(home.fault(StoreSettings(synchronous: level))?.code == .notDurable)
        #expect(home.fault() == nil)
    }

    @Test func `what was committed is there after a crash`() async throws {
        let store = try home.open()
        try await store.keep([1, 2], as: "canary")
        for number in 0..<50 {
            try await store.commit(
                Transaction(
                    bumps: [.home], changes: [RegistryChange.addAgent(Rows.agent("agent-\(number)"))],
                    leaves: [try Rows.leaf(at: 100), try Rows.leaf(in: .system, at: 200)]))
        }
        let crashed = try home.crashed()
        let after = try crashed.open()
        #expect(await after.epoch(of: .home) == 50)
        #expect(try await after.value("canary") == [1, 2])
        #expect(try await after.value("other") == nil)
        #expect(try await after.agents(in: Rows.acme) == store.agents(in: Rows.acme))
        for tree in [Rows.tree, .system] {
            #expect(try await after.head(of: tree) == store.head(of: tree))
            // The clock ran back over the crash.
            try await after.commit(Transaction(leaves: [try Rows.leaf(in: tree, at: 50)]))
            #expect(try await after.head(of: tree).size == 51)
            try await verifyTree(tree, of: after, Rows.keys)
        }
        let stale = Transaction(requires: [EpochReading(scope: .home, value: 0)])
        #expect(await after.refusal(of: stale) == "moved home")
    }

    @Test func `a second opener is refused until the first lets go`() async throws {
        let store = try home.open()
        let fault = try #require(home.fault())
        #expect(fault.code == .held)
        #expect(fault.message == "another process holds this home")
        try await store.close()
        #expect(home.fault() == nil)
    }

    @Test func `the files are their owner's alone`() async throws {
        #expect(
            FileManager.default.createFile(
                atPath: home.path, contents: nil, attributes: [.posixPermissions: 0o644]))
        let store = try home.open()
        try await store.keep([1], as: "canary")
        let files = try FileManager.default.contentsOfDirectory(atPath: home.folder.path)
        #expect(Set(files).isSuperset(of: ["deputy.sqlite", "deputy.sqlite-wal", "deputy.sqlite.lock"]))
        for file in files {
            let path = home.folder.appending(path: file).path
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(file)")
        }
        try await store.close()
    }

    @Test func `what is no database is refused with a way out`() throws {
        try Data(repeating: 7, count: 8192).write(to: URL(filePath: home.path))
        let fault = try #require(home.fault())
        #expect(fault.code == .unreadable)
        #expect(fault.hint != nil)
    }

    @Test func `a full disk takes back whole groups, and nothing that was answered`() async throws {
        let store = try home.open(StoreSettings(maximumPages: 320))
        var applied = 0
        for round in 0..<40 {
            let transactions = try (0..<10).map { number in
                Transaction(
                    bumps: [.home], changes: [RegistryChange.addAgent(Rows.agent("agent-\(round)-\(number)"))],
                    leaves: [try Rows.leaf(size: 2_000)])
            }
            let refusals = await withTaskGroup(of: String?.self) { group in
                for transaction in transactions { group.addTask { await store.refusal(of: transaction) } }
                return await group.reduce(into: [String]()) { all, refusal in
                    if let refusal { all.append(refusal) }
                }
            }
            #expect(refusals.allSatisfy { $0 == "unavailable" })
            applied += transactions.count - refusals.count
        }
        #expect(applied > 0 && applied < 400, "\(applied) of 400 fitted")
        // A small group may have fitted last; what is larger than the disk never does.
        let leaves = try (0..<20).map { _ in try Rows.leaf(size: 60_000) }
        #expect(await store.refusal(of: Transaction(leaves: leaves)) == "unavailable")
        #expect(!store.isWritable)
        #expect(await store.epoch(of: .home) == Int64(applied))
        #expect(try await store.agents(in: Rows.acme).count == applied)
        #expect(try await store.head(of: Rows.tree).size == Int64(applied))
        try await verifyTree(Rows.tree, of: store, Rows.keys)
        try await store.close()

        let roomy = try home.open()
        #expect(await roomy.epoch(of: .home) == Int64(applied))
        #expect(await roomy.refusal(of: Transaction(leaves: [try Rows.leaf()])) == nil)
        #expect(roomy.isWritable)
        try await verifyTree(Rows.tree, of: roomy, Rows.keys)
    }
}

import Foundation
import Gate
import Storage
import Wire

extension Bench {
    private static let callers = [1, 8, 64, 512]
    private static let gateways = [1, 2, 3]

    /// What a call writes: two leaves, a payload and its row, durable when the caller goes on.
    static func commitRows() async throws -> [JSON] {
        var rows: [JSON] = []
        for callers in callers {
            let rate = try await inFolder { folder in
                let store = try SQLStore.open(at: folder + "/bench.sqlite") { print($0) }
                return try await commits(to: [store], callers: callers)
            }
            rows.append(row("group commit, \(callers) callers", rate, callers))
        }
        return rows
    }

    /// The same in a shared database, and there by several gateways, which wait for each other at the one tree.
    ///
    /// - Parameter databases: URLs of empty databases, one for each row.
    static func commitRows(databases: [String]) async throws -> [JSON] {
        var left = databases[...]
        var rows: [JSON] = []
        for callers in callers {
            guard let database = left.popFirst() else { break }
            let rate = try await shared(database, gateways: 1, callers: callers)
            rows.append(row("PostgreSQL: group commit, \(callers) callers", rate, callers))
        }
        for gateways in gateways {
            guard let database = left.popFirst() else { break }
            let rate = try await shared(database, gateways: gateways, callers: 64)
            rows.append(row("PostgreSQL: one tree, 64 callers at each of \(gateways) gateways", rate, 64))
        }
        return rows
    }

    private static func row(_ name: String, _ rate: Double, _ callers: Int) -> JSON {
        var more: JSONObject = ["leaves_per_second": number(rate * 2)]
        if callers == 512 { more["leaves_budget"] = 50_000 }
        return row(name, rate, "transactions/s", more: more)
    }

    private static func shared(_ database: String, gateways: Int, callers: Int) async throws -> Double {
        try await inFolder { folder in
            var stores: [SQLStore] = []
            for gateway in 0..<gateways {
                let hold = try HomeLock(database: folder + "/\(gateway)")
                stores.append(
                    try await SQLStore.open(databaseAt: database, name: "bench\(gateway)", holding: hold) { print($0) })
            }
            return try await commits(to: stores, callers: callers)
        }
    }

    /// Transactions in a second, of all stores together, which are closed in the end.
    private static func commits(to stores: [SQLStore], callers: Int) async throws -> Double {
        let each = max(6000 / callers, 40)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (gateway, store) in stores.enumerated() {
                for caller in 0..<callers {
                    group.addTask {
                        for number in 0..<each {
                            try await store.commit(transaction("\(gateway)-\(caller)-\(number)"))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - start).seconds
        for store in stores { try await store.close() }
        return Double(stores.count * callers * each) / seconds
    }

    private static func inFolder<Answer>(_ body: (String) async throws -> Answer) async throws -> Answer {
        let folder = FileManager.default.temporaryDirectory.path + "/deputy-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }
}

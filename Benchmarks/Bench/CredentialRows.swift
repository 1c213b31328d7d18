import Authority
import Broker
import Foundation
import Gate
import Storage
import Vault
import Wire

extension Bench {
    private static let callers = 10_000
    private static let hot = 64

    /// `Bench credentials TOTAL… [DATABASE]`: what a call's credential costs with so many connections in the store, each
    /// number beside what opening one seal takes in the same run.
    static func credentialRows(_ arguments: [String]) async throws -> [JSON] {
        let totals = arguments.compactMap { Int($0) }
        guard !totals.isEmpty, totals == totals.sorted(), totals[0] > 0 else {
            throw BenchError("usage: Bench credentials TOTAL… [DATABASE], the totals in order")
        }
        let database = arguments.last { Int($0) == nil }
        let folder = FileManager.default.temporaryDirectory.path + "/deputy-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let home = try await CredentialHome(try await open(folder, database))
        let seal = try openingSeal(home.keys)
        var rows = [row("open one seal", seal, "µs")]
        var filled = 0
        for total in totals {
            try await home.connect(filled..<total)
            filled = total
            rows += try await resolving(home, total, seal)
        }
        rows += try await storm(home)
        rows.append(try await resealing(home, total: filled))
        try await home.store.close()
        return rows
    }

    private static func open(_ folder: String, _ database: String?) async throws -> SQLStore {
        let file = folder + "/bench.sqlite"
        guard let database else { return try SQLStore.open(at: file) { print($0) } }
        return try await SQLStore.open(
            databaseAt: database, name: "bench", holding: try HomeLock(database: file)
        ) { print($0) }
    }

    private static func openingSeal(_ keys: KeyRing) throws -> Double {
        let context = SealContext(
            organization: "acme", ownerKind: "person", owner: "alice", provider: "depot", host: "https://depot.test",
            issuer: "", account: "a", connection: "con", kind: "bearer", generation: 1)
        let sealed = try keys.seal(Secret.random(count: 40), context)
        return try seconds { for _ in 0..<5_000 { _ = try keys.open(sealed, context) } } / 5_000 * 1e6
    }

    private static func resolving(_ home: CredentialHome, _ total: Int, _ seal: Double) async throws -> [JSON] {
        var generator = SystemRandomNumberGenerator()
        let gateway = home.gateway()
        let people = (0..<hot).map { _ in Int.random(in: 0..<total, using: &generator) }
        for person in people { try await gateway.resolve(person) }
        let warm = try await median(of: 400) { _ in
            for person in people { try await gateway.resolve(person) }
        }
        let cold = try await median(of: 400) { _ in
            // As after a start: nothing of this connection was read.
            try await home.gateway().resolve(Int.random(in: 0..<total, using: &generator))
        }
        return [
            row(
                "resolve with a warm token, \(total) connections", warm / Double(hot), "µs",
                more: ["times_a_seal": number(warm / Double(hot) / seal)]),
            row(
                "resolve and unwrap, cold, \(total) connections", cold, "µs",
                more: ["times_a_seal": number(cold / seal)]),
        ]
    }

    /// Ten thousand callers of one token that is over, and one caller of another.
    private static func storm(_ home: CredentialHome) async throws -> [JSON] {
        var rows: [JSON] = []
        var alone = 0.0
        for callers in [1, callers] {
            home.advance(seconds: 7_200)
            let gateway = home.gateway()
            let use = try await gateway.use(of: 0)
            _ = home.errands.asked
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<callers {
                    group.addTask { try await gateway.credentials.credential(for: use, by: nil).secret.count }
                }
                try await group.waitForAll()
            }
            let taken = (ContinuousClock.now - start).seconds * 1000
            let asked = home.errands.asked
            guard asked == 1 else { throw BenchError("\(callers) callers caused \(asked) requests") }
            if callers == 1 { alone = taken }
            rows.append(
                row(
                    "renewal, \(callers) callers of one token", taken, "ms",
                    more: [
                        "requests": number(Double(asked)), "times_one_caller": number(taken / alone),
                        "answer_takes_ms": number(RotatingErrands.answersAfter.seconds * 1000),
                    ]))
        }
        return rows
    }

    private static func resealing(_ home: CredentialHome, total: Int) async throws -> JSON {
        let start = ContinuousClock.now
        let done = try await home.keyDesk.rotate(by: "bench")
        let taken = (ContinuousClock.now - start).seconds
        guard done.refused.isEmpty, done.rows >= 3 * total else { throw BenchError("not every row was sealed anew") }
        return row(
            "key rotation, \(total) connections with tokens", Double(total) / taken, "connections/s",
            more: ["rows_per_second": number(Double(done.rows) / taken)])
    }

    /// In microseconds.
    private static func median(of runs: Int, _ body: (Int) async throws -> Void) async throws -> Double {
        var times: [Double] = []
        for run in 0..<runs {
            let start = ContinuousClock.now
            try await body(run)
            times.append((ContinuousClock.now - start).seconds * 1e6)
        }
        return times.sorted()[runs / 2]
    }
}

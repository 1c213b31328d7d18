import Authority
import Broker
import Definition
import Foundation
import Gate
import Ledger
import Registry
import Storage
import Tools
import Wire

extension Bench {
    /// `Bench growth HOME FROM TO LEAVES [DATABASE]`: fills the home from one percentage to another, and measures there.
    static func growthRows(_ arguments: [String]) async throws -> [JSON] {
        guard arguments.count >= 4, let from = Int(arguments[1]), let to = Int(arguments[2]),
            let leaves = Int(arguments[3])
        else { throw BenchError("usage: Bench growth HOME FROM TO LEAVES [DATABASE]") }
        let database = arguments.count > 4 ? arguments[4] : nil
        let filling = ContinuousClock.now
        let growth = try await Growth(at: arguments[0], database: database, leaves: leaves)
        try await growth.fill(from: from, to: to)
        try await growth.store.close()
        let filled = (ContinuousClock.now - filling).seconds
        let opening = ContinuousClock.now
        let grown = try await Growth(at: arguments[0], database: database, leaves: leaves)
        let opened = (ContinuousClock.now - opening).seconds
        var rows = [row("fill", filled, "s"), row("open the store", opened * 1000, "ms")]
        rows += try await grown.rows(percent: to)
        try await grown.store.close()
        return rows
    }
}

extension Growth {
    func rows(percent: Int) async throws -> [JSON] {
        var generator = SystemRandomNumberGenerator()
        func random(_ total: Int) -> Int { Int.random(in: 0..<max(total * percent / 100, 1), using: &generator) }
        let world = World(
            now: { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
            newID: { "\($0)_\(UUID().uuidString)" })
        let shelf = LiveShelf(ManifestTools.shelf(of: try ProviderShelf(try BundledProviders.read(), origins: [:])))
        let facts = RegistryFacts(store: store, commits: store, shelf: shelf, world: world)
        let connections = StoredConnections(store: store, commits: store, world: world)
        let prover = LedgerProver(store: store)
        let size = try await store.head(of: tree).size
        let (tree, organization) = (tree, organization)
        return [
            try await Bench.timed("resolve an agent and a person, cold") {
                let number = random(Growth.agents)
                let request = ToolCallRequest(
                    organization: organization, agent: Growth.agent(number),
                    requester: .person(Growth.person(number)), client: ClientID("none"), trigger: .call, tool: "none",
                    arguments: [:])
                guard let found = try await facts.facts(for: request), found.isShared else {
                    throw BenchError("an agent, its share or a person is missing")
                }
            },
            try await Bench.timed("whose address, cold") {
                let number = random(Growth.agents)
                let request = ToolCallRequest(
                    organization: organization, agent: Growth.agent(0), requester: .person(Growth.person(0)),
                    client: ClientID("none"), trigger: .call, tool: "none", arguments: [:])
                let people = try await facts.facts(for: request)?.directory.people(at: [Growth.email(number)])
                guard people == [Growth.email(number): Growth.person(number)] else {
                    throw BenchError("a person is missing")
                }
            },
            try await Bench.timed("resolve a connection, cold") {
                let number = random(Growth.connections)
                let found = try await connections.connections(
                    of: .agent(Growth.agent(number / Growth.providers)), at: Growth.provider(number), in: organization)
                guard found.connections.count == 1 else { throw BenchError("a connection is missing") }
            },
            try await Bench.timed("commit, 1 caller") { try await store.commit(refusal()) },
            try await Bench.timed("inclusion proof") {
                _ = try await prover.inclusion(of: Int64.random(in: 0..<size), in: tree, at: size)
            },
            try await Bench.timed("consistency proof") {
                _ = try await prover.consistency(of: tree, from: Int64.random(in: 1..<size), to: size)
            },
            try await Bench.timed("the last 20 records") {
                _ = try await store.records(of: tree, from: size - 20, limit: 20)
            },
        ]
    }
}

extension Growth {
    /// What a refused call writes: nothing that a start would have to end.
    private func refusal() throws -> Transaction {
        let id = UUID().uuidString
        let payload = Payload(
            id: "\(id)/arguments", digestKey: [UInt8](repeating: 1, count: 32),
            sealed: [UInt8](repeating: 2, count: 200))
        return Transaction(
            changes: [GateChange.keep(payload)],
            leaves: [PlacedLeaf(try Leaf(kind: .decision, time: now, fields: Bench.fields), in: tree)])
    }
}

extension Bench {
    /// The median of many single runs, in microseconds.
    static func timed(_ name: String, _ body: () async throws -> Void) async throws -> JSON {
        var times: [Double] = []
        for _ in 0..<200 {
            let start = ContinuousClock.now
            try await body()
            times.append((ContinuousClock.now - start).seconds * 1e6)
        }
        times.sort()
        return row(name, times[100], "µs", more: ["p99": number(times[197])])
    }
}

/// Why nothing can be measured.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

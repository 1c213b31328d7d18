import Authority
import Ledger
import Testing
import Twins
import Wire

@testable import Gate

/// What a caller holds of the ledger after each answer.
struct ReceiptTests {
    private static let tree = TreeID.organization(Stage.organization)

    /// The receipt of one call, and the kinds of the records that it promises; each is there as promised.
    private func receipted(
        _ stage: Stage, _ tool: String, _ arguments: JSONObject = ["id": "1"]
    ) async throws -> [String]? {
        let collector = LeafCollector()
        _ = await collector.gathering { await stage.call(tool, arguments) }
        guard let note = stage.gate.receipt(for: collector) else { return nil }
        let key = try Stage.keys.key(of: Self.tree).key
        let receipt = try Receipt(note, origin: Stage.keys.origin(of: Self.tree), key: key)
        let records = try await stage.store.records(of: Self.tree, from: 0, limit: 1000)
        return try receipt.leaves.map { leaf in
            let record = try #require(records.first { $0.index == leaf.index })
            #expect(record.hash == leaf.hash)
            return try Leaf.decode(record.bytes).kind.rawValue
        }
    }

    @Test func `an effect is receipted from its decision to its outcome`() async throws {
        #expect(try await receipted(try Stage(), "notes.write") == ["decision", "intent", "outcome"])
    }

    @Test func `a read is receipted with what was durable before it began`() async throws {
        #expect(try await receipted(try Stage(), "notes.read")?.prefix(2) == ["decision", "intent"])
    }

    @Test func `a refusal is receipted`() async throws {
        #expect(try await receipted(try Stage { $0.deny = ["notes.write"] }, "notes.write") == ["decision"])
    }

    @Test func `an ask is receipted when it is parked, and has nothing new the second time`() async throws {
        let stage = try Stage()
        let mail: JSONObject = ["to": "x@else.test", "text": "hi"]
        #expect(try await receipted(stage, "notes.send", mail) == ["decision"])
        #expect(try await receipted(stage, "notes.send", mail) == nil)
    }

    @Test func `what the store didn't take is promised to nobody`() async throws {
        let stage = try Stage()
        stage.store.fail(with: "the disk is full")
        #expect(try await receipted(stage, "notes.write") == nil)
    }

    @Test func `calls beside each other have each their own`() async throws {
        let stage = try Stage()
        try await withThrowingTaskGroup(of: [String]?.self) { group in
            for number in 0..<20 {
                group.addTask { try await receipted(stage, "notes.write", ["id": .string("\(number)")]) }
            }
            for try await kinds in group { #expect(kinds == ["decision", "intent", "outcome"]) }
        }
    }
}

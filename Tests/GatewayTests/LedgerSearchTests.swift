import Testing
import Wire

@testable import Gateway

@Suite struct LedgerSearchTests {
    /// Three calls, told by eight records.
    private let tree: [JSON] = [
        ["index": 0, "time": 0, "kind": "authority", "change": "person.added", "person": "alice", "by": "operator"],
        decision(1, "c1", "email", "person:bob", "permit", "read"),
        decision(2, "c2", "notes", "person:alice", "deny", "send"),
        ["index": 3, "time": 3, "kind": "intent", "call": "c1"],
        decision(4, "c3", "email", "person:alice", "permit", "send"),
        ["index": 5, "time": 5, "kind": "intent", "call": "c3"],
        ["index": 6, "time": 6, "kind": "outcome", "call": "c1", "outcome": "done"],
        ["index": 7, "time": 7, "kind": "outcome", "call": "c3", "outcome": "done"],
    ]

    private static func decision(
        _ index: Int, _ call: String, _ agent: String, _ requester: String, _ verdict: String, _ effect: String
    ) -> JSON {
        [
            "index": .number(JSONNumber(index)), "time": .number(JSONNumber(index)), "kind": "decision",
            "call": .string(call), "agent": .string(agent), "requester": .string(requester),
            "verdict": .string(verdict), "effect": .string(effect), "principal": "dana",
        ]
    }

    private func find(_ query: [String: String], after: Int64 = -1, limit: Int = 20) throws -> [Int64] {
        var search = LedgerSearch(try LedgerFilter(query), from: after + 1, limit: limit)
        for leaf in tree.reversed() {
            if search.isDone(at: (leaf["index"]?.integerValue ?? 0) + 1) { break }
            search.take(leaf)
        }
        return search.records.compactMap { $0["index"]?.integerValue }
    }

    @Test(arguments: [
        ([:], [0, 1, 2, 3, 4, 5, 6, 7]),
        (["agent": "email"], [1, 3, 4, 5, 6, 7]),
        (["agent": "notes"], [2]),
        (["person": "alice"], [0, 2, 4, 5, 7]),
        (["person": "bob"], [1, 3, 6]),
        (["person": "dana"], [1, 2, 3, 4, 5, 6, 7]),
        (["decision": "permit", "effect": "send"], [4, 5, 7]),
        (["decision": "deny"], [2]),
        (["call": "c1"], [1, 3, 6]),
        (["since": "3", "until": "6"], [3, 4, 5]),
        (["agent": "email", "since": "3"], [3, 4, 5, 6, 7]),
        (["agent": "nobody"], []),
    ]) func `what fits is found, with the intents and outcomes of its calls`(query: [String: String], indices: [Int64])
        throws
    {
        #expect(try find(query) == indices)
    }

    @Test func `the newest are kept when there are more than asked for`() throws {
        #expect(try find([:], limit: 2) == [6, 7])
        #expect(try find(["agent": "email"], limit: 3) == [5, 6, 7])
        #expect(try find(["person": "bob"], limit: 1) == [6])
    }

    @Test func `after an index only what is later is found, though its decision is earlier`() throws {
        #expect(try find(["person": "bob"], after: 5) == [6])
        #expect(try find(["person": "alice"], after: 5) == [7])
        #expect(try find([:], after: 7) == [])
    }

    @Test(arguments: [["decision": "permitt"], ["effect": "sned"], ["since": "yesterday"]])
    func `a filter that means nothing is refused with what it can be`(query: [String: String]) throws {
        let refusal = #expect(throws: LedgerDeskError.self) { try LedgerFilter(query) }
        #expect(refusal?.status == 422 && refusal?.hint != nil)
    }
}

import Ledger
import Testing
import Wire

@Suite struct CallOrderTests {
    /// Records of one call each, as `kind` or `kind:verdict`, for the call `c`.
    private func fault(_ records: [String]) throws -> LedgerFault? {
        var ledger = SampleLedger(
            key: try LedgerSigningKey(name: SampleLedger.origin, seed: .init(repeating: 7, count: 32)))
        for record in records {
            let parts = record.split(separator: ":").map(String.init)
            let kind = try #require(LeafKind(rawValue: parts[0]))
            try ledger.append(kind, parts.count == 2 ? ["call": "c", "verdict": .string(parts[1])] : ["call": "c"])
        }
        return ledger.fault
    }

    @Test(arguments: [
        ["decision:permit", "intent", "outcome"],
        ["decision:ask", "decision:permit", "intent", "outcome"],
        ["decision:permit", "intent"],
        ["decision:permit", "intent", "decision:deny", "outcome"],
        ["decision:permit", "decision:permit", "intent", "outcome"],
        ["decision:deny"],
    ])
    func `the order of a call is accepted`(records: [String]) throws {
        #expect(try fault(records) == nil)
    }

    @Test(arguments: [
        (["intent"], 0, LedgerFault.Rule.intentWithoutPermit),
        (["decision:deny", "intent"], 1, .intentWithoutPermit),
        (["decision:ask", "intent"], 1, .intentWithoutPermit),
        (["decision", "intent"], 1, .intentWithoutPermit),
        (["decision:permit", "decision:deny", "intent"], 2, .intentWithoutPermit),
        (["decision:permit", "intent", "intent"], 2, .intentWithoutPermit),
        (["decision:permit", "intent", "decision:permit", "intent"], 3, .intentWithoutPermit),
        (["decision:permit", "intent", "outcome", "intent"], 3, .intentWithoutPermit),
        (["outcome"], 0, .outcomeWithoutIntent),
        (["decision:permit", "outcome"], 1, .outcomeWithoutIntent),
        (["decision:permit", "intent", "outcome", "outcome"], 3, .outcomeWithoutIntent),
    ])
    func `a breach of the order is named`(records: [String], position: Int, rule: LedgerFault.Rule) throws {
        let fault = try fault(records)
        #expect(fault?.position == Int64(position))
        #expect(fault?.rule == rule)
    }

    @Test func `an intent without a call is refused`() throws {
        var ledger = try SampleLedger.small()
        try ledger.append(.intent, ["call": 1])
        #expect(ledger.fault?.rule == .intentWithoutPermit)
    }

    @Test func `time may stand still but not run back`() throws {
        var ledger = try SampleLedger.small()
        let last = try Leaf.decode(try #require(ledger.records.last)).time
        try ledger.append(.session, [:], time: last)
        #expect(ledger.fault == nil)
        try ledger.append(.session, [:], time: last - 1)
        #expect(ledger.fault?.rule == .time)
        #expect(ledger.fault?.position == 10)
    }
}

import Ledger
import Testing
import Wire

/// Batches are examined in parts; whatever they find, single records find as well.
@Suite struct BatchTests {
    /// Calls from beginning to end, among records that aren't plain, and checkpoints at uneven places.
    private static func sample(count: Int = 1_100) throws -> SampleLedger {
        var ledger = SampleLedger(
            key: try LedgerSigningKey(name: SampleLedger.origin, seed: [UInt8](repeating: 7, count: 32)))
        for number in 0..<count {
            let call: JSON = .string("call-\(number / 3)")
            switch number % 3 {
            case 0: try ledger.append(.decision, ["call": call, "verdict": "permit"])
            case 1: try ledger.append(.intent, ["call": call, "why": number % 7 == 0 ? "\u{e9}" : "plain"])
            default: try ledger.append(.outcome, ["call": call])
            }
            if [1, 255, 256, 257, 512, 700, 1_024, 1_099].contains(number + 1) { try ledger.sign() }
        }
        return ledger
    }

    private static func inBatches(of size: Int, _ ledger: SampleLedger) async throws -> Result<
        LedgerReport, LedgerFault
    > {
        var verifier = LedgerVerifier(
            origin: SampleLedger.origin, key: ledger.key.key, checkpoints: ledger.checkpoints)
        do throws(LedgerFault) {
            for start in stride(from: 0, to: ledger.records.count, by: size) {
                let batch = start..<min(start + size, ledger.records.count)
                try await verifier.add(batch.map { .init(ledger.records[$0], hash: ledger.hashes[$0]) })
            }
            return .success(try verifier.finish(head: ledger.head))
        } catch {
            return .failure(error)
        }
    }

    private static func oneByOne(_ ledger: SampleLedger) -> Result<LedgerReport, LedgerFault> {
        do throws(LedgerFault) { return .success(try ledger.verify()) } catch { return .failure(error) }
    }

    @Test(arguments: [1, 7, 255, 256, 300, 1_000, 5_000])
    func `batches of any size report what single records report`(size: Int) async throws {
        let ledger = try Self.sample()
        let report = try Self.oneByOne(ledger).get()
        #expect(report.records == 1_100 && report.openIntents.count == 1)
        #expect(try await Self.inBatches(of: size, ledger).get() == report)
    }

    @Test(arguments: [0, 1, 100, 254, 255, 256, 257, 511, 512, 699, 700, 1_023, 1_098])
    func `a fault at any place is the same fault`(place: Int) async throws {
        let ledger = try Self.sample()
        var tampered: [SampleLedger] = []
        for byte in [10, 60, 200] where byte < ledger.records[place].count {
            var flipped = ledger
            flipped.records[place][byte] ^= 1
            tampered.append(flipped)
            tampered.append(flipped.withoutHashes())
        }
        var (dropped, doubled, swapped) = (ledger, ledger, ledger)
        dropped.records.remove(at: place)
        dropped.hashes.remove(at: place)
        doubled.records.insert(ledger.records[place], at: place)
        doubled.hashes.insert(ledger.hashes[place], at: place)
        swapped.records.swapAt(place, place + 1)
        swapped.hashes.swapAt(place, place + 1)
        tampered += [dropped, doubled, swapped]
        for ledger in tampered {
            let found = Self.oneByOne(ledger)
            #expect(throws: LedgerFault.self) { try found.get() }
            for size in [100, 256, 2_000] { #expect(try await Self.inBatches(of: size, ledger) == found) }
        }
    }

    @Test(arguments: [2, 255, 257, 600])
    func `a broken order of calls is the same fault`(place: Int) async throws {
        var ledger = try Self.sample(count: place)
        try ledger.append(.outcome, ["call": "nobody's"])
        for number in 0..<300 { try ledger.append(.authority, ["n": .number(JSONNumber(number))]) }
        let found = Self.oneByOne(ledger)
        #expect(throws: LedgerFault.self) { try found.get() }
        #expect(try await Self.inBatches(of: 2_000, ledger) == found)
    }

    @Test func `a history written anew is found by the checkpoints in batches too`() async throws {
        let ledger = try Self.sample()
        var forged = try Self.sample(count: 500)
        try forged.append(.authority, ["forged": true])
        for number in 501..<1_100 { try forged.append(.session, ["n": .number(JSONNumber(number))]) }
        forged.checkpoints = ledger.checkpoints
        let found = Self.oneByOne(forged)
        #expect(throws: LedgerFault.self) { try found.get() }
        #expect(try await Self.inBatches(of: 2_000, forged) == found)
    }

    @Test func `a record whose index is the largest number is a fault, not the end of the program`() async throws {
        var ledger = try Self.sample(count: 3)
        let leaf = try Leaf(kind: .authority, time: 1_800_000_000_000_100, fields: [:])
        for index in [Int64.max, Int64.max] {
            ledger.append(leaf.bytes(at: index, previous: (ledger.hashes.last ?? nil) ?? .none, notBefore: 0))
        }
        let found = Self.oneByOne(ledger)
        #expect(throws: LedgerFault.self) { try found.get() }
        #expect(try await Self.inBatches(of: 5, ledger) == found)
        // Where a batch begins with it.
        #expect(try await Self.inBatches(of: 3, ledger) == found)
    }

    @Test func `a checkpoint over nothing doesn't keep those after it from being compared`() async throws {
        let ledger = try Self.sample()
        var forged = SampleLedger(key: ledger.key)
        try forged.sign()
        forged.checkpoints += ledger.checkpoints
        for number in 0..<1_100 { try forged.append(.session, ["n": .number(JSONNumber(number))]) }
        for found in [Self.oneByOne(forged), try await Self.inBatches(of: 1_000, forged)] {
            #expect(throws: LedgerFault.self) { try found.get() }
        }
    }
}

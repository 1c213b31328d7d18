import Ledger
import Testing
import Wire

/// Verifying reads most records by a short way that builds no values. It has to take what ``Leaf/decode(_:)`` takes and
/// nothing else, so each case is put through both.
@Suite struct PlainRecordTests {
    /// The rule that verifying `record` as a ledger's first one breaks, as the long way has it.
    private func expected(_ record: [UInt8]) -> LedgerFault.Rule? {
        let read: LedgerRecord
        do throws(LedgerError) {
            read = try Leaf.decode(record)
        } catch {
            return .format
        }
        if read.index != 0 { return .index }
        if read.previous != .none { return .previous }
        switch read.kind {
        case .intent: return .intentWithoutPermit
        case .outcome: return .outcomeWithoutIntent
        case .heartbeat: return Heartbeat(fields: read.fields) == nil ? .format : nil
        case .decision, .approval, .authority, .epoch, .session, .model: return nil
        }
    }

    private func found(_ record: [UInt8]) -> LedgerFault.Rule? {
        var ledger = LedgerVerifier(origin: SampleLedger.origin, key: key, checkpoints: [])
        do throws(LedgerFault) {
            try ledger.add(record: record, storedHash: nil)
            return nil
        } catch {
            return error.rule
        }
    }

    private let key: LedgerKey

    init() throws {
        key = try LedgerKey(name: SampleLedger.origin, publicKey: [UInt8](repeating: 7, count: 32))
    }

    private static let place = #"{"index":0,"previous":"\#(Digest.none.hex)","kind":"epoch","time":1"#

    @Test func `every change of one byte is judged alike both ways`() {
        let record = Array((Self.place + #","call":"c1","n":[10,-2,true,{"a":null}],"o":{"x":"","y":0}}"#).utf8)
        let bytes = Array(#"{}[]",:\0129-+.eEtfnu azA"#.utf8) + [0x00, 0x0A, 0x1F, 0x7F, 0x80, 0xC3, 0xFF]
        var judged: [LedgerFault.Rule?: Int] = [:]
        var differing: [String] = []
        for index in record.indices {
            for byte in bytes {
                for changed in [
                    record[..<index] + [byte] + record[(index + 1)...], record[..<index] + [byte] + record[index...],
                ] {
                    let rule = expected(Array(changed))
                    judged[rule, default: 0] += 1
                    if found(Array(changed)) != rule { differing.append(String(decoding: changed, as: UTF8.self)) }
                }
            }
            let shorter = Array(record[..<index] + record[(index + 1)...])
            if found(shorter) != expected(shorter) { differing.append(String(decoding: shorter, as: UTF8.self)) }
        }
        #expect(differing == [])
        #expect(judged[nil, default: 0] > 500, "too few changes that keep a record a record")
        #expect(judged[.format, default: 0] > 5_000)
        #expect(judged[.index, default: 0] > 5)
        #expect(judged[.previous, default: 0] > 50)
    }

    @Test(arguments: [
        "}", #","a":1}"#, #","a":1,"a":1}"#, #","a":{"b":1,"b":2}}"#, #","a":{"b":1},"b":2}"#,
        #","a":[{"b":1},{"b":2}]}"#, #","a":{"a":{"a":1}}}"#, #","index":0}"#, #","time":2}"#, #","kind":"epoch"}"#,
        #","previous":null}"#, #","in":{"index":0,"kind":1,"previous":2,"time":3}}"#, #","a":01}"#, #","a":-0}"#,
        #","a":1.50}"#, #","a":1e5}"#, #","a":123456789012345678901234567890}"#, #","a":"\u00e9"}"#, #","a":"é"}"#,
        #","a":"\n"}"#, #","a":"\u000a"}"#, #","a":"\/"}"#, #","":{}}"#, #","":1,"":2}"#, #","a":[]}"#, #","a":[1,]}"#,
        #","a":[[[[[[[[[[[[1]]]]]]]]]]]]}"#, #","a":tru}"#, #","a":nul}"#, #", "a":1}"#, "}}", "} ", ",}", "",
    ])
    func `the end of a record is judged alike both ways`(end: String) {
        let record = Array((Self.place + end).utf8)
        #expect(found(record) == expected(record))
    }

    @Test(arguments: [1, 63, 64, 65, 200])
    func `records of many fields are judged alike both ways`(count: Int) {
        let fields = (0..<count).map { #","f\#($0)":\#($0)"# }.joined()
        for end in ["}", #","f0":0}"#] {
            let record = Array((Self.place + fields + end).utf8)
            #expect(found(record) == expected(record))
            #expect(found(record) == (end == "}" ? nil : .format))
        }
    }
}

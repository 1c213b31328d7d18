import Ledger
import Testing
import Wire

@Suite struct LeafTests {
    private let previous = Digest.sha256(of: [1])

    @Test func `a record is exact JSON with its place first`() throws {
        let leaf = try Leaf(kind: .decision, time: 12, fields: ["call": "c1", "verdict": "permit"])
        let text = String(decoding: leaf.bytes(at: 3, previous: previous, notBefore: 0), as: UTF8.self)
        #expect(
            text == #"{"index":3,"previous":"\#(previous.hex)","kind":"decision","time":12,"#
                + #""call":"c1","verdict":"permit"}"#)
    }

    @Test(arguments: LeafKind.allCases)
    func `a record comes back as it was`(kind: LeafKind) throws {
        let all: [JSONObject] = [
            [:], ["a": 1], ["text": "line\n\"quoted\" \u{1F600}", "list": [1, JSON.null, true], "in": ["x": [:]]],
        ]
        for fields in all {
            let leaf = try Leaf(kind: kind, time: -5, fields: fields)
            let record = try Leaf.decode(leaf.bytes(at: 9, previous: previous, notBefore: .min))
            #expect(record.index == 9)
            #expect(record.previous == previous)
            #expect(record.kind == kind)
            #expect(record.time == -5)
            #expect(record.fields == fields)
            #expect(record.fields.keys == fields.keys)
        }
    }

    @Test func `the first record names sixty-four zeros`() throws {
        let record = try Leaf(kind: .epoch, time: 0, fields: [:]).bytes(at: 0, previous: .none, notBefore: 0)
        let zeros = String(repeating: "0", count: 64)
        #expect(
            String(decoding: record, as: UTF8.self)
                == #"{"index":0,"previous":"\#(zeros)","kind":"epoch","time":0}"#)
    }

    @Test func `a leaf that comes late bears the time of the record before it`() throws {
        let leaf = try Leaf(kind: .outcome, time: 12, fields: ["call": "c1"])
        func time(notBefore: Int64) throws -> Int64 {
            try Leaf.decode(leaf.bytes(at: 1, previous: previous, notBefore: notBefore)).time
        }
        #expect(try time(notBefore: 11) == 12)
        #expect(try time(notBefore: 12) == 12)
        #expect(try time(notBefore: 13) == 13)
    }

    @Test func `the longest place that a record can have is what is left for it`() throws {
        let widest = try #require(LeafKind.allCases.max { $0.rawValue.utf8.count < $1.rawValue.utf8.count })
        let leaf = try Leaf(kind: widest, time: .min, fields: [:])
        let record = leaf.bytes(at: .max, previous: previous, notBefore: .min)
        #expect(record.count - leaf.body.count <= 160)
    }

    @Test(arguments: ["index", "previous", "kind", "time"])
    func `a field cannot take a name of the record`(name: String) {
        let fields = JSONObject([(name, JSON.null)])
        #expect(code { () throws(LedgerError) in try Leaf(kind: .epoch, time: 0, fields: fields) } == .reservedField)
    }

    @Test func `a leaf that could not be bundled is refused, and the longest one is read`() throws {
        func leaf(_ count: Int) throws(LedgerError) -> Leaf {
            try Leaf(kind: .epoch, time: 0, fields: ["x": .string(String(repeating: "a", count: count))])
        }
        let longest = 65_535 - 160 - #","x":""}"#.utf8.count
        let record = try leaf(longest).bytes(at: .max, previous: previous, notBefore: 0)
        #expect(record.count <= Leaf.maximumBytes)
        #expect(try Leaf.decode(record).index == .max)
        #expect(code { () throws(LedgerError) in try leaf(longest + 1) } == .tooLarge)
    }

    @Test(arguments: [
        "", "null", "{}", "[]", #"{"index":0}"#,
        #"{"previous":"P","index":0,"kind":"epoch","time":0}"#,
        #"{"index":0,"previous":"P","kind":"epoch","time":0} "#,
        #"{"index":0, "previous":"P","kind":"epoch","time":0}"#,
        #"{"index":-1,"previous":"P","kind":"epoch","time":0}"#,
        #"{"index":0.5,"previous":"P","kind":"epoch","time":0}"#,
        #"{"index":"0","previous":"P","kind":"epoch","time":0}"#,
        #"{"index":0,"previous":"p","kind":"epoch","time":0}"#,
        #"{"index":0,"previous":"P","kind":"Epoch","time":0}"#,
        #"{"index":0,"previous":"P","kind":"epoch","time":null}"#,
        #"{"index":0,"previous":"P","kind":"epoch","time":0,"a":1,"a":2}"#,
        #"{"index":0,"previous":"P","kind":"epoch","time":0,"a":"\u0061"}"#,
    ])
    func `only the bytes that a writer makes are read`(text: String) {
        let record = Array(text.replacing("P", with: previous.hex).utf8)
        #expect(code { () throws(LedgerError) in try Leaf.decode(record) } == .badRecord)
    }
}

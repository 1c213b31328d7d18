import Testing
import Wire

@Suite struct `Reading JSON` {
    static let accepted: [(String, JSON)] = [
        ("null", nil), ("true", true), ("false", false), ("0", 0), (" \t\r\n1 \n", 1), ("-12", -12),
        ("\"\"", ""), ("\"a\"", "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u00e9""#, "é"), (#""\uD83D\uDE00""#, "😀"), (#""\ud83d\ude00x""#, "😀x"), ("\"é😀\"", "é😀"),
        (#""\u0000""#, "\0"), ("\"\u{7F}\"", "\u{7F}"), (#""\uFFFF""#, "\u{FFFF}"), ("\"\u{FFFE}\"", "\u{FFFE}"),
        ("\"\u{2028}\"", "\u{2028}"), ("[]", []), ("[ ]", []), ("[1,2]", [1, 2]), ("[[],{}]", [[], [:]]),
        ("{}", [:]), ("{ }", [:]), (#"{"a":1}"#, ["a": 1]), (#" { "a" : [ null ] } "#, ["a": [nil]]),
        (#"{"":""}"#, ["": ""]), (#"{"a\u0062":1}"#, ["ab": 1]),
        ("\"eight by\"", "eight by"), ("\"eight by eight by \\n and more text\"", "eight by eight by \n and more text"),
    ]

    @Test(arguments: accepted) func `takes what the grammar allows`(_ text: String, _ value: JSON) throws {
        #expect(try JSON.parse(text) == value)
    }

    static let numbers = [
        "0", "-0", "1", "10", "0.1", "0.0", "1e1", "1E1", "1e+1", "1e-1", "-1.25e-300", "1e999999",
        "123456789012345678901234567890", "0e0", "1.000",
    ]

    @Test(arguments: numbers) func `keeps a number as its text`(_ text: String) throws {
        #expect(try JSON.parse("[\(text)]") == .array([.number(try #require(JSONNumber(text)))]))
        #expect(try JSON.parse("[\(text)]").text == "[\(text)]")
    }

    static let refused: [(String, JSONError.Code)] = [
        ("", .incomplete), (" ", .incomplete), ("nul", .incomplete), ("nulL", .syntax), ("True", .syntax),
        ("truex", .trailing),
        ("1 2", .trailing), ("{}{}", .trailing), ("[1]]", .trailing), ("null\0", .trailing), ("1,", .trailing),
        ("01", .trailing), ("-01", .trailing), ("+1", .syntax), ("-", .incomplete), ("-a", .syntax), (".5", .syntax),
        ("1.", .incomplete), ("[1.]", .syntax), ("1.e1", .syntax), ("1e", .incomplete), ("1e+", .incomplete),
        ("0x10", .trailing),
        ("NaN", .syntax), ("Infinity", .syntax), ("-Infinity", .syntax), ("1_000", .trailing), ("１", .syntax),
        ("\"", .incomplete), ("\"a", .incomplete), ("'a'", .syntax), (#""\"#, .incomplete), (#""\a""#, .syntax),
        (#""\'""#, .syntax),
        (#""\x41""#, .syntax), (#""\u12""#, .syntax), (#""\u12"#, .incomplete), (#""\u00G0""#, .syntax),
        (#""\U0041""#, .syntax),
        (#""\uD800""#, .surrogate), (#""\uDC00""#, .surrogate), (#""\uD800\u0041""#, .surrogate),
        (#""\uD800\n""#, .surrogate),
        (#""\uD800\uD800""#, .surrogate), (#""\uDE00\uD83D""#, .surrogate), (#""\uD83Dx""#, .surrogate),
        ("\"a\nb\"", .control), ("\"\t\"", .control), ("\"\0\"", .control), ("\"\u{1F}\"", .control),
        ("\"a long text with a \u{1} in it\"", .control), ("\"\\n and then \u{1F}\"", .control),
        ("[", .incomplete), ("[1", .incomplete), ("[1,", .incomplete), ("[1,]", .syntax), ("[,1]", .syntax),
        ("[1 2]", .syntax),
        ("[1}", .syntax), ("]", .syntax), ("{", .incomplete), ("{\"a\"", .incomplete), ("{\"a\":", .incomplete),
        ("{\"a\":1", .incomplete), ("{\"a\":1,", .incomplete), ("{\"a\":1,}", .syntax), ("{\"a\" 1}", .syntax),
        ("{a:1}", .syntax),
        ("{1:1}", .syntax), ("{\"a\":1 \"b\":2}", .syntax), ("{\"a\"}", .syntax), ("{\"a\"::1}", .syntax),
        ("{,}", .syntax),
        ("{\"a\":1]", .syntax), ("// x\n1", .syntax), ("1 // x", .trailing), ("/**/1", .syntax), ("\u{A0}1", .syntax),
        ("\u{FEFF}1", .encoding), ("{\"a\":1,\"a\":1}", .duplicateKey), (#"{"a":1,"\u0061":2}"#, .duplicateKey),
        (#"{"x":{"é":1,"\u00e9":2}}"#, .duplicateKey), (#"{"":1,"":2}"#, .duplicateKey),
    ]

    @Test(arguments: refused) func `refuses what I-JSON forbids`(_ text: String, _ code: JSONError.Code) {
        #expect(refusal(of: text) == code)
    }

    static let notUTF8: [[UInt8]] = [
        [0x80], [0xC3], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
        [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80], [0xFF], [0xFE], [0xE2, 0x82],
        [0xC3, 0x5C, 0x6E],
    ]

    @Test(arguments: notUTF8) func `refuses bytes that aren't UTF-8`(_ bytes: [UInt8]) {
        let text: [UInt8] = [0x22, 0x61] + bytes + [0x22]
        #expect(refusal(of: text) == .encoding)
        #expect(throws: JSONError.self) { try JSON.parse(bytes) }
        do throws(JSONError) {
            _ = try JSON.parse(text)
        } catch {
            #expect(error.offset == 2)
        }
    }

    /// The reader looks at eight bytes at a time; every place within and behind such a word counts.
    @Test func `a bad byte is found at every place of a string`() {
        for before in 0..<20 {
            for after in 0..<20 {
                let (head, tail) = (String(repeating: "a", count: before), String(repeating: "b", count: after))
                let start = 1 + before
                for byte in 0..<0x20 as Range<UInt8> {
                    #expect(refusal(of: quoted(head, [byte], tail)) == .control)
                }
                for (index, bytes) in Self.notUTF8.enumerated() {
                    let offset = #expect(throws: JSONError.self) { try JSON.parse(quoted(head, bytes, tail)) }?.offset
                    #expect(offset == start, "sequence \(index) behind \(before) letters")
                }
                #expect(refusal(of: quoted(head, Array("é\u{7F}😀".utf8), tail)) == nil)
                #expect(refusal(of: quoted(head, Array(#"\n\u00e9\""#.utf8), tail)) == nil)
            }
        }
    }

    private func quoted(_ head: String, _ bytes: [UInt8], _ tail: String) -> [UInt8] {
        Array("\"\(head)".utf8) + bytes + Array("\(tail)\"".utf8)
    }

    @Test func `refuses UTF-16 and UTF-32`() {
        #expect(refusal(of: [0xFF, 0xFE, 0x31, 0x00]) == .syntax)
        #expect(refusal(of: [0x31, 0x00]) == .trailing)
        #expect(refusal(of: [0x00, 0x00, 0x00, 0x31]) == .syntax)
    }

    @Test func `keys that only look alike are two keys`() throws {
        let value = try JSON.parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value.objectValue?.count == 2)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(JSON.string("\u{E9}") != JSON.string("e\u{301}"))
        // Equal to `String`, and of one length.
        #expect("\u{212B}" == "A\u{30A}")
        #expect(JSON.string("\u{212B}") != JSON.string("A\u{30A}"))
        #expect(refusal(of: "{\"\u{212B}\":1,\"A\u{30A}\":2}") == nil)
    }

    @Test(arguments: [2, 11, 12, 13, 14, 40, 1_000]) func `finds a duplicate at any size`(_ count: Int) {
        let members = (0..<count).map { "\"k\($0)\":\($0)" }
        for place in [0, count / 2, count - 1] {
            let text = "{" + (members + ["\"k\(place)\":0"]).joined(separator: ",") + "}"
            #expect(refusal(of: text) == .duplicateKey)
        }
        #expect(refusal(of: "{" + members.joined(separator: ",") + "}") == nil)
    }

    @Test func `keeps to its limits exactly`() {
        let deep = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(refusal(of: deep(64)) == nil)
        #expect(refusal(of: deep(65)) == .tooDeep)
        #expect(refusal(of: deep(100_000)) == .tooDeep)
        #expect(refusal(of: String(repeating: "{\"a\":", count: 100_000)) == .tooDeep)
        #expect(refusal(of: "[1,2,3]", limits: JSONLimits(bytes: 7, depth: 1, members: 4)) == nil)
        #expect(refusal(of: "[1,2,3]", limits: JSONLimits(bytes: 6, depth: 1, members: 4)) == .tooLarge)
        #expect(refusal(of: "[1,2,3]", limits: JSONLimits(bytes: 7, depth: 0, members: 4)) == .tooDeep)
        #expect(refusal(of: "[1,2,3]", limits: JSONLimits(bytes: 7, depth: 1, members: 3)) == .tooMany)
        let deepest = JSONLimits(bytes: 1 << 20, depth: .max, members: 100_000)
        #expect(refusal(of: deep(JSONLimits.deepest), limits: deepest) == nil)
        #expect(refusal(of: deep(JSONLimits.deepest + 1), limits: deepest) == .tooDeep)
    }

    @Test func `depth counts what is open, not what was`() {
        #expect(refusal(of: "[[],[],{},[{}],[]]", limits: JSONLimits(bytes: 100, depth: 3, members: 10)) == nil)
    }

    @Test func `an error says where`() throws {
        let error = #expect(throws: JSONError.self) { try JSON.parse(#"{"a": tru}"#) }
        #expect(error?.offset == 9)
        #expect(error?.description == "expected `true` at byte 9")
        let duplicate = #expect(throws: JSONError.self) { try JSON.parse("{\"a\\n\":1, \"a\\n\":2}") }
        #expect(duplicate?.offset == 10)
        #expect(duplicate?.message == "the key `a\\u{a}` stands twice in one object")
    }

    @Test func `bytes that aren't contiguous are read too`() throws {
        let bytes = Array("[1,\"two\"]".utf8)
        #expect(try JSON.parse(bytes.lazy.map { $0 }) == [1, "two"])
        #expect(try JSON.parse(bytes[...]) == [1, "two"])
    }
}

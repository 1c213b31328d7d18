import Testing
import Wire

@Suite struct `Reading JSON5` {
    static let accepted: [(String, String)] = [
        ("null", "null"), ("true // end", "true"), ("/* a\n * b **/ false", "false"), ("{}", "{}"), ("[]", "[]"),
        ("[1,]", "[1]"),
        ("{a:1,}", #"{"a":1}"#), ("{'a':1}", #"{"a":1}"#), (#"{"a":1}"#, #"{"a":1}"#), ("{$_a1:1}", #"{"$_a1":1}"#),
        ("{\u{FC}ml\u{E4}ut:1}", "{\"\u{FC}ml\u{E4}ut\":1}"), (#"{\u0061b:1}"#, #"{"ab":1}"#),
        ("{null:1,true:2,Infinity:3}", #"{"null":1,"true":2,"Infinity":3}"#),
        ("'a\"b'", #""a\"b""#), (#"'\'\"\\\b\f\n\r\t\v\0\a\/'"#, #""'\"\\\b\f\n\r\t\u000b\u0000a/""#),
        (#"'\x41\u00e9\uD83D\uDE00'"#, "\"A\u{E9}\u{1F600}\""),
        ("'a\\\nb\\\r\nc\\\rd\\\u{2028}e'", #""abcde""#), ("'a\tb'", #""a\tb""#), ("'\u{2028}'", "\"\u{2028}\""),
        ("0", "0"), ("-0", "-0"), ("+1", "1"), (".5", "0.5"), ("-.5", "-0.5"), ("5.", "5"), ("5.e3", "5e3"),
        (".5E-3", "0.5e-3"), ("1e+5", "1e5"),
        ("1.50", "1.50"), ("0x10", "16"), ("-0xFf", "-255"), ("+0X0", "0"), ("0xdecaf", "912559"),
        ("0xffffffffffffffffffffffffffffffff", "340282366920938463463374607431768211455"), ("0x00", "0"),
        ("\u{FEFF}\u{A0}\u{2003}\u{0B}\u{0C}[\u{2028}1\u{2029}]", "[1]"), ("[1,//x\u{2028}2]", "[1,2]"),
        ("[/**/1/***/,/*/*/2]", "[1,2]"),
    ]

    @Test(arguments: accepted) func `takes the whole grammar`(_ text: String, _ json: String) throws {
        #expect(try JSON5.parse(text).json == JSON.parse(json))
    }

    static let refused: [(String, Int, Int, String)] = [
        ("", 1, 1, "the text ends where a value is expected"),
        ("\n // x", 2, 6, "the text ends where a value is expected"),
        ("{\n  a: 1\n  b: 2\n}", 3, 3, "expected `,` or `}`"), ("[1 2]", 1, 4, "expected `,` or `]`"),
        ("[,]", 1, 2, "expected a value"),
        ("{,}", 1, 2, "expected a key or `}`"), ("{a b}", 1, 4, "expected `:` behind the key `a`"),
        ("{a:}", 1, 4, "expected a value"), ("{1:1}", 1, 2, "expected a key or `}`"),
        ("{a-b:1}", 1, 3, "expected `:` behind the key `a`"), ("{a:1", 1, 5, "expected `,` or `}`"),
        ("{", 1, 2, "the text ends within an object"), ("[", 1, 2, "the text ends within an array"),
        ("1 1", 1, 3, "the value is followed by more"), ("/* x", 1, 1, "the comment never ends"),
        ("/", 1, 1, "expected a value"),
        ("'a", 1, 1, "the string never ends"), ("'a\nb'", 1, 3, "the line ends within a string"),
        (#"'\1'"#, 1, 2, "no such escape in a string"), (#"'\01'"#, 1, 2, "no such escape in a string"),
        (#"'\x4'"#, 1, 5, "expected 2 hexadecimal digits"),
        (#"'\uD800'"#, 1, 2, "half of a surrogate pair stands alone"),
        (#"'\uDC00\uD800'"#, 1, 2, "half of a surrogate pair stands alone"),
        ("01", 1, 1, "a number can't start with `0`"), ("-", 1, 2, "expected a digit"),
        (".", 1, 1, "expected a digit at the point"), ("1e", 1, 3, "expected the digits of the exponent"),
        ("0x", 1, 3, "expected hexadecimal digits behind `0x`"),
        ("1.2.3", 1, 4, "a number is followed by `.`"), ("1px", 1, 2, "a number is followed by `p`"),
        ("--1", 1, 2, "expected a digit"), ("+true", 1, 1, "expected a number behind the sign"),
        ("0x\(String(repeating: "f", count: 65))", 1, 67, "a hexadecimal number has at most 64 digits"),
        ("NaN", 1, 1, "`NaN` can't be a number here"), ("[\n-Infinity]", 2, 1, "`Infinity` can't be a number here"),
        ("{a: tru}", 1, 5, "unknown word `tru`"),
        ("{a: hello}", 1, 5, "unknown word `hello`"),
        ("{\\u0020a:1}", 1, 2, "this character can't stand in a bare key"),
        ("{\\x61:1}", 1, 2, "expected `\\uXXXX` in a bare key"),
        ("{\n  a: 1,\r\n  'b': 2,\n\t\"\\u0061\": 3,\n}", 4, 2, "the key `a` stands twice in one object"),
        ("['😀', x]", 1, 7, "unknown word `x`"),
    ]

    @Test(arguments: refused) func `refuses the rest, and says where`(
        _ text: String, _ line: Int, _ column: Int, _ message: String
    ) {
        let error = #expect(throws: JSON5Error.self) { try JSON5.parse(text) }
        #expect(error?.message == message)
        #expect(error?.position == SourcePosition(line: line, column: column))
    }

    @Test func `hints tell the way out`() {
        let duplicate = #expect(throws: JSON5Error.self) { try JSON5.parse("{\n a: 1,\n a: 2 }") }
        #expect(
            duplicate?.description
                == "line 3, column 2: the key `a` stands twice in one object (it stands first at line 2, column 2)")
        let word = #expect(throws: JSON5Error.self) { try JSON5.parse("{a: ture}") }
        #expect(word?.hint == "did you mean `true`?")
        let infinity = #expect(throws: JSON5Error.self) { try JSON5.parse("+Infinity") }
        #expect(infinity?.hint?.contains("JSON has no such number") == true)
    }

    @Test func `every value and key knows its place`() throws {
        let node = try JSON5.parse("// head\n{\n  list: [1, 'x',\r\n    {deep: null}],\n}\n")
        #expect(node.position == SourcePosition(line: 2, column: 1))
        guard case .object(let members) = node.value else {
            Issue.record("not an object")
            return
        }
        #expect(members.map(\.key) == ["list"])
        #expect(members.first?.keyPosition == SourcePosition(line: 3, column: 3))
        #expect(node["list"]?.position == SourcePosition(line: 3, column: 9))
        let pointer = try #require(JSONPointer("/list/2/deep"))
        #expect(node.node(at: pointer)?.position == SourcePosition(line: 4, column: 12))
        #expect(node.node(at: try #require(JSONPointer("/list/3"))) == nil)
        #expect(node.json.value(at: pointer) == JSON.null)
    }

    @Test func `keeps to its limits`() {
        let deep = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(throws: Never.self) { try JSON5.parse(deep(64)) }
        #expect(throws: JSON5Error.self) { try JSON5.parse(deep(65)) }
        #expect(throws: JSON5Error.self) {
            try JSON5.parse("[1,2,3]", limits: JSONLimits(bytes: 6, depth: 9, members: 9))
        }
        #expect(throws: JSON5Error.self) {
            try JSON5.parse("[1,2,3]", limits: JSONLimits(bytes: 9, depth: 9, members: 3))
        }
    }

    @Test(arguments: 0..<100) func `JSON is JSON5`(_ seed: UInt64) throws {
        var source = Seeded(state: seed)
        let value = JSON.random(&source)
        #expect(try JSON5.parse(value.text).json.hasSameValue(as: value))
        #expect(try JSON5.parse(value.pretty()).json.hasSameValue(as: value))
    }

    @Test func `arbitrary text never traps`() {
        var source = Seeded(state: 5)
        let alphabet = Array("{}[]'\",:\\ux0123abcdefItrunl.-+eE \n\r/*$é\u{2028}".unicodeScalars)
        var taken = 0
        for _ in 0..<20_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<16, using: &source) {
                text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &source)])
            }
            if (try? JSON5.parse(String(text))) != nil { taken += 1 }
        }
        #expect(taken > 100, "hardly anything was JSON5, so little was tried")
    }
}

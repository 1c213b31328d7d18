import Testing
import Wire

@Suite struct `JSON values` {
    @Test func `literals make values`() {
        let name = "Alice"
        let value: JSON = ["n": nil, "b": true, "i": -7, "s": "hi \(name)", "a": [1, "x"]]
        #expect(value["n"] == JSON.null)
        #expect(value["n"]?.isNull == true)
        #expect(value["b"]?.boolValue == true)
        #expect(value["i"]?.integerValue == -7)
        #expect(value["s"]?.stringValue == "hi Alice")
        #expect(value["a"]?[1] == "x")
        #expect(value["a"]?.arrayValue?.count == 2)
        #expect(value["a"]?[2] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["zzz"] == nil)
        #expect(value[0] == nil)
        #expect(JSON.string("x")["a"] == nil)
    }

    @Test func `an accessor of another shape is nil`() {
        #expect(JSON.string("1").integerValue == nil)
        #expect(JSON.bool(true).stringValue == nil)
        #expect(JSON.null.boolValue == nil)
        #expect(JSON.array([]).objectValue == nil)
        #expect(JSON.object([:]).arrayValue == nil)
        #expect(!JSON.bool(false).isNull)
    }

    @Test func `an object keeps its order and its keys once`() {
        var object: JSONObject = ["b": 1, "a": 2, "b": 3]
        #expect(object.keys == ["b", "a"])
        #expect(object["b"] == 3)
        object["c"] = 4
        object["b"] = nil
        object["nothing"] = nil
        object["a"] = "x"
        #expect(object.keys == ["a", "c"])
        #expect(object.members.map(\.value) == ["x", 4])
        #expect(object.count == 2)
        #expect(!object.isEmpty)
        #expect(JSONObject().isEmpty)
    }

    @Test func `a large object behaves as a small one`() {
        var object = JSONObject()
        for number in 0..<200 { object["k\(number)"] = .number(JSONNumber(number)) }
        for number in stride(from: 0, to: 200, by: 2) { object["k\(number)"] = nil }
        #expect(object.count == 100)
        #expect(object.keys.first == "k1")
        #expect(object.keys.last == "k199")
        for number in 0..<200 {
            #expect(object["k\(number)"]?.integerValue == (number.isMultiple(of: 2) ? nil : Int64(number)))
        }
        var small = object
        for number in 0..<196 { small["k\(number)"] = nil }
        #expect(small.keys == ["k197", "k199"])
        #expect(small["k199"] == 199)
        #expect(small["k1"] == nil)
        object["k1"] = "changed"
        #expect(object["k1"] == "changed")
        #expect(object.keys.first == "k1")
    }

    @Test func `objects that differ in one member differ`() {
        let object: JSONObject = ["a": 1, "b": [1, 2]]
        #expect(object == ["b": [1, 2], "a": 1])
        #expect(object != ["a": 1, "b": [2, 1]])
        #expect(object != ["a": 1, "c": [1, 2]])
        #expect(object != ["a": 1])
        #expect(JSON.object(object) != JSON.array([]))
    }

    static let whole: [(String, Int64?)] = [
        ("0", 0), ("-0", 0), ("0.000", 0), ("0e99999999999999999999", 0), ("1.0", 1), ("1e2", 100), ("-12.50e1", -125),
        ("100e-2", 1),
        ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
        ("-9223372036854775809", nil), ("9.223372036854775807e18", .max), ("-9.223372036854775808E+18", .min),
        ("1.5", nil), ("1e-1", nil), ("1e19", nil), ("1e99999999999999999999999", nil),
        ("1e-99999999999999999999999", nil),
    ]

    @Test(arguments: whole) func `a whole number is exact however it is written`(_ text: String, _ value: Int64?) {
        #expect(JSONNumber(text)?.integer == value)
    }

    @Test(arguments: [
        "", "-", "01", "+1", ".5", "1.", "1e", "1e+", "NaN", "0x1", " 1", "1 ", "1\0", "--1", "1.2.3", "1e1.0", "٣",
    ])
    func `a number has the grammar of JSON`(_ text: String) {
        #expect(JSONNumber(text) == nil)
    }

    @Test func `numbers compare exactly`() throws {
        let ordered = [
            "-1e400", "-1e30", "-123.5", "-123", "-0.1", "0", "1e-400", "0.1", "0.10000000000000000001", "1",
            "9007199254740992",
            "9007199254740993", "1e30", "1.0000000000000000000000000000000001e30", "1e400",
        ].compactMap { JSONNumber($0) }
        #expect(ordered.count == 15)
        for (left, first) in ordered.enumerated() {
            for (right, second) in ordered.enumerated() {
                #expect(first.isLess(than: second) == (left < right))
                #expect(first.hasSameValue(as: second) == (left == right))
            }
        }
        #expect(try #require(JSONNumber("-0")).hasSameValue(as: try #require(JSONNumber("0.0"))))
        #expect(try #require(JSONNumber("1.50")).hasSameValue(as: try #require(JSONNumber("15e-1"))))
        #expect(JSONNumber("1.0") != JSONNumber("1"))
        #expect(JSONNumber(UInt64.max).text == "18446744073709551615")
    }

    @Test func `values are the same by value though not by text`() throws {
        #expect(try JSON.parse("[1.0,{\"a\":1e1}]").hasSameValue(as: [1, ["a": 10]]))
        #expect(try !JSON.parse("[1.01]").hasSameValue(as: [1]))
        #expect(!JSON.string("1").hasSameValue(as: 1))
    }
}

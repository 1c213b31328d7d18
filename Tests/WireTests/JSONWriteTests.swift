import Testing
import Wire

@Suite struct `Writing JSON` {
    @Test func `compact text keeps the order of members`() {
        let value: JSON = ["b": [1, nil, true, "x"], "a": [:], "c": []]
        #expect(value.text == #"{"b":[1,null,true,"x"],"a":{},"c":[]}"#)
        #expect(value.bytes() == Array(value.text.utf8))
        #expect(value.objectValue?.bytes() == value.bytes())
    }

    @Test func `escapes only what must be escaped`() {
        let text = "\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}é\u{2028}😀"
        #expect(JSON.string(text).text == "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u{7F}é\u{2028}😀\"")
    }

    /// The example of RFC 8785 section 3.2.3.
    @Test func `canonical keys stand in the order of UTF-16 code units`() {
        let value: JSON = [
            "\u{20AC}": "Euro Sign", "\r": "Carriage Return", "\u{FB33}": "Hebrew Letter Dalet With Dagesh", "1": "One",
            "\u{1F600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{F6}": "Latin Small Letter O With Diaeresis",
        ]
        let text = String(decoding: value.canonicalBytes(), as: UTF8.self)
        #expect(
            text == "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\","
                + "\"\u{F6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20AC}\":\"Euro Sign\","
                + "\"\u{1F600}\":\"Emoji: Grinning Face\",\"\u{FB33}\":\"Hebrew Letter Dalet With Dagesh\"}")
    }

    @Test func `canonical order reaches every depth and leaves numbers alone`() throws {
        let value = try JSON.parse(#"{"b":[{"d":1.0,"c":1e2}],"a":-0,"B":0}"#)
        #expect(String(decoding: value.canonicalBytes(), as: UTF8.self) == #"{"B":0,"a":-0,"b":[{"c":1e2,"d":1.0}]}"#)
    }

    @Test func `the digest covers the name of the form and the canonical bytes`() {
        let value: JSON = ["b": 1, "a": [true]]
        #expect(value.digest == Digest.sha256(of: Array("deputy/json/v1\n{\"a\":[true],\"b\":1}".utf8)))
        #expect(value.digest.hex == "94af4b45ed7442c4210f3f870229a14d96fc3f89338e4db057d7fcfb9a7e588a")
        #expect(JSON.number(JSONNumber(1)).digest != JSONNumber("1.0").map { JSON.number($0).digest })
    }

    @Test func `pretty text is indented by two spaces`() {
        let value: JSON = ["a": [1, [:]], "b": [], "c": ["d": nil]]
        #expect(
            value.pretty() == """
                {
                  "a": [
                    1,
                    {}
                  ],
                  "b": [],
                  "c": {
                    "d": null
                  }
                }
                """)
    }
}

import Testing
import Wire

@Suite struct `JSON schemas` {
    /// The violations of a value, as text; empty when it is taken.
    private func faults(_ value: JSON, _ schema: JSON) throws -> [String] {
        let schema = try JSONSchema(schema)
        do throws(SchemaViolations) {
            _ = try schema.validate(value)
            return []
        } catch {
            return error.violations.map(\.description)
        }
    }

    static let accepted: [(JSON, JSON)] = [
        (["type": "string"], "x"), (["type": "integer"], 3), (["type": "number"], 3), (["type": "boolean"], false),
        (["type": "null"], nil), (["type": "array"], [1, "x"]), (["type": "object"], [:]),
        (["type": ["string", "null"]], nil),
        (["type": "object", "additionalProperties": true], ["a": 1]),
        (["type": "object", "additionalProperties": ["type": "integer"]], ["a": 1]),
        (["properties": ["a": ["type": "string"]]], ["a": "x"]), (["enum": ["a", 1, nil]], nil),
        (["const": ["a": [1]]], ["a": [1]]),
        (["minLength": 1, "maxLength": 1], "é"), (["maxLength": 2], "e\u{301}"), (["minimum": 1, "maximum": 1], 1),
        (["items": ["type": "integer"], "minItems": 1, "maxItems": 2], [1, 2]),
        (["uniqueItems": true], [1, "1", [1], ["a": 1]]),
        (["title": "t", "description": "d", "examples": [1]], 1),
    ]

    @Test(arguments: accepted) func `takes what is allowed, unchanged`(_ schema: JSON, _ value: JSON) throws {
        #expect(try JSONSchema(schema).validate(value) == value)
    }

    static let refused: [(JSON, JSON, String)] = [
        (["type": "string"], 1, "must be `string`"), (["type": "integer"], true, "must be `integer`"),
        (["type": ["integer", "null"]], "1", "must be `null` or `integer`"),
        (["type": "boolean"], 0, "must be `boolean`"),
        (["type": "object"], ["a": 1], "`/a`: unknown property `a`"), (["type": "object"], [], "must be `object`"),
        ([:], ["a": 1], "`/a`: unknown property `a`"),
        (["type": "object", "additionalProperties": ["type": "integer"]], ["a": "x"], "`/a`: must be `integer`"),
        (["properties": ["a": [:]], "required": ["a"]], [:], "the property `a` is missing"),
        (["enum": ["a", "b"]], "c", "isn't one of the allowed values (did you mean `a`?)"),
        (["enum": [1, 2]], 3, "isn't one of the allowed values"),
        (["const": "x"], "long", "isn't one of the allowed values (one of `x`)"),
        (["minLength": 2], "é", "must have at least 2 characters"),
        (["maxLength": 1], "ab", "must have at most 1 character"),
        (["minimum": 0], -1, "must be at least 0"), (["maximum": 10], 11, "must be at most 10"),
        (["minItems": 1], [], "must have at least 1 element"), (["maxItems": 0], [1], "must have at most 0 elements"),
        (["uniqueItems": true], [["a": 1, "b": 2], ["b": 2, "a": 1]], "must not hold a value twice"),
        (["items": ["type": "integer"]], [1, "x"], "`/1`: must be `integer`"),
        (["items": false], [1], "must be empty"),
    ]

    @Test(arguments: refused) func `refuses what isn't allowed, and says why`(
        _ schema: JSON, _ value: JSON, _ text: String
    ) throws {
        #expect(try faults(value, schema) == [text])
    }

    @Test func `everything wrong is told at once, with its place`() throws {
        let schema: JSON = [
            "type": "object", "required": ["to", "subject"],
            "properties": [
                "to": ["type": "array", "items": ["type": "string", "format": "email"]], "subject": ["type": "string"],
                "options": ["type": "object", "properties": ["count": ["type": "integer", "maximum": 5]]],
            ],
        ]
        let value: JSON = ["to": ["a@example.com", "nobody"], "subjcet": "x", "options": ["count": 9, "a/b": 1]]
        #expect(
            try faults(value, schema) == [
                "`/to/1`: must be one plain mail address, like `alice@example.com`",
                "`/subjcet`: unknown property `subjcet` (did you mean `subject`?)",
                "`/options/count`: must be at most 5",
                "`/options/a~1b`: unknown property `a/b`", "the property `subject` is missing",
            ])
    }

    @Test func `violations are bounded and repeat no values`() throws {
        let schema = try JSONSchema(["items": ["type": "integer"]])
        let error = #expect(throws: SchemaViolations.self) {
            try schema.validate(.array(Array(repeating: "my secret", count: 10_000)))
        }
        #expect(error?.violations.count == SchemaViolations.most)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `bounds are exact beyond doubles`() throws {
        let schema = try JSONSchema(
            .object(["maximum": try JSON.parse("9007199254740992"), "minimum": try JSON.parse("0.1")]))
        for text in ["9007199254740992", "9007199254740992.0", "0.1", "1e-1", "9.007199254740992e15"] {
            #expect(throws: Never.self) { try schema.validate(JSON.parse(text)) }
        }
        for text in [
            "9007199254740993", "9007199254740992.0000000000001", "0.09999999999999999999999", "1e400", "-1e-400",
        ] {
            #expect(throws: SchemaViolations.self) { try schema.validate(JSON.parse(text)) }
        }
    }

    @Test func `numbers of one value are one to enum, const, uniqueItems and integer`() throws {
        #expect(try faults(JSON.parse("1.0"), ["enum": [1]]) == [])
        #expect(try faults(JSON.parse("[10, 1e1]"), ["uniqueItems": true]) == ["must not hold a value twice"])
        #expect(try faults(JSON.parse("[{\"a\":1e2}]"), ["const": [["a": 100]]]) == [])
        #expect(try faults(JSON.parse("1e2"), ["type": "integer"]) == [])
        #expect(try faults(JSON.parse("1e400"), ["type": "integer"]) == [])
        #expect(try faults(JSON.parse("1e-2"), ["type": "integer"]) == ["must be `integer`"])
    }

    @Test func `defaults are filled in at every depth, behind what was there`() throws {
        let schema = try JSONSchema([
            "type": "object", "required": ["limit"],
            "properties": [
                "limit": ["type": "integer", "default": 10], "q": ["type": "string"],
                "page": [
                    "type": "object", "default": ["number": 2],
                    "properties": [
                        "number": ["type": "integer", "default": 1], "size": ["type": "integer", "default": 50],
                    ],
                ],
                "rows": [
                    "type": "array",
                    "items": ["type": "object", "properties": ["on": ["type": "boolean", "default": false]]],
                ],
            ],
        ])
        #expect(
            try schema.validate(["q": "x", "rows": [[:], ["on": true]]]).text
                == #"{"q":"x","rows":[{"on":false},{"on":true}],"limit":10,"page":{"number":2,"size":50}}"#)
        #expect(try schema.validate(["page": [:], "limit": 1]).text == #"{"page":{"number":1,"size":50},"limit":1}"#)
        #expect(
            try schema.validate(["limit": 3, "page": ["number": 1, "size": 1]]).text
                == #"{"limit":3,"page":{"number":1,"size":1}}"#)
    }

    static let broken: [(JSON, String)] = [
        ("x", "a schema must be an object at ``"), (["$ref": "#"], "unknown keyword `$ref` at `/$ref`"),
        (["pattern": "a*"], "unknown keyword `pattern` at `/pattern`"),
        (["propertys": [:]], "unknown keyword `propertys` at `/propertys` (did you mean `properties`?)"),
        (["properties": ["a": ["oneOf": []]]], "unknown keyword `oneOf` at `/properties/a/oneOf`"),
        (["items": ["minLenght": 1]], "unknown keyword `minLenght` at `/items/minLenght` (did you mean `minLength`?)"),
        (["type": "text"], "unknown type at `/type` (one of null, boolean, integer, number, string, array, object)"),
        (["type": []], "`type` must be the name of a type, or a list of such names at `/type`"),
        (["properties": []], "`properties` must be an object at `/properties`"),
        (["required": "a"], "`required` must be a list of property names at `/required`"),
        (
            ["properties": ["subject": [:]], "required": ["subjct"]],
            "the required property `subjct` isn't described at `/required` (did you mean `subject`?)"
        ),
        (["additionalProperties": 1], "a schema must be an object at `/additionalProperties`"),
        (["enum": []], "`enum` must be a list with values at `/enum`"),
        (["enum": [1, 1]], "a value is listed twice at `/enum`"),
        (["minLength": -1], "`minLength` must be a whole number from 0 at `/minLength`"),
        (["minItems": 2, "maxItems": 1], "`minItems` is above `maxItems` at `/minItems`"),
        (["minimum": 2, "maximum": 1], "`minimum` is above `maximum` at `/minimum`"),
        (["maximum": "1"], "`maximum` must be a number at `/maximum`"),
        (["uniqueItems": 1], "`uniqueItems` must be `true` or `false` at `/uniqueItems`"),
        (["title": 1], "`title` must be a string at `/title`"),
        (["examples": 1], "`examples` must be a list at `/examples`"),
        (["format": "emial"], "unknown format `emial` at `/format` (one of date-time, date, email, uri)"),
        (["type": "integer", "default": "x"], "its own schema refuses the default: must be `integer` at `/default`"),
        (
            ["properties": ["a": ["type": "object", "default": ["b": 1]]]],
            "its own schema refuses the default: `/b`: unknown property `b` at `/properties/a/default`"
        ),
    ]

    @Test(arguments: broken) func `a schema that can't be enforced is refused`(_ schema: JSON, _ text: String) {
        let error = #expect(throws: SchemaError.self) { try JSONSchema(schema) }
        #expect(error?.description == text)
    }
}

import Authority
import Testing

@Suite struct PlainNameTests {
    @Test(arguments: ["a", "sales-bot_2", String(repeating: "x", count: 64)])
    func `what is plain`(name: String) throws {
        try PlainName.check(name, of: "an agent")
    }

    @Test(arguments: [
        "", "Sales", "a b", "../a", "a/b", "a.b", "é", "a\u{0301}", "a\n", "ａ", "-a", "_a",
        String(repeating: "x", count: 65),
    ])
    func `what isn't, and what it is told`(name: String) {
        let error = #expect(throws: PlainNameProblem.self) { try PlainName.check(name, of: "an agent") }
        #expect(error?.message == "`\(name)` can't be the name of an agent")
        #expect(error?.hint == "use 1 to 64 lower-case letters, digits, `-` and `_`, a letter or digit first")
    }
}

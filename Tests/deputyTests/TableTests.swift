import Testing

@testable import deputy

@Suite struct TableTests {
    private func table() -> Table {
        var table = Table(.whole("ID"), "NAME", "NOTE")
        table.add("apr_0123456789abcdef", "Alice", String(repeating: "long ", count: 20))
        table.add("apr_fedcba9876543210", "Bob", "short")
        return table
    }

    @Test func `without a terminal nothing is shortened`() {
        let lines = table().lines(within: nil)
        #expect(lines[0] == "ID                    NAME   NOTE")
        #expect(lines[1].hasSuffix(String(repeating: "long ", count: 20).dropLast()))
        #expect(lines[2] == "apr_fedcba9876543210  Bob    short")
    }

    @Test(arguments: [33, 40, 50, 60, 80]) func `lines fit, and ids stay whole`(width: Int) {
        let lines = table().lines(within: width)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= width })
        #expect(lines[1].hasPrefix("apr_0123456789abcdef  Al"))
        #expect(lines[1].hasSuffix("…"))
    }

    @Test func `a terminal narrower than the ids keeps them all the same`() {
        #expect(table().lines(within: 10)[2].hasPrefix("apr_fedcba9876543210  Bob"))
    }

    @Test func `the widest column gives first`() {
        var table = Table("A", "B")
        table.add(String(repeating: "a", count: 30), "bbbbbbbb")
        #expect(table.lines(within: 20)[1] == "aaaaaaaaa…  bbbbbbbb")
    }

    @Test(arguments: [
        ("abc", 3), ("日本語", 6), ("한국어", 6), ("é", 1), ("e\u{301}", 1), ("ｆｕｌｌ", 8), ("🙂", 2), ("🇩🇪", 2), ("…–é", 3),
        ("", 0),
    ]) func `wide characters take two cells, and marks none`(text: String, cells: Int) {
        #expect(DisplayWidth.of(text) == cells)
    }

    @Test(arguments: 0...13) func `a shortened text is never wider than asked`(width: Int) {
        for text in ["日本語テキスト", "plain text", "e\u{301}e\u{301}日e\u{301}"] {
            #expect(DisplayWidth.of(DisplayWidth.shortened(text, to: width)) <= width)
        }
        #expect(DisplayWidth.shortened("日本語", to: 4) == "日…")
        #expect(DisplayWidth.shortened("日本語", to: 6) == "日本語")
    }

    @Test func `columns after wide characters stand in line`() {
        var table = Table("NAME", "STATE")
        table.add("日本語", "active")
        table.add("Bob", "active")
        #expect(table.lines(within: nil)[1] == "日本語  active")
        #expect(table.lines(within: nil)[2] == "Bob     active")
    }

    @Test(arguments: ["\u{1B}[2J", "\r", "\n", "\u{202E}", "\u{9B}31m", "\u{2028}", "\u{200B}"])
    func `what others wrote can't move the cursor`(text: String) {
        var table = Table("NAME", "STATE")
        table.add("a\(text)b", "active")
        let line = table.lines(within: nil)[1]
        #expect(line.hasPrefix("a⟨U+"))
        #expect(!line.unicodeScalars.contains { text.unicodeScalars.first == $0 })
    }
}

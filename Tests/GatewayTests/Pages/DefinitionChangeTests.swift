import Authority
import Console
import Registry
import Testing
import Wire

@testable import Gateway

struct DefinitionChangeTests {
    private func tool(_ definition: JSON, released: JSON?) -> PinnedTool {
        let release = released.map { released in
            PinnedTool.Release(
                digest: PinnedTool(
                    server: "wild", name: "search", definition: released, release: nil, isWithdrawn: false,
                    obstacle: nil
                ).digest, definition: released, effect: .read, roles: [:], by: "x")
        }
        return PinnedTool(
            server: "wild", name: "search", definition: definition, release: release, isWithdrawn: false, obstacle: nil)
    }

    private func shown(_ definition: JSON, after released: JSON?) -> [String] {
        DefinitionChange.all(in: tool(definition, released: released)).flatMap { change in
            [change.part] + change.lines.map { "\($0.mark) \($0.text)" }
        }
    }

    @Test func `only parts that differ are shown, line by line and with what can't be seen`() {
        let before: JSON = ["description": "One.\nTwo.\nThree.", "inputSchema": ["type": "object"]]
        let after: JSON = ["description": "One.\nTwo\u{200B}.\nThree.\nFour.", "inputSchema": ["type": "object"]]
        #expect(
            shown(after, after: before) == [
                "description", "  One.", "- Two.", "+ Two⟨U+200B⟩.", "  Three.", "+ Four.",
            ])
    }

    @Test func `a part that comes or goes is shown whole`() {
        #expect(shown(["title": "A"], after: ["description": "B"]) == ["title", "+ A", "description", "- B"])
    }

    @Test func `what was never released, and what is released, differs from nothing`() {
        #expect(shown(["title": "A"], after: nil) == [])
        #expect(shown(["title": "A"], after: ["title": "A"]) == [])
    }

    @Test func `another order of members is no change`() {
        let (one, other): (JSON, JSON) = (["a": 1, "b": ["c": 2, "d": 3]], ["b": ["d": 3, "c": 2], "a": 1])
        #expect(shown(["inputSchema": one], after: ["inputSchema": other]) == [])
        #expect(
            shown(["inputSchema": ["a": 2, "b": ["c": 2, "d": 3]]], after: ["inputSchema": other]) == [
                "inputSchema", "  {", "-   \"a\": 1,", "+   \"a\": 2,", "    \"b\": {", "      \"c\": 2,",
                "      \"d\": 3", "    }", "  }",
            ])
    }
}

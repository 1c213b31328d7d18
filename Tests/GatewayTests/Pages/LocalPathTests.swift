import Testing

@testable import Gateway

struct LocalPathTests {
    @Test(arguments: ["/", "/approvals", "/approvals/a%2Fb?x=1&y=//z", "/week?from=2026-01-01"])
    func `a path of ours is one`(_ text: String) {
        #expect(LocalPath(text)?.text == text)
    }

    @Test(arguments: [
        nil, "", "approvals", "//evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example", "/a\r\nb",
        "/a\tb", "/ä", "/a b", "/\u{0}", "javascript:alert(1)", "/" + String(repeating: "a", count: 3_000),
    ])
    func `what another site could be read out of isn't`(_ text: String?) {
        #expect(LocalPath(text) == nil)
    }
}

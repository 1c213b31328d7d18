import Testing
import Wire

@Suite struct `Suggestions` {
    let words = ["tools", "channel", "actsAs", "to", "subject"]

    @Test func `a small slip is found`() {
        #expect(nearest("tolls", among: words) == "tools")
        #expect(nearest("chanel", among: words) == "channel")
        #expect(nearest("actsas", among: words) == "actsAs")
        #expect(nearest("subjcet", among: words) == "subject")
        #expect(nearest("ot", among: words) == "to")
        #expect(suggestion(for: "tols", among: words) == "did you mean `tools`?")
    }

    @Test func `what is far away is left alone`() {
        #expect(nearest("body", among: words) == nil)
        #expect(nearest("", among: words) == nil)
        #expect(nearest("tools", among: []) == nil)
        #expect(nearest(String(repeating: "a", count: 100_000), among: words) == nil)
        #expect(suggestion(for: "zzzzzz", among: words) == nil)
    }

    @Test func `the nearest wins, of equals the first`() {
        #expect(nearest("cat", among: ["cut", "cats", "cat"]) == "cat")
        #expect(nearest("cat", among: ["cut", "car"]) == "cut")
    }
}

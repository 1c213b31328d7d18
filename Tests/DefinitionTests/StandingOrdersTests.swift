import Authority
import Definition
import Testing
import Wire

struct StandingOrdersTests {
    private func document(_ block: String) -> String {
        "# Secretary\n\nBe kind.\n\n```standing-orders\n\(block)\n```\n\nBye.\n"
    }

    private let whole =
        "[ { id: \"triage\", principal: \"dana\", tools: [\"gmail.search\"], effects: [\"read\"], to: [\"bob\"],\n"
        + "  callsPerDay: 20, until: \"2026-12-31\" } ]"

    private func read(_ block: String) throws -> [WrittenOrder] {
        try StandingOrders.read(try #require(try StandingOrders.block(in: document(block))))
    }

    private func refusal(_ block: String) -> String {
        let error = #expect(throws: SourceProblems.self) { try read(block) }
        return error?.description ?? ""
    }

    @Test func `an order is read as it is written`() throws {
        let order = try #require(try read(whole).first)
        #expect(order.name == "triage")
        #expect(order.principal == PersonID("dana"))
        #expect(order.tools == ["gmail.search"])
        #expect(order.effects == [.read])
        #expect(order.recipients == .only([PersonID("bob")]))
        #expect(order.callsPerDay == 20)
        #expect(order.until == Timestamp(microseconds: 1_798_675_200_000_000))
    }

    @Test func `an empty block and none are no orders`() throws {
        #expect(try read("").isEmpty)
        #expect(try StandingOrders.block(in: "# Secretary\n") == nil)
    }

    @Test func `any change of the block is another revision, and none beside it is`() throws {
        let block = try #require(try StandingOrders.block(in: document(whole)))
        let revision = StandingOrders.revision(of: block)
        let moved = try #require(try StandingOrders.block(in: "One more line.\n" + document(whole)))
        #expect(StandingOrders.revision(of: moved) == revision)
        let changed = try #require(try StandingOrders.block(in: document(whole.replacing("20", with: "21"))))
        #expect(StandingOrders.revision(of: changed) != revision)
    }

    @Test(arguments: [
        ("[ { id: \"a\" } ]", "AGENTS.md:6:3: an order lacks `principal`"),
        ("{ id: \"a\" }", "AGENTS.md:6:1: standing orders are a list"),
        ("[ { idd: \"a\" } ]", "unknown key `idd`"), ("[ oops ]", "AGENTS.md:6:"),
    ]) func `a mistake is told with its place in the file`(block: String, problem: String) {
        #expect(refusal(block).contains(problem), "\(refusal(block))")
    }

    @Test(arguments: [
        ("effects: [\"read\"]", "effects: [\"delete\"]", "may not delete"),
        ("callsPerDay: 20", "callsPerDay: 0", "whole number from 1"),
        ("until: \"2026-12-31\"", "until: \"soon\"", "isn't a time"),
        ("to: [\"bob\"]", "to: \"everybody\"", "`insiders`"),
    ]) func `what an order can't say is refused`(old: String, new: String, problem: String) {
        let told = refusal(whole.replacing(old, with: new))
        #expect(told.contains(problem) || told.contains("insiders"), "\(told)")
    }

    @Test func `two blocks, or one without an end, are none`() {
        #expect(throws: SourceProblems.self) { try StandingOrders.block(in: document(whole) + document(whole)) }
        #expect(throws: SourceProblems.self) { try StandingOrders.block(in: "```standing-orders\n[]\n") }
    }
}

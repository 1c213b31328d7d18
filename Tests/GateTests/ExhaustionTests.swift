import Authority
import Gate
import Testing
import Twins
import Wire

/// One agent's loops and floods, and everybody else meanwhile.
struct ExhaustionTests {
    @Test func `row_19 of ten thousand asks of one person a few wait, and others' are taken and carried out`()
        async throws
    {
        let stage = try Stage()
        var (waiting, refused) = (0, 0)
        for number in 0..<10_000 {
            switch await stage.call("notes.send", ["to": "bob@acme.test", "text": .string("\(number)")]) {
            case .ask(_, .some): waiting += 1
            case .tooManyAsks: refused += 1
            default: break
            }
        }
        #expect(waiting == AskCaps().perSource)
        #expect(waiting + refused == 10_000)
        #expect(try await stage.store.approvals(in: nil, pending: true, limit: .max).count == waiting)
        // What was refused left nothing behind.
        #expect(try await stage.kinds().count == waiting)
        guard case .ask(_, let ticket?) = await stage.call("notes.send", Stage.mail, as: Stage.bob) else {
            return #expect(Bool(false), "somebody else's ask is taken")
        }
        let approval = try #require(try await stage.store.approval(ticket.approval))
        try await stage.desk.approve(
            approval.id, by: Stage.bob, in: Stage.organization, shown: approval.digest)
        stage.upstream.answer(json: "{}")
        await stage.runner.sweep()
        #expect(stage.upstream.seen.count == 1)
    }

    @Test func `row_19 a storm of calls at once comes to as many as the budget has`() async throws {
        let stage = try Stage { $0.budget = Budget(callsPerMinute: 20) }
        for _ in 0..<40 { stage.upstream.answer(json: "{}") }
        let done = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<1_000 {
                group.addTask {
                    if case .done = await stage.call("notes.write", ["id": .string("\(number)")]) {
                        true
                    } else {
                        false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(done == 20)
        #expect(stage.upstream.seen.count == 20)
        // Decision, intent and outcome of each, and nothing of the others.
        #expect(try await stage.kinds().count == 60)
        stage.clock.advance(seconds: 60)
        guard case .done = await stage.call("notes.write", ["id": "later"]) else {
            return #expect(Bool(false), "the next minute has a budget of its own")
        }
    }
}

import Authority
import Gate
import Testing
import Twins
import Wire

/// An assistant of Alice's: she approves what is sent for her.
struct WindowTests {
    private func opened(_ request: WindowRequest, _ arguments: JSONObject = Stage.mail) async throws -> Stage {
        let stage = try Stage()
        guard case .ask(_, let ticket?) = await stage.call("notes.send", arguments) else {
            throw Stage.Failure("the call should wait")
        }
        let approval = try #require(try await stage.store.approval(ticket.approval))
        try await stage.approve(approval, window: request)
        for _ in 0..<9 { stage.upstream.answer(json: "{}") }
        await stage.runner.sweep()
        guard case .done = await stage.call("notes.send", arguments) else { throw Stage.Failure("it was approved") }
        return stage
    }

    private func isDone(_ answer: Answer) -> Bool {
        if case .done = answer { true } else { false }
    }

    @Test func `a window for these arguments lets the same call through as often as it says`() async throws {
        let stage = try await opened(WindowRequest(scope: .arguments, uses: 2, seconds: 3600))
        #expect(isDone(await stage.call("notes.send", Stage.mail)))
        #expect(!isDone(await stage.call("notes.send", ["to": "bob@acme.test", "text": "other"])))
        #expect(isDone(await stage.call("notes.send", Stage.mail)))
        #expect(!isDone(await stage.call("notes.send", Stage.mail)))
        #expect(stage.upstream.seen.count == 3)
    }

    @Test func `a window for a destination lets other words through to it and nothing elsewhere`() async throws {
        let stage = try await opened(WindowRequest(scope: .destinations, uses: nil, seconds: 3600))
        #expect(isDone(await stage.call("notes.send", ["to": "bob@acme.test", "text": "other"])))
        #expect(!isDone(await stage.call("notes.send", ["to": "dana@acme.test", "text": "other"])))
        stage.clock.advance(seconds: 3600)
        #expect(!isDone(await stage.call("notes.send", ["to": "bob@acme.test", "text": "third"])))
    }

    @Test func `a window that ends between the look and the commit lets nothing through`() async throws {
        let stage = try await opened(WindowRequest(scope: .arguments, uses: nil, seconds: 3600))
        let sent = stage.upstream.seen.count
        stage.clock.when(.beforeCommit) { stage.clock.advance(seconds: 3600) }
        guard case .ask = await stage.call("notes.send", Stage.mail) else {
            return #expect(Bool(false), "it is asked for anew")
        }
        #expect(stage.upstream.seen.count == sent)
    }

    @Test func `an approval that expires between the look and the commit comes to nothing`() async throws {
        let stage = try Stage(asking: AskSettings(seconds: 3600))
        guard case .ask(_, let ticket?) = await stage.call("notes.send", Stage.mail) else {
            throw Stage.Failure("the call should wait")
        }
        let approval = try #require(try await stage.store.approval(ticket.approval))
        try await stage.approve(approval)
        stage.clock.when(.beforeCommit) { stage.clock.advance(seconds: 3600) }
        await stage.runner.sweep()
        await stage.runner.sweep()
        #expect(stage.upstream.seen.isEmpty)
        #expect(try await stage.store.approval(ticket.approval)?.state == .expired)
    }

    @Test func `of uses at once no more pass than the window has`() async throws {
        let stage = try await opened(WindowRequest(scope: .destinations, uses: 3, seconds: 3600))
        let passed = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                group.addTask {
                    isDone(await stage.call("notes.send", ["to": "bob@acme.test", "text": .string("n\(number)")]))
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(passed == 3)
    }

    @Test func `fleet 9: a window never helps another agent's user, another client, or a tainted session`() async throws
    {
        let stage = try await opened(WindowRequest(scope: .destinations, uses: nil, seconds: 3600))
        #expect(!isDone(await stage.call("notes.send", Stage.mail, as: Stage.bob)))
        #expect(!isDone(await stage.call("notes.send", Stage.mail, with: "another token")))
        _ = await stage.call("notes.mail")
        #expect(!isDone(await stage.call("notes.send", ["to": "bob@acme.test", "text": "after the stranger's mail"])))
    }

    @Test func `fleet 9: what leaves the organization or destroys can't stay open`() async throws {
        for (tool, arguments) in [("notes.send", Stage.outside), ("notes.run", ["id": "1"])] {
            let stage = try Stage()
            guard case .ask(_, let ticket?) = await stage.call(tool, arguments) else {
                return #expect(Bool(false), "it waits")
            }
            let approval = try #require(try await stage.store.approval(ticket.approval))
            await #expect(throws: ApprovalError.self) {
                try await stage.approve(approval, window: WindowRequest(scope: .arguments, uses: nil, seconds: 3600))
            }
            #expect(try await stage.state(of: approval) == .waiting)
        }
    }

    @Test func `a revoked window, an edited agent and a cascade each close it`() async throws {
        for close in 0..<3 {
            let stage = try await opened(WindowRequest(scope: .destinations, uses: nil, seconds: 3600))
            let window = try #require(try await stage.desk.windows(of: Stage.alice, in: Stage.organization).first)
            switch close {
            case 0: try await stage.desk.revoke(window.id, by: Stage.alice, in: Stage.organization)
            case 1: try stage.facts.edit { $0.ask = ["notes.read"] }
            default:
                let scope = VoidScope.use(Stage.organization, AgentID("helper"), Stage.alice)
                try await stage.store.commit(Transaction(changes: [ApprovalChange.void(scope, reason: "unshared")]))
            }
            #expect(!isDone(await stage.call("notes.send", ["to": "bob@acme.test", "text": "late"])))
        }
    }

    @Test func `only who opened a window may close it`() async throws {
        let stage = try await opened(WindowRequest(scope: .destinations, uses: nil, seconds: 3600))
        let window = try #require(try await stage.desk.windows(of: Stage.alice, in: Stage.organization).first)
        await #expect(throws: ApprovalError.self) {
            try await stage.desk.revoke(window.id, by: Stage.bob, in: Stage.organization)
        }
    }
}

import Authority
import Gate
import Logging
import Testing
import Twins
import Wire

/// Bob asks a claw of Alice's; Dana may approve besides her.
private func claw(_ asking: AskSettings = AskSettings(), _ edit: (inout AgentDefinition) -> Void = { _ in }) throws
    -> Stage
{
    try Stage(asking: asking) {
        $0.actsAs = .claw
        $0.slots = [Slot(provider: Stage.provider, owner: .agent)]
        $0.approvers = [Stage.dana]
        edit(&$0)
    }
}

extension Stage {
    static let mail: JSONObject = ["to": "bob@acme.test", "text": "hi"]
    static let outside: JSONObject = ["to": "pat@stranger.example", "text": "hi"]

    /// Bob's call, parked.
    func ask(_ arguments: JSONObject = Stage.mail) async throws -> Approval {
        guard case .ask(_, let ticket?) = await call("notes.send", arguments, as: Stage.bob) else {
            throw Failure("the call should wait")
        }
        return try #require(try await store.approval(ticket.approval))
    }

    func approve(_ approval: Approval, by person: PersonID = Stage.alice, window: WindowRequest? = nil) async throws {
        try await desk.approve(
            approval.id, by: person, in: Stage.organization, shown: approval.digest, window: window)
    }

    func state(of approval: Approval) async throws -> ApprovalState {
        try #require(try await store.approval(approval.id)).state
    }

    struct Failure: Error {
        let message: String
        init(_ message: String) { self.message = message }
    }
}

struct ApprovalTests {
    @Test func `an approved call runs once and its result waits for the client's repeat`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        #expect(approval.approvers == [Stage.alice, Stage.dana])
        #expect(stage.upstream.seen.isEmpty)
        try await stage.approve(approval)
        stage.upstream.answer(json: #"{"id":"m1"}"#)
        await stage.runner.sweep()
        await stage.runner.sweep()
        #expect(stage.upstream.seen.count == 1)
        guard case .done(_, let result) = await stage.call("notes.send", Stage.mail, as: Stage.bob) else {
            return #expect(Bool(false), "the repeat has the result")
        }
        #expect(result["id"] == "m1")
        #expect(stage.upstream.seen.count == 1)
        guard case .ask(_, let next?) = await stage.call("notes.send", Stage.mail, as: Stage.bob) else {
            return #expect(Bool(false), "after that the same call asks anew")
        }
        #expect(next.approval != approval.id)
        #expect(
            try await stage.kinds() == [
                "decision", "approval", "decision", "intent", "outcome", "approval", "decision",
            ])
    }

    @Test func `an identical call finds the one that waits, and another client's doesn't`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        #expect(try await stage.ask().id == approval.id)
        guard case .ask(_, let other?) = await stage.call("notes.send", Stage.mail, as: Stage.bob, with: "other") else {
            return #expect(Bool(false), "another client asks for itself")
        }
        #expect(other.approval != approval.id)
        #expect(try await stage.kinds() == ["decision", "decision"])
    }

    @Test func `identical calls at once wait as one`() async throws {
        let stage = try claw()
        let ids = await withTaskGroup(of: ApprovalID?.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    guard case .ask(_, let ticket?) = await stage.call("notes.send", Stage.mail, as: Stage.bob) else {
                        return nil
                    }
                    return ticket.approval
                }
            }
            return await group.reduce(into: [ApprovalID?]()) { $0.append($1) }
        }
        #expect(Set(ids).count == 1)
        #expect(ids.first != .some(nil))
        #expect(try await stage.store.approvals(in: Stage.organization, pending: true, limit: 9).count == 1)
    }

    @Test func `fleet 3: the requester, a stranger and who has left can't approve`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        for person in [Stage.bob, PersonID("mallory")] {
            await #expect(throws: ApprovalError.self) { try await stage.approve(approval, by: person) }
        }
        stage.facts.remove(Stage.dana)
        await #expect(throws: ApprovalError.self) { try await stage.approve(approval, by: Stage.dana) }
        #expect(try await stage.state(of: approval) == .waiting)
    }

    @Test func `fleet 4: of many approvals at once one counts and the others are told who decided`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        // Who agreed, or what whoever came later was told.
        let outcomes = await withTaskGroup(of: (agreed: PersonID?, told: String).self) { group in
            for number in 0..<40 {
                let person = number % 2 == 0 ? Stage.alice : Stage.dana
                group.addTask {
                    do {
                        try await stage.approve(approval, by: person)
                        return (person, "")
                    } catch { return (nil, (error as? ApprovalError)?.message ?? "\(error)") }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let agreed = outcomes.compactMap(\.agreed)
        #expect(agreed.count == 1)
        let told = Set(outcomes.filter { $0.agreed == nil }.map(\.told))
        #expect(
            told == ["it is decided already: it was approved by \(agreed[0]) and is about to be carried out"])
        for _ in 0..<4 { stage.upstream.answer(json: "{}") }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { await stage.runner.sweep() } }
        }
        #expect(stage.upstream.seen.count == 1)
    }

    @Test func `fleet 5: changed arguments are another ask`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        try await stage.approve(approval)
        stage.upstream.answer(json: "{}")
        await stage.runner.sweep()
        var other = Stage.mail
        other["text"] = "bye"
        guard case .ask(_, let ticket?) = await stage.call("notes.send", other, as: Stage.bob) else {
            return #expect(Bool(false), "other arguments ask anew")
        }
        #expect(ticket.approval != approval.id)
        #expect(stage.upstream.seen.count == 1)
    }

    @Test func `fleet 6: a crash after the spend leaves an unknown outcome that isn't run again`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        try await stage.approve(approval)
        // The process dies when the intent is durable: what a restart finds is an open call and a spent approval.
        let call = CallID("call_x")
        let open = OpenCall(
            id: call, organization: Stage.organization, agent: AgentID("helper"), requester: "person:bob",
            tool: "notes.send",
            effect: .send, identity: .sha256(of: [1]), state: .open, opened: stage.clock.world.now())
        try await stage.store.commit(
            Transaction(changes: [ApprovalChange.step(approval.id, .spend(call)), GateChange.open(open)]))
        _ = try await Recovery(
            commits: stage.store, calls: stage.store, world: stage.clock.world, log: .init(label: "test")
        )
        .run(version: "test")
        await stage.runner.sweep()
        #expect(stage.upstream.seen.isEmpty)
        guard case .unknown(call, _) = await stage.call("notes.send", Stage.mail, as: Stage.bob) else {
            return #expect(Bool(false), "the repeat is told that nobody knows")
        }
    }

    @Test func `fleet 6: a call that may have happened isn't asked for again, and a yes to it does nothing`()
        async throws
    {
        let stage = try claw()
        stage.upstream.answer(.failure(.unknown("the answer got lost")))
        let approval = try await stage.ask()
        try await stage.approve(approval)
        await stage.runner.sweep()
        guard case .unknown(let call, _) = await stage.call("notes.send", Stage.mail, as: Stage.bob) else {
            return #expect(Bool(false), "the repeat is told that nobody knows")
        }
        for _ in 0..<2 {
            guard case .pending(call, .unknown) = await stage.call("notes.send", Stage.mail, as: Stage.bob) else {
                return #expect(Bool(false), "and so is every other, and nobody is asked")
            }
        }
        #expect(try await stage.desk.waiting(for: Stage.alice, in: Stage.organization).isEmpty)
        #expect(stage.upstream.seen.count == 1)

        // Somebody looks at the provider and says that it didn't happen: then it is asked for again.
        #expect(try await stage.gate.unknownCalls(in: Stage.organization, of: stage.store).map(\.id) == [call])
        try await stage.gate.settle(
            call, happened: false, by: "operator:1", in: Stage.organization, of: stage.store)
        guard case .ask = await stage.call("notes.send", Stage.mail, as: Stage.bob) else {
            return #expect(Bool(false), "it is a new call")
        }
        await #expect(throws: CommitError.self) {
            try await stage.gate.settle(
                call, happened: true, by: "operator:1", in: Stage.organization, of: stage.store)
        }
    }

    @Test func `fleet 7: an edited mandate voids the approval, before and after the yes`() async throws {
        for isApproved in [false, true] {
            let stage = try claw()
            let approval = try await stage.ask()
            if isApproved { try await stage.approve(approval) }
            try stage.facts.edit { $0.ask = ["notes.read"] }
            if isApproved {
                await stage.runner.sweep()
            } else {
                await #expect(throws: ApprovalError.self) { try await stage.approve(approval) }
            }
            #expect(try await stage.state(of: approval).name == "void")
            #expect(stage.upstream.seen.isEmpty)
        }
    }

    @Test func `fleet 7: another account voids the approval and a refreshed token doesn't`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        stage.connections.refresh()
        try await stage.approve(approval)
        stage.upstream.answer(json: "{}")
        await stage.runner.sweep()
        #expect(try await stage.state(of: approval).name == "answered")

        let moved = try await stage.ask(["to": "alice@acme.test", "text": "x"])
        try await stage.approve(moved)
        stage.connections.move(to: "somebody else")
        await stage.runner.sweep()
        #expect(try await stage.state(of: moved).name == "void")
        #expect(stage.upstream.seen.count == 1)
    }

    @Test func `an account that gets its whole name stays the one that was shown, and no other does`() async throws {
        for isSame in [true, false] {
            for isApproved in [false, true] {
                let stage = try claw()
                let approval = try await stage.ask()
                if isApproved { try await stage.approve(approval) }
                stage.upstream.answer(json: "{}")
                let account = try #require(approval.binding.account)
                stage.connections.name("w-1/\(account)", formerly: isSame ? account : "somebody else")
                if isApproved {
                    await stage.runner.sweep()
                } else if isSame {
                    try await stage.approve(approval)
                    await stage.runner.sweep()
                } else {
                    await #expect(throws: ApprovalError.self) { try await stage.approve(approval) }
                }
                #expect(try await stage.state(of: approval).name == (isSame ? "answered" : "void"))
                #expect(stage.upstream.seen.count == (isSame ? 1 : 0))
            }
        }
    }

    @Test func `fleet 7: an approver who has lost the right by the time of the run voids the approval`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        try await stage.approve(approval, by: Stage.dana)
        stage.facts.remove(Stage.dana)
        await stage.runner.sweep()
        #expect(try await stage.state(of: approval).name == "void")
        #expect(stage.upstream.seen.isEmpty)
    }

    @Test func `a denial is told to the client with its reason until the ask would have expired`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        try await stage.desk.deny(
            approval.id, by: Stage.alice, in: Stage.organization, shown: approval.digest, reason: "not now")
        guard
            case .declined(approval.id, Stage.alice, "not now") = await stage.call(
                "notes.send", Stage.mail, as: Stage.bob)
        else { return #expect(Bool(false), "the denial is told") }
        await #expect(throws: ApprovalError.self) { try await stage.approve(approval) }
        stage.clock.advance(seconds: 25 * 3600)
        #expect(try await stage.ask().id != approval.id)
    }

    @Test func `an edited call is decided anew, runs once, and its result comes to the repeat of the original`()
        async throws
    {
        let stage = try claw()
        let approval = try await stage.ask()
        await #expect(throws: ApprovalError.self, "the edit fits the schema or is refused") {
            try await stage.desk.edit(
                approval.id, by: Stage.alice, in: Stage.organization, shown: approval.digest,
                arguments: ["too": "bob@acme.test"])
        }
        let edited = try await stage.desk.edit(
            approval.id, by: Stage.alice, in: Stage.organization, shown: approval.digest, arguments: Stage.outside)
        #expect(try await stage.state(of: approval) == .replaced(by: edited, editor: Stage.alice))
        stage.upstream.answer(json: "{}")
        await stage.runner.sweep()
        guard
            case .edited(Stage.alice, let arguments, .done) = await stage.call("notes.send", Stage.mail, as: Stage.bob)
        else { return #expect(Bool(false), "the repeat is told what was made of it") }
        #expect(arguments == Stage.outside)
        #expect(stage.upstream.seen.count == 1)
    }

    @Test func `policy 9: what was shown has to be what waits`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        await #expect(throws: ApprovalError.self) {
            try await stage.desk.approve(approval.id, by: Stage.alice, in: Stage.organization, shown: .sha256(of: [0]))
        }
        #expect(try await stage.state(of: approval) == .waiting)
    }

    @Test func `nobody answers: it expires, is recorded, and can't be approved any more`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        stage.clock.advance(seconds: 24 * 3600)
        await #expect(throws: ApprovalError.self) { try await stage.approve(approval) }
        #expect(try await stage.state(of: approval) == .expired)
        let another = try await stage.ask()
        stage.clock.advance(seconds: 24 * 3600)
        await stage.runner.sweep()
        #expect(try await stage.state(of: another) == .expired)
        #expect(try await stage.kinds().count { $0 == "approval" } == 2)
    }

    @Test func `row_19 asks of one source are capped, and those of others still wait`() async throws {
        let stage = try claw(AskSettings(caps: AskCaps(perSource: 3, perApprover: 5)))
        for number in 0..<3 { _ = try await stage.ask(["to": "bob@acme.test", "text": .string("\(number)")]) }
        guard case .tooManyAsks(3) = await stage.call("notes.send", Stage.outside, as: Stage.bob) else {
            return #expect(Bool(false), "the fourth isn't taken")
        }
        guard case .ask(_, .some) = await stage.call("notes.send", Stage.outside, as: PersonID("carol")) else {
            return #expect(Bool(false), "somebody else's is")
        }
    }

    @Test func `what is lifted after the run isn't done a second time`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        try await stage.approve(approval)
        stage.upstream.answer(json: "{}")
        await stage.runner.sweep()
        try stage.facts.edit { $0.lifts = [Lift(tools: "notes.send", destinations: .insiders)] }
        guard case .done = await stage.call("notes.send", Stage.mail, as: Stage.bob) else {
            return #expect(Bool(false), "the repeat has the result")
        }
        #expect(stage.upstream.seen.count == 1)
    }
}

import Authority
import Gate
import Testing
import Twins
import Wire

@Suite struct `calls of which nobody knows whether they happened` {
    let stage: Stage

    init() throws {
        stage = try Stage { definition in
            definition.actsAs = .claw
            definition.slots = [Slot(provider: Stage.provider, owner: .agent)]
            definition.owner = Stage.dana
            definition.approvers = [Stage.alice, Stage.bob]
        }
    }

    private var desk: UnknownCallDesk {
        UnknownCallDesk(
            gate: stage.gate, calls: stage.store,
            mandate: { [stage] _, _ in try await stage.facts.facts(for: stage.request("notes.write", [:]))?.mandate })
    }

    private func lose() async throws -> CallID {
        stage.upstream.answer(.failure(.unknown("the connection broke")))
        guard case .unknown(let call, _) = await stage.call("notes.write", as: Stage.bob) else { throw Missing() }
        return call
    }

    @Test func `are shown with what they were made with to whoever could have agreed to them, and to nobody else`()
        async throws
    {
        let call = try await lose()
        for person in [Stage.dana, Stage.alice] {
            let cards = try await desk.cards(for: person, in: Stage.organization)
            #expect(cards.map(\.call.id) == [call])
            #expect(cards.first?.arguments == ["id": "1"])
        }
        #expect(
            try await desk.cards(for: Stage.bob, in: Stage.organization).isEmpty, "the requester doesn't own the agent")
        #expect(try await desk.cards(for: Stage.dana, in: OrganizationID("other")).isEmpty)
        await #expect(throws: ApprovalError.self) {
            try await desk.settle(call, happened: false, by: Stage.bob, in: Stage.organization)
        }
        #expect(try await stage.store.openCall(call) != nil)
    }

    @Test func `are settled once, under the name of who said it, and then the same may be done again`() async throws {
        let call = try await lose()
        try await desk.settle(call, happened: false, by: Stage.alice, in: Stage.organization)
        await #expect(throws: ApprovalError.self) {
            try await desk.settle(call, happened: true, by: Stage.dana, in: Stage.organization)
        }
        let said = try await stage.leaves().filter { $0["change"]?.stringValue == "call.settled" }
        #expect(said.map { $0["by"] } == ["person:alice"] && said.map { $0["happened"] } == [.bool(false)])
        stage.upstream.answer(json: "{}")
        guard case .done = await stage.call("notes.write", as: Stage.bob) else {
            return _ = Issue.record("it isn't done again")
        }
    }

    @Test func `of which many say something at once are settled by one of them`() async throws {
        let call = try await lose()
        let taken = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { [desk] in
                    do {
                        try await desk.settle(call, happened: true, by: Stage.dana, in: Stage.organization)
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 1)
        #expect(try await stage.leaves().count { $0["change"]?.stringValue == "call.settled" } == 1)
    }
}

private struct Missing: Error {}

import Authority
import Gate
import Testing
import Twins
import Wire

/// An approval that waits while its tool changes, goes, and comes back.
struct PinChangeTests {
    private static let roles: [String: Role] = ["to": .destination, "text": .content]

    private func claw() throws -> Stage {
        try Stage {
            $0.actsAs = .claw
            $0.slots = [Slot(provider: Stage.provider, owner: .agent)]
            $0.approvers = [Stage.dana]
        }
    }

    private func put(_ tool: CallableTool?, in stage: Stage) throws {
        try stage.put(Stage.tools.filter { $0.spec.name != "notes.send" } + (tool.map { [$0] } ?? []))
    }

    static let changes: [(what: String, tool: CallableTool)] = [
        ("title", Stage.tool("notes.send", .send, roles, title: "Something else")),
        ("description", Stage.tool("notes.send", .send, roles, text: "Something else.")),
        ("effect", Stage.tool("notes.send", .share, roles)),
        ("roles", Stage.tool("notes.send", .send, ["to": .destination, "text": .destination])),
        ("schema", Stage.tool("notes.send", .send, roles.merging(["cc": .destination]) { old, _ in old })),
        ("host", Stage.tool("notes.send", .send, roles, host: "https://elsewhere.example")),
        ("anything else of its definition", Stage.tool("notes.send", .send, roles, definition: .sha256(of: [1]))),
    ]

    @Test(arguments: changes)
    func `fleet 7: a changed pin voids the approval, before and after the yes`(
        what: String, tool: CallableTool
    ) async throws {
        let stage = try claw()
        let waiting = try await stage.ask()
        let agreed = try await stage.ask(Stage.outside)
        try await stage.approve(agreed)
        try put(tool, in: stage)
        await #expect(throws: ApprovalError.self) { try await stage.approve(waiting) }
        #expect(try await stage.state(of: waiting).name == "void")
        await stage.runner.sweep()
        #expect(try await stage.state(of: agreed).name == "void")
        #expect(stage.upstream.seen.isEmpty)
    }

    @Test func `fleet 7: another tool's change voids nothing, nor does one that goes and comes back as it was`()
        async throws
    {
        let stage = try claw()
        let approval = try await stage.ask()
        try stage.put(Stage.tools.filter { $0.spec.name != "notes.run" } + [Stage.tool("notes.run", .read, [:])])
        try put(nil, in: stage)
        try stage.put(Stage.tools)
        try await stage.approve(approval)
        stage.upstream.answer(json: "{}")
        await stage.runner.sweep()
        #expect(stage.upstream.seen.count == 1)
    }

    @Test func `a call whose tool is away is shown with the reason, and isn't approved`() async throws {
        let stage = try claw()
        let approval = try await stage.ask()
        #expect(try await stage.desk.waiting(for: Stage.dana, in: Stage.organization).map(\.obstacle) == [nil])
        try put(nil, in: stage)
        let card = try #require(try await stage.desk.waiting(for: Stage.dana, in: Stage.organization).first)
        #expect(card.obstacle == .toolMissing)
        #expect(card.title == "notes.send" && card.provider == Stage.provider)
        #expect(card.arguments.map(\.name).sorted() == ["text", "to"])
        #expect(
            try await stage.desk.card(approval.id, for: Stage.dana, in: Stage.organization).obstacle == .toolMissing)
        await #expect(throws: ApprovalError.self) { try await stage.approve(approval, by: Stage.dana) }
        #expect(try await stage.state(of: approval).name == "void")
        #expect(try await stage.desk.card(approval.id, for: Stage.dana, in: Stage.organization).obstacle == nil)
    }

    @Test func `a call whose tool is away is denied with a reason, by whom it waits for and nobody else`() async throws
    {
        let stage = try claw()
        let approval = try await stage.ask()
        try put(nil, in: stage)
        func deny(_ person: PersonID, shown: Digest) async throws {
            try await stage.desk.deny(
                approval.id, by: person, in: Stage.organization, shown: shown, reason: "not with that server")
        }
        await #expect(throws: ApprovalError.self) { try await deny(Stage.bob, shown: approval.digest) }
        await #expect(throws: ApprovalError.self) { try await deny(Stage.dana, shown: .sha256(of: [1])) }
        stage.facts.remove(Stage.alice)
        await #expect(throws: ApprovalError.self) { try await deny(Stage.alice, shown: approval.digest) }
        #expect(try await stage.state(of: approval) == .waiting)
        try await deny(Stage.dana, shown: approval.digest)
        #expect(try await stage.state(of: approval) == .denied(by: Stage.dana, reason: "not with that server"))
        await #expect(throws: ApprovalError.self) { try await deny(Stage.dana, shown: approval.digest) }
        #expect(try await stage.leaves().last?["change"]?.stringValue == "approval.denied")
    }

    @Test func `fleet 5: three approvals that are answered out of order are matched by id`() async throws {
        let stage = try claw()
        let calls: [JSONObject] = (1...3).map { ["to": "bob@acme.test", "text": .string("part \($0)")] }
        var approvals: [Approval] = []
        for call in calls { approvals.append(try await stage.ask(call)) }
        #expect(Set(approvals.map(\.id)).count == 3)
        // An answer to one that shows another is taken for neither.
        await #expect(throws: ApprovalError.self) {
            try await stage.desk.approve(
                approvals[0].id, by: Stage.dana, in: Stage.organization, shown: approvals[2].digest)
        }
        try await stage.approve(approvals[2])
        try await stage.desk.deny(
            approvals[0].id, by: Stage.dana, in: Stage.organization, shown: approvals[0].digest, reason: "no")
        try await stage.approve(approvals[1])
        for _ in 0..<2 { stage.upstream.answer(json: "{}") }
        await stage.runner.sweep()
        #expect(stage.upstream.seen.count == 2)
        var states: [String] = []
        for approval in approvals { states.append(try await stage.state(of: approval).name) }
        #expect(states == ["denied", "answered", "answered"])
        guard case .declined = await stage.call("notes.send", calls[0], as: Stage.bob) else {
            return #expect(Bool(false), "the first was denied")
        }
        for call in calls[1...] {
            guard case .done = await stage.call("notes.send", call, as: Stage.bob) else {
                return #expect(Bool(false), "the others were done")
            }
        }
    }
}

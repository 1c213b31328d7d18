import Authority
public import Gate
import Wire

/// Checks the promises of `ApprovalStore` and of the changes that go with it.
public func checkApprovals(_ makeStore: () async throws -> any Commits & ApprovalStore) async throws {
    let store = try await makeStore()
    let first = try Sample.approval("a1", asked: 1)
    try await store.commit(.approval(.park(first, AskCaps())))
    try expect(try await store.approval(first.id) == first, "an approval comes back as it was")
    try expect(
        await store.refusal(of: .approval(.park(try Sample.approval("a2", asked: 1), AskCaps()))) == "exists a2",
        "a call that waits isn't parked twice")
    try expect(
        await store.refusal(of: .approval(.step(first.id, .spend(CallID("c1"))))) == "approval a1 waiting",
        "what nobody agreed to isn't spent")
    let yes = (0..<20).map { _ in Transaction.approval(.step(first.id, .agree(PersonID("alice")))) }
    try expect(await store.race(yes) == 1, "of answers at once one counts")
    let spends = (0..<20).map { Transaction.approval(.step(first.id, .spend(CallID("c\($0)")))) }
    try expect(await store.race(spends) == 1, "an approval is spent once")
    guard let call = try await store.approval(first.id)?.state.call else {
        throw ContractViolation(promise: "a spent approval names its call")
    }
    try await store.commit(.approval(.answered(CallID("nobody's"))))
    try await store.commit(.approval(.answered(call)))
    try expect(try await store.approval(first.id)?.state == .answered(call), "the call's outcome answers its approval")
    try expect(
        await store.refusal(of: .approval(.step(first.id, .void("late")))) == "approval a1 answered",
        "what was done isn't voided")
    let deliveries = (0..<20).map { _ in Transaction.approval(.step(first.id, .deliver)) }
    try expect(await store.race(deliveries) == 1, "a result is handed out once")

    let next = try Sample.approval("a3", asked: 1, created: 5)
    try await store.commit(.approval(.park(next, AskCaps())))
    try expect(try await store.approval(asked: next.asked)?.id == next.id, "a repeat finds the live one")
    try expect(
        try await store.approvals(in: Sample.acme, pending: false, limit: 9).map(\.id.raw) == ["a3", "a1"],
        "approvals come newest first")
    try expect(
        try await store.approvals(in: nil, pending: true, limit: 9).map(\.id.raw) == ["a3"],
        "pending ones are those that can still come to something")
    try expect(
        await store.refusal(of: .approval(.park(try Sample.approval("a4", asked: 4), AskCaps(perSource: 1))))
            == "too many asks", "a source's asks are capped")
    try expect(
        await store.refusal(
            of: .approval(
                .step(next.id, .replace(by: ApprovalID("a5"), editor: PersonID("alice"))),
                .park(try Sample.approval("a5", asked: 1), AskCaps(perSource: 1)))) == nil,
        "an edited call takes the place of the first within one transaction")

    let window = try Sample.window("w1", uses: 2)
    try await store.commit(.approval(.open(window)))
    try expect(try await store.window(window.id) == window, "a window comes back as it was")
    let uses = (0..<20).map { _ in Transaction.approval(.window(window.id, .use)) }
    try expect(await store.race(uses) == 2, "a window is used as often as it says")
    try expect(
        try await store.windows(in: Sample.acme, open: true, limit: 9).isEmpty, "a window that is used up isn't open")

    let other = try Sample.window("w2", uses: nil)
    try await store.commit(.approval(.open(other)))
    let elsewhere = VoidScope.agent(Sample.other, AgentID("email"))
    try await store.commit(.approval(.void(elsewhere, reason: "elsewhere")))
    try expect(try await store.window(other.id)?.state == .open, "another organization's voiding touches nothing here")
    try await store.commit(.approval(.void(.person(Sample.acme, PersonID("alice")), reason: "left")))
    try expect(try await store.window(other.id)?.state == .void("left"), "a person's windows end with them")
    try expect(
        try await store.approval(ApprovalID("a5"))?.state == .void("left"), "what only they could answer ends with them"
    )
}

extension Sample {
    /// As the gate would park it: these types have no public initialiser but from what they give of themselves.
    static func approval(_ id: String, asked: UInt8, created: Int64 = 0) throws -> Approval {
        let value: JSON = [
            "id": .string(id), "call": parked, "binding": binding,
            "digest": .string(Digest.sha256(of: [asked, 1]).hex), "asked": .string(Digest.sha256(of: [asked]).hex),
            "needs": [["alice"]], "allowsWindow": true,
            "created": .number(JSONNumber(time(created).microseconds)),
            "expires": .number(JSONNumber(time(3600).microseconds)), "yes": [], "state": ["name": "waiting"],
        ]
        guard let approval = Approval(json: value) else { throw ContractViolation(promise: "the sample can be read") }
        return approval
    }

    static func window(_ id: String, uses: Int?) throws -> GrantWindow {
        let value: JSON = [
            "id": .string(id), "approval": "a1", "call": parked, "binding": binding, "destinations": [.string(awkward)],
            "by": "alice", "created": .number(JSONNumber(time(0).microseconds)),
            "until": .number(JSONNumber(time(3600).microseconds)),
            "usesLeft": uses.map { .number(JSONNumber($0)) } ?? .null, "state": ["name": "open"],
        ]
        guard let window = GrantWindow(json: value) else { throw ContractViolation(promise: "the sample can be read") }
        return window
    }

    private static let parked: JSON = [
        "organization": .string(acme.raw), "agent": "email", "requester": ["person", "bob"], "client": "c1",
        "trigger": "call", "tool": .string(awkward), "effect": "send",
    ]
    private static let binding: JSON = [
        "definition": .string(Digest.sha256(of: [1]).hex), "pin": .string(Digest.sha256(of: [2]).hex),
        "connection": "con1", "account": .string(awkward),
    ]
}

extension Transaction {
    static func approval(_ changes: ApprovalChange...) -> Transaction { Transaction(changes: changes) }
}

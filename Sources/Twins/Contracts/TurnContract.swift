import Authority
public import Gate
public import Turns
import Wire

/// Checks the promises of `InboxStore`, `TurnStore` and `OutboxStore`, and of the changes that go with them.
public func checkTurns(
    _ makeStore: () async throws -> any Commits & InboxStore & TurnStore & OutboxStore & Payloads
) async throws {
    try await checkInbox(try await makeStore())
    try await checkTurnStates(try await makeStore())
    try await checkOutbox(try await makeStore())
    try await checkSummaries(try await makeStore())
}

private func checkTurnStates(_ store: any Commits & InboxStore & TurnStore) async throws {
    let turn = Sample.turn("t1")
    try await store.commit(.turn(.receive(Sample.entry("i1", event: "e1"))))
    try await store.commit(.turn(.begin(turn)))
    try expect(try await store.turn(turn.id) == turn, "a turn comes back as it was")
    try expect(try await store.claimTurns(at: Sample.time(100), limit: 5, each: 10) == [turn], "and can go on")
    try expect(try await store.turn(sending: CallID("c1")) == nil, "a call that sent nothing is no turn's")
    try await store.commit(.turn(.sent(CallID("c1"), by: turn.id), .sent(CallID("c2"), by: turn.id)))
    try await store.commit(.turn(.sent(CallID("c1"), by: TurnID("t9"))))
    try expect(try await store.turn(sending: CallID("c1")) == turn, "the turn that sent is found by its call")
    try expect(try await store.turn(sending: CallID("c2")) == turn, "by each of them")
    try expect(try await store.calls(sentBy: turn.id) == [CallID("c1"), CallID("c2")], "and they by their turn")
    try expect(try await store.calls(sentBy: TurnID("t9")).isEmpty, "what is another's isn't taken away")
    var stepped = turn
    stepped.steps += 1
    stepped.touched = Sample.time(7)
    stepped.labels = Labels(integrity: .outsider, readers: .only([PersonID("alice")]), classes: .financial)
    try await store.commit(.turn(.move(stepped, from: turn.steps)))
    try expect(try await store.turn(turn.id) == stepped, "a step is counted")
    try expect(
        await store.refusal(of: .turn(.move(stepped, from: turn.steps))) == "exists t1",
        "of two that write a step one does")
    var parked = stepped
    parked.steps += 1
    parked.state = .parked(.approval(ApprovalID("apr")))
    try await store.commit(.turn(.move(parked, from: stepped.steps)))
    try expect(
        try await store.claimTurns(at: Sample.time(100), limit: 5, each: 10).isEmpty, "a parked turn isn't ready")
    func waiting(before seconds: Int64 = 100) async throws -> [Turn] {
        try await store.parkedTurns(lookedBefore: Sample.time(seconds), limit: 5)
    }
    try expect(try await waiting() == [parked], "it says what it waits for")
    try await store.commit(.turn(.looked(turn.id, at: Sample.time(8))))
    try expect(try await waiting(before: 9).first?.looked == Sample.time(8), "and when it was looked at")
    try expect(try await waiting(before: 8).isEmpty, "and isn't looked at again at once")
    try await store.commit(.turn(.wake(turn.id, at: Sample.time(9))))
    try expect(
        try await store.claimTurns(at: Sample.time(100), limit: 5, each: 10).map(\.steps) == [parked.steps],
        "it is woken with its steps")
    var ended = parked
    ended.state = .ended(.stopped)
    ended.touched = Sample.time(10)
    try await store.commit(.turn(.move(ended, from: parked.steps)))
    try expect(try await store.turn(turn.id)?.state == .ended(.stopped), "it ends")
    try expect(
        await store.refusal(of: .turn(.move(parked, from: parked.steps))) == "exists t1", "and never goes on after that"
    )
    try await store.commit(.turn(.wake(turn.id, at: Sample.time(11))))
    try expect(try await store.turn(turn.id) == ended, "not by waking either")

    try await store.commit(.turn(.receive(Sample.entry("i2", event: "e2"))))
    try await store.commit(.turn(.begin(Sample.turn("t2", with: "i2", began: 20))))
    try await store.commit(.turn(.receive(Sample.entry("i3", event: "e3"))))
    try expect(
        await store.refusal(of: .turn(.begin(Sample.turn("t3", with: "i3", began: 21)))) == "exists i3",
        "while a turn is ready, no other of its conversation begins")
    let late = Sample.turn("t4", with: "i4", by: "bob", in: "bobs", began: 20)
    try await store.commit(Transaction(changes: [GateChange.saw(late.session, .fresh, at: Sample.time(21))]))
    try await store.commit(.turn(.receive(Sample.entry("i4", event: "e4", in: "bobs"))))
    try expect(
        await store.refusal(of: .turn(.begin(late))) == "exists i4",
        "nor one that began before its session did, as if it were forgotten")
    try await store.commit(.turn(.begin(Sample.turn("t3", with: "i4", by: "bob", in: "bobs", began: 21))))
    try expect(
        try await store.turns(of: turn.session, limit: 5).map(\.id.raw) == ["t2", "t1"],
        "a session's turns come newest first, and another person's aren't among them")
    try expect(
        try await store.turns(of: turn.session, in: turn.conversation, limit: 1).map(\.id.raw) == ["t2"],
        "those of its conversation too")
    try expect(
        try await store.turns(of: turn.session, in: ConversationID(raw: "other"), limit: 5).isEmpty,
        "and of no other conversation")
    try expect(
        try await store.place(of: turn.conversation, in: Sample.acme) == turn.place, "a conversation's place is known")
    try expect(
        try await store.place(of: turn.conversation, in: Sample.other) == nil, "to its own organization alone")
    try expect(
        try await store.place(of: ConversationID(raw: "other"), in: Sample.acme) == nil, "and of no other conversation")
    try expect(try await store.turn(with: InboxID("i2"))?.id.raw == "t2", "a message's turn is found")
    try expect(try await store.turn(with: InboxID("i9")) == nil, "and where none began there is none")
    try expect(
        try await store.turns(of: PersonID("bob"), in: Sample.acme, limit: 5).map(\.id.raw) == ["t3"],
        "a person's turns are found")
    try expect(
        try await store.turns(of: PersonID("bob"), in: Sample.other, limit: 5).isEmpty, "in their own organization")

    var set = Sample.turn("t3", with: "i4", by: "bob", in: "bobs", began: 21)
    set.attempts = 2
    set.notBefore = Sample.time(50)
    set.reason = Sample.awkward
    try await store.commit(.turn(.move(set, from: set.steps)))
    try expect(try await store.turn(set.id) == set, "a turn that was set back says why")
    try expect(try await store.claimTurns(at: Sample.time(49), limit: 5, each: 10).map(\.id.raw) == ["t2"], "and waits")
    try expect(
        try await store.claimTurns(at: Sample.time(50), limit: 5, each: 10).map(\.id.raw) == ["t2", "t3"],
        "for its time")
    try expect(
        await store.refusal(of: .turn(.resume(set.id, at: Sample.time(60)))) == "exists t3", "it hasn't failed yet")
    set.state = .ended(.failed)
    try await store.commit(.turn(.move(set, from: set.steps)))
    try expect(try await store.stuckTurns(in: Sample.acme, limit: 5) == [set], "one that failed with a reason is found")
    try expect(try await store.stuckTurns(in: Sample.other, limit: 5).isEmpty, "in its own organization")
    try await store.commit(.turn(.resume(set.id, at: Sample.time(60))))
    try expect(try await store.stuckTurns(in: Sample.acme, limit: 5).isEmpty, "and not once it goes on")
    let resumed = try await store.turn(set.id)
    try expect(
        resumed?.state == .ready && resumed?.attempts == 0 && resumed?.reason == nil && resumed?.notBefore == nil
            && resumed?.steps == set.steps, "where it was, as if it had never been tried")
    try await store.commit(.turn(.move(set, from: set.steps)))
    try await store.commit(.turn(.abandon(set.id)))
    try expect(await store.refusal(of: .turn(.abandon(set.id))) == "exists t3", "it is abandoned once")
    try expect(
        await store.refusal(of: .turn(.resume(set.id, at: Sample.time(61)))) == "exists t3", "and doesn't go on then")

    let use = TokenUse(turn, day: 3)
    try await store.commit(.turn(.used(use, tokens: 10), .used(use, tokens: 5)))
    try await store.commit(.turn(.used(TokenUse(Sample.turn("t3", by: "bob"), day: 3), tokens: 7)))
    func refusal(_ tokens: Int, _ limits: TokenLimits) async -> String? {
        await store.refusal(of: .turn(.reserve(use, tokens: tokens, within: limits)))
    }
    try expect(await refusal(9, TokenLimits(agent: 30)) != nil, "of an agent no more is reserved than its limit lets")
    try expect(await refusal(6, TokenLimits(requester: 20)) != nil, "nor of a requester")
    try expect(try await store.tokensUsed(use) == 22, "and what is refused isn't counted")
    try await store.commit(.turn(.reserve(use, tokens: 5, within: TokenLimits(agent: 27, requester: 20))))
    try expect(try await store.tokensUsedAlone(use) == 20, "what is reserved is used")
    try await store.commit(.turn(.used(use, tokens: -5)))
    try expect(try await store.tokensUsed(use) == 22, "tokens of an agent add up over everybody")
    try expect(try await store.tokensUsedAlone(use) == 15, "and of one requester alone")
    try expect(try await store.tokensUsed(TokenUse(turn, day: 4)) == 0, "by day")
    try expect(try await store.tokensUsedAlone(TokenUse(turn, day: 4)) == 0, "both")
}

import Authority
public import Gate
public import Turns

/// A store as one of several gateways sees it.
public typealias SharedTurns = Commits & InboxStore & TurnStore & OutboxStore

/// Checks what `InboxStore`, `TurnStore` and `OutboxStore` promise to gateways that share a store: what one has taken no other
/// takes or changes, until it is given back or its gateway is gone.
///
/// - Parameter end: ends the first gateway's lease, as another does once it has run out.
public func checkClaims(
    _ first: any SharedTurns, _ second: any SharedTurns, endFirst end: () async throws -> Void
) async throws {
    try await checkMessageClaims(first, second)
    try await checkTurnClaims(first, second)
    try await checkAnswerClaims(first, second)
    try await checkTakeOver(first, second, end)
}

private func checkMessageClaims(_ first: any SharedTurns, _ second: any SharedTurns) async throws {
    let (one, two) = (Sample.entry("m1", event: "m1", in: "one"), Sample.entry("m2", event: "m2", in: "two"))
    try await first.commit(.turn(.receive(one), .receive(two)))
    func messages(of store: any SharedTurns, at seconds: Int64 = 9, limit: Int = 9) async throws -> [String] {
        try await store.claimMessages(at: Sample.time(seconds), limit: limit, each: 9).map(\.id.raw)
    }
    try expect(try await messages(of: first, limit: 1) == ["m1"], "a gateway takes no more than it asks for")
    try expect(try await messages(of: second) == ["m2"], "another takes what is left")
    try expect(try await messages(of: first) == ["m1"], "and what it has taken stays its own")
    let turn = Sample.turn("mt1", with: "m1", in: "one")
    try expect(await second.refusal(of: .turn(.begin(turn))) == "exists m1", "no other begins with it")
    try expect(await second.refusal(of: .turn(.replace(one))) == "exists m1", "or settles it")
    var later = two
    later.notBefore = Sample.time(20)
    try await second.commit(.turn(.replace(later)))
    try expect(try await messages(of: first, at: 20) == ["m1", "m2"], "one that waits again is everybody's")
    try await first.commit(.turn(.begin(turn)))
    try expect(try await second.claimTurns(at: Sample.time(9), limit: 9, each: 9).isEmpty, "who begins a turn runs it")
    try expect(try await first.claimedTurns() == [turn.id], "and knows that")
    var ended = later
    ended.state = .ignored
    try await first.commit(.turn(.replace(ended), .move(turn.ended, from: 1)))
}

private func checkTurnClaims(_ first: any SharedTurns, _ second: any SharedTurns) async throws {
    let turn = Sample.turn("t1")
    try await first.commit(.turn(.receive(Sample.entry("i1", event: "i1")), .begin(turn)))
    func turns(of store: any SharedTurns, at seconds: Int64 = 9) async throws -> [String] {
        try await store.claimTurns(at: Sample.time(seconds), limit: 9, each: 9).map(\.id.raw)
    }
    var step = turn
    step.steps = 2
    try expect(await second.refusal(of: .turn(.move(step, from: 1))) == "exists t1", "no other keeps a step of it")
    try expect(await second.refusal(of: .turn(.hold(turn.id, steps: 1))) == "exists t1", "or goes on with it")
    try await first.commit(.turn(.hold(turn.id, steps: 1), .move(step, from: 1)))
    try expect(
        await first.refusal(of: .turn(.hold(turn.id, steps: 1))) == "exists t1", "nor does who knows an old step")
    var late = step
    late.notBefore = Sample.time(20)
    try await first.commit(.turn(.move(late, from: 2)))
    try expect(try await turns(of: first).isEmpty, "one that is put off is nobody's")
    try expect(try await second.claimedTurns().isEmpty, "nobody's")
    try expect(try await turns(of: second, at: 20) == ["t1"], "until it is due, when whoever comes first takes it")
    try expect(try await turns(of: first, at: 20).isEmpty, "alone")
    try expect(await first.refusal(of: .turn(.move(step, from: 2))) == "exists t1", "who had it before is late")
    var parked = step
    parked.state = .parked(.connection)
    try await second.commit(.turn(.move(parked, from: 2)))
    try await first.commit(.turn(.wake(turn.id, at: Sample.time(21))))
    try await second.commit(.turn(.wake(turn.id, at: Sample.time(22))))
    try expect(try await turns(of: second).isEmpty, "who wakes a turn first runs it")
    try expect(try await turns(of: first) == ["t1"], "without another look")
    try expect(await second.refusal(of: .turn(.move(step.ended, from: 2))) == "exists t1", "nobody else gives it up")
    try await second.commit(.turn(.stop(step.ended, from: 2)))
    try expect(try await first.claimedTurns().isEmpty, "but anybody stops it, wherever it runs")
    try expect(await first.refusal(of: .turn(.move(step, from: 2))) == "exists t1", "and it goes on nowhere")
    let use = TokenUse(turn, day: 7)
    try await first.commit(.turn(.reserve(use, tokens: 6, within: TokenLimits(agent: 10))))
    try expect(
        await second.refusal(of: .turn(.reserve(use, tokens: 6, within: TokenLimits(agent: 10)))) != nil,
        "tokens that one has put aside another doesn't spend")
}

private func checkAnswerClaims(_ first: any SharedTurns, _ second: any SharedTurns) async throws {
    let (said, after) = (Sample.said("a1", created: 1), Sample.said("a2", created: 2))
    try await first.commit(.turn(.say(said), .say(after)))
    func answers(of store: any SharedTurns) async throws -> [String] {
        try await store.claimOutbox(at: Sample.time(9), limit: 9, each: 9).map(\.id.raw)
    }
    try expect(try await answers(of: second) == ["a1"], "an answer is taken in the order of its conversation")
    try expect(try await answers(of: first).isEmpty, "by one gateway")
    var sending = said
    sending.state = .sending
    try expect(await first.refusal(of: .turn(.settle(sending))) == "exists a1", "no other sends it")
    try await second.commit(.turn(.settle(sending)))
    try expect(try await answers(of: first).isEmpty, "while it is sent, nothing after it is")
    try expect(await first.refusal(of: .turn(.settle(said))) == "exists a1", "or says what became of it")
    var done = sending
    done.state = .delivered
    try await second.commit(.turn(.settle(done)))
    try expect(try await answers(of: first) == ["a2"], "the next one is whoever's comes first")
    var unsent = after
    unsent.state = .sending
    try await first.commit(.turn(.settle(unsent)))
}

private func checkTakeOver(
    _ first: any SharedTurns, _ second: any SharedTurns, _ end: () async throws -> Void
) async throws {
    let message = Sample.entry("d1", event: "d1", in: "dead")
    let turn = Sample.turn("dt1", with: "d2", in: "died")
    try await first.commit(
        .turn(.receive(message), .receive(Sample.entry("d2", event: "d2", in: "died")), .begin(turn)))
    func taken(by store: any SharedTurns) async throws -> [String] {
        let (time, most) = (Sample.time(9), 9)
        let messages = try await store.claimMessages(at: time, limit: most, each: most).map(\.id.raw)
        let turns = try await store.claimTurns(at: time, limit: most, each: most).map(\.id.raw)
        let answers = try await store.claimOutbox(at: time, limit: most, each: most)
            .map { "\($0.id) \($0.state.rawValue)" }
        return messages + turns + answers
    }
    let all = ["d1", "dt1", "a2 sending"]
    try expect(try await taken(by: first) == all, "a gateway has what it has taken")
    try expect(try await taken(by: second).isEmpty, "as long as it lives")
    try await end()
    try expect(try await taken(by: first).isEmpty, "one that is gone takes nothing")
    try expect(try await taken(by: second) == all, "and what it had another takes, as it was left")
    var step = turn
    step.steps = 2
    try expect(await first.refusal(of: .turn(.move(step, from: 1))) == "unavailable", "its late words are refused")
    try await second.commit(.turn(.move(step, from: 1)))
}

extension Turn {
    fileprivate var ended: Turn {
        var turn = self
        turn.state = .ended(.stopped)
        return turn
    }
}

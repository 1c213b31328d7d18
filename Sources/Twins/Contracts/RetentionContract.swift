import Authority
public import Gate
public import Turns
import Wire

/// Checks the promises of `RetentionStore` and of the changes that go with it.
public func checkRetention(
    _ makeStore: () async throws -> any Commits & InboxStore & TurnStore & OutboxStore & RetentionStore
) async throws {
    let store = try await makeStore()
    for (number, state) in [TurnState.ended(.answered), .ready, .parked(.connection), .ended(.failed)].enumerated() {
        try await begin("t\(number)", state, in: store)
    }
    try expect(try await store.agentsWithTurns(in: Sample.acme) == [AgentID("onboarding")], "agents have turns")
    try expect(try await store.agentsWithTurns(in: Sample.other).isEmpty, "those of the organization")
    func aged(before seconds: Int64, limit: Int = 9) async throws -> [String] {
        try await store.agedTurns(
            of: AgentID("onboarding"), in: Sample.acme, before: Sample.time(seconds), limit: limit
        ).map(\.id.raw)
    }
    try expect(try await aged(before: 1).isEmpty, "a turn that ended just then isn't aged")
    try expect(try await aged(before: 2) == ["t0", "t3"], "what waits or can go on never is")
    try expect(try await aged(before: 2, limit: 1) == ["t0"], "a few at a time")

    try await store.commit(
        Transaction(changes: [TurnChange.sent(CallID("c0"), by: TurnID("t0")), .sent(CallID("c1"), by: TurnID("t1"))]))
    try await store.commit(
        Transaction(changes: (0..<3).map { RetentionChange.forgetTurn(TurnID("t\($0)")) }))
    try expect(try await store.turn(sending: CallID("c0")) == nil, "what a forgotten turn sent is nobody's")
    try expect(try await store.turn(sending: CallID("c1"))?.id == TurnID("t1"), "that of the others is theirs")
    try expect(try await store.turn(TurnID("t0")) == nil, "a turn is forgotten")
    try expect(try await store.outbox(of: TurnID("t0")).isEmpty, "with what was said in it")
    try expect(try await store.inboxEntry(InboxID("t0-in")) == nil, "and its message")
    for id in ["t1", "t2"] {
        try expect(try await store.turn(TurnID(id)) != nil, "one that hasn't ended isn't")
        try expect(try await store.outbox(of: TurnID(id)).count == 1, "nor what was said in it")
        try expect(try await store.inboxEntry(InboxID("\(id)-in")) != nil, "nor its message")
    }

    for (id, state) in [("m1", InboxState.ignored), ("m2", .aside), ("m3", .waiting)] {
        var entry = message(id, received: 1)
        try await store.commit(Transaction(changes: [TurnChange.receive(entry)]))
        entry.state = state
        if state != .waiting { try await store.commit(Transaction(changes: [TurnChange.replace(entry)])) }
    }
    let old = try await store.agedMessages(in: Sample.acme, before: Sample.time(2), limit: 9)
    try expect(old.map(\.id.raw) == ["m1"], "messages that began nothing age")
    try expect(
        try await store.agedMessages(in: Sample.acme, before: Sample.time(1), limit: 9).isEmpty, "in their time")
    try await store.commit(
        Transaction(changes: ["m1", "m2", "m3"].map { RetentionChange.forgetMessage(InboxID($0)) }))
    try expect(try await store.inboxEntry(InboxID("m1")) == nil, "they are forgotten")
    for id in ["m2", "m3"] {
        try expect(try await store.inboxEntry(InboxID(id)) != nil, "what waits or was set aside isn't")
    }
}

private let account = ChannelAccountID(organization: Sample.acme, kind: .slack, name: "one")

private func message(_ id: String, received: Int64) -> InboxEntry {
    InboxEntry(
        id: InboxID(id), account: account, event: "event-\(id)", conversation: ConversationID(raw: "cnv-\(id)"),
        isStop: false, received: Sample.time(received))
}

private func begin(_ id: String, _ state: TurnState, in store: any Commits) async throws {
    var turn = Turn(
        id: TurnID(id), account: account, conversation: ConversationID(raw: "cnv-\(id)-in"),
        message: InboxID("\(id)-in"),
        agent: AgentID("onboarding"), requester: .person(PersonID("alice")), sender: nil,
        place: Place(peer: Place.Peer(kind: .direct, id: "alice")), reply: [:], began: Sample.time(1), steps: 1)
    let said = OutboxEntry(
        id: OutboxID("\(id)-out"), account: account, conversation: turn.conversation, turn: turn.id,
        created: Sample.time(1))
    try await store.commit(
        Transaction(changes: [
            TurnChange.receive(message("\(id)-in", received: 1)), TurnChange.begin(turn), TurnChange.say(said),
        ]))
    turn.state = state
    try await store.commit(Transaction(changes: [TurnChange.move(turn, from: 1)]))
}

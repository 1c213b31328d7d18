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

private func checkInbox(_ store: any Commits & InboxStore & TurnStore) async throws {
    let first = Sample.entry("i1", event: "e1", received: 1)
    let second = Sample.entry("i2", event: "e2", received: 2)
    let elsewhere = Sample.entry("i3", event: "e1", in: "other", account: "two", received: 3)
    try await store.commit(.turn(.receive(second), .receive(first), .receive(elsewhere)))
    try expect(
        await store.refusal(of: .turn(.receive(Sample.entry("i9", event: "e1", received: 9)))) == "exists e1",
        "an event of one account is taken once")
    try expect(try await store.inboxEntry(InboxID("i9")) == nil, "and nothing is kept of the second")
    try expect(try await store.inboxEntry(event: "e1", of: first.account) == first, "an event is found by its id")
    try expect(try await store.inboxEntry(event: "e2", of: elsewhere.account) == nil, "of its own account")
    try expect(
        await store.refusal(of: .turn(.room(first.account, most: 2))) == nil, "two wait, and there is room for two")
    try expect(
        await store.refusal(of: .turn(.room(first.account, most: 1))) == "exists room of \(first.account)",
        "but not for one")
    let third = Sample.entry("i6", event: "e6", received: 6)
    try expect(
        await store.refusal(of: .turn(.receive(third), .room(first.account, most: 2))) != nil,
        "what came with it is counted")
    try expect(try await store.inboxEntry(third.id) == nil, "and isn't kept")
    try expect(await store.refusal(of: .turn(.room(elsewhere.account, most: 1))) == nil, "by its account")
    func heads(at seconds: Int64 = 100) async throws -> [String] {
        try await store.claimMessages(at: Sample.time(seconds), limit: 10, each: 10).map(\.id.raw)
    }
    try expect(try await heads() == ["i1", "i3"], "each conversation shows its first message, oldest first")
    try expect(
        try await store.claimMessages(at: Sample.time(100), limit: 1, each: 10) == [first],
        "a message comes back as it was")

    var later = first
    later.attempts = 2
    later.notBefore = Sample.time(50)
    later.reason = Sample.awkward
    try await store.commit(.turn(.replace(later)))
    try expect(try await heads(at: 49) == ["i3"], "one that isn't due holds up its conversation")
    try expect(try await store.claimMessages(at: Sample.time(50), limit: 1, each: 10) == [later], "until it is due")

    let stop = Sample.entry("i4", event: "e4", isStop: true, received: 4)
    try await store.commit(.turn(.receive(stop)))
    try expect(try await heads() == ["i1", "i3", "i4"], "a stop doesn't wait for its turn")

    let turn = Sample.turn("t1")
    try await store.commit(.turn(.begin(turn)))
    try expect(
        await store.refusal(of: .turn(.room(first.account, most: 2))) == nil, "what a turn began with waits no more")
    try expect(try await heads() == ["i3", "i4"], "while a turn is ready, its conversation waits, but for a stop")
    try expect(
        await store.refusal(of: .turn(.begin(Sample.turn("t2")))) == "exists i1",
        "one message begins one turn")
    try expect(try await store.turn(TurnID("t2")) == nil, "and nothing is kept of the second")
    var parked = turn
    parked.state = .parked(.connection)
    try await store.commit(.turn(.move(parked, from: turn.steps)))
    try expect(try await heads() == ["i2", "i3", "i4"], "a parked turn holds up nobody")

    var aside = second
    aside.state = .aside
    aside.reason = "it can't be read"
    try await store.commit(.turn(.replace(aside)))
    try expect(try await store.setAside(in: Sample.acme, limit: 5) == [aside], "what was set aside is found")
    try expect(await store.refusal(of: .turn(.replace(second))) == "exists i2", "and isn't waiting")
    try await store.commit(.turn(.replay(aside.id, at: Sample.time(60))))
    try expect(
        await store.refusal(of: .turn(.replay(aside.id, at: Sample.time(60)))) == "exists i2", "it is replayed once")
    try expect(try await heads(at: 60).contains("i2"), "and waits again")

    try expect(await store.refusal(of: .turn(.drop(aside.id))) == "exists i2", "what waits isn't dropped")
    try await store.commit(.turn(.replace(aside)))
    try await store.commit(.turn(.drop(aside.id)))
    try expect(try await store.inboxEntry(aside.id)?.state == .ignored, "what was set aside may be dropped")
    try expect(await store.refusal(of: .turn(.drop(aside.id))) == "exists i2", "once")
    try expect(
        await store.refusal(of: .turn(.replay(aside.id, at: Sample.time(70)))) == "exists i2", "and isn't replayed then"
    )
    try await store.commit(.turn(.receive(Sample.entry("i5", event: "e5", received: 5))))

    for number in 0..<3 {
        let id = "two\(number)"
        try await store.commit(
            .turn(.receive(Sample.entry(id, event: id, in: id, account: "three", received: 1))))
    }
    try expect(
        try await store.claimMessages(at: Sample.time(100), limit: 9, each: 2).map(\.id.raw) == [
            "two0", "two1", "i3", "i4", "i5",
        ],
        "of one account there are so many at the most, and stops are counted apart")
    try await store.commit(.turn(.prune(before: Sample.time(1000))))
    try expect(try await store.inboxEntry(aside.id) == nil, "what started nothing is forgotten in time")
    try expect(try await store.inboxEntry(first.id) != nil, "what a turn began with stays with it")
    try expect(try await store.inboxEntry(InboxID("i5")) != nil, "what waits never is")
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

private func checkOutbox(_ store: any Commits & OutboxStore) async throws {
    let (first, second) = (Sample.said("o1", created: 1), Sample.said("o2", created: 2))
    let elsewhere = Sample.said("o3", in: "other", created: 3)
    try await store.commit(.turn(.say(first), .say(second), .say(elsewhere)))
    try expect(await store.refusal(of: .turn(.say(first))) == "exists o1", "a message is said once")
    func heads(at seconds: Int64 = 100) async throws -> [OutboxEntry] {
        try await store.claimOutbox(at: Sample.time(seconds), limit: 10, each: 10)
    }
    try expect(try await heads() == [first, elsewhere], "each conversation is sent in its order")
    var sending = first
    sending.state = .sending
    sending.attempts = 1
    try await store.commit(.turn(.settle(sending)))
    try expect(try await heads() == [sending, elsewhere], "what is being sent holds up what comes after it")
    var retried = sending
    retried.state = .waiting
    retried.notBefore = Sample.time(40)
    retried.parts = 2
    retried.reason = Sample.awkward
    try await store.commit(.turn(.settle(retried)))
    try expect(try await heads(at: 39) == [elsewhere], "and so does what is sent again later")
    let record = ChannelAccountRecord(
        account: ChannelAccount(id: first.account, isPaused: true), sealed: [], created: Sample.time(0))
    try await store.commit(Transaction(changes: [ChannelChange.add(record)]))
    try expect(try await heads().isEmpty, "of an account that is paused nothing is sent")
    try await store.commit(Transaction(changes: [ChannelChange.pause(first.account, false)]))
    try expect(try await heads() == [retried, elsewhere], "until it isn't any more")
    var done = retried
    done.state = .delivered
    done.external = "1700.1"
    try await store.commit(.turn(.settle(done)))
    try expect(try await heads() == [second, elsewhere], "then the next one is sent")
    try expect(await store.refusal(of: .turn(.settle(retried))) == "exists o1", "what was delivered stays so")
    try expect(try await store.outbox(of: TurnID("t1")) == [done, second, elsewhere], "a turn's messages are found")
    var lost = second
    lost.state = .unknown
    try await store.commit(.turn(.settle(lost)))
    try expect(try await store.undelivered(in: Sample.acme, limit: 5) == [lost], "what may be lost is found")
    try expect(try await store.outboxEntry(lost.id) == lost, "one by one too")
    try expect(
        await store.refusal(of: .turn(.sayAgain(lost.id, at: Sample.time(50)))) == "exists o2",
        "and never sent again: it may have arrived")
    var failed = elsewhere
    failed.state = .failed
    failed.attempts = 8
    try await store.commit(.turn(.settle(failed)))
    try await store.commit(.turn(.sayAgain(failed.id, at: Sample.time(50))))
    try expect(try await heads(at: 49).isEmpty, "what certainly wasn't delivered is sent again, when it is due")
    try expect(try await heads(at: 50).map(\.attempts) == [0], "as if it had never been tried")
    try await store.commit(.turn(.settle(failed)))
    try await store.commit(.turn(.forgo(failed.id)))
    try expect(await store.refusal(of: .turn(.forgo(failed.id))) == "exists o3", "what is dropped is dropped once")
    try expect(
        await store.refusal(of: .turn(.sayAgain(failed.id, at: Sample.time(50)))) == "exists o3", "and stays so")
    try expect(try await store.undelivered(in: Sample.acme, limit: 5) == [lost], "nobody is told of it any more")
    try await checkCards(store)
    try await store.commit(.turn(.prune(before: Sample.time(1000))))
    try expect(
        Set(try await store.outbox(of: TurnID("t1")).map(\.id.raw)).isSuperset(of: ["o1", "o2", "o3"]),
        "what a turn said stays with it")
    let alone = OutboxEntry(
        id: OutboxID("o8"), account: first.account, conversation: ConversationID(raw: "press"), turn: nil,
        created: Sample.time(1), state: .delivered)
    let newer = OutboxEntry(
        id: OutboxID("o9"), account: first.account, conversation: ConversationID(raw: "press"), turn: nil,
        created: Sample.time(2000), state: .delivered)
    try await store.commit(.turn(.say(alone), .say(newer)))
    try await store.commit(.turn(.prune(before: Sample.time(1000))))
    try expect(try await store.outboxEntry(alone.id) == nil, "what no turn said is forgotten in time")
    try expect(try await store.outboxEntry(newer.id) != nil, "and not before")
}

private func checkSummaries(_ store: any Commits & InboxStore & TurnStore & Payloads) async throws {
    let turn = Sample.turn("t1")
    let canary = Labels(integrity: .outsider, readers: .only([PersonID("alice")]), classes: .financial)
    func summary(_ number: Int, of turn: Turn) -> Summary {
        Summary(
            session: turn.session, conversation: turn.conversation, first: Sample.time(1),
            last: Sample.time(Int64(10 * number)), lastTurn: TurnID("t\(number)"), labels: canary,
            payload: "summary\(number)/words")
    }
    func put(_ summary: Summary, after earlier: Summary?) async throws {
        let words = Payload(id: summary.payload, digestKey: [1], sealed: [2])
        let drop = earlier.map { [ErasureChange.payloads([$0.payload])] } ?? []
        let changes: [any StoredChange] = [TurnChange.summarize(summary, replacing: earlier?.payload)]
        try await store.commit(Transaction(changes: changes + [GateChange.keep(words)] + drop))
    }
    try expect(try await store.summary(of: turn.session, in: turn.conversation) == nil, "at first there is none")
    var before: Summary?
    for number in 1...3 {
        let next = summary(number, of: turn)
        try await put(next, after: before)
        try expect(
            try await store.summary(of: turn.session, in: turn.conversation) == next,
            "a summary comes back with the labels of all that it covers")
        if let before {
            try expect(try await store.payload(before.payload) == nil, "and the words of the one before are gone")
        }
        before = next
    }
    try expect(
        await store.refusal(of: .turn(.summarize(summary(4, of: turn), replacing: "summary2/words"))) != nil,
        "of two that are written at once one stands")
    try expect(await store.refusal(of: .turn(.summarize(summary(4, of: turn), replacing: nil))) != nil, "and no second")
    let bobs = Sample.turn("t9", by: "bob")
    try expect(try await store.summary(of: bobs.session, in: bobs.conversation) == nil, "another person has none of it")
    try await put(
        Summary(
            session: bobs.session, conversation: bobs.conversation, first: Sample.time(1), last: Sample.time(9),
            lastTurn: bobs.id, labels: .fresh, payload: "bob/words"), after: nil)
    try await store.commit(Transaction(changes: [ErasureChange.words(Sample.acme, PersonID("bob"))]))
    try expect(try await store.summary(of: bobs.session, in: bobs.conversation) == nil, "it is erased with its person")
    try expect(try await store.payload("bob/words") == nil, "and so are its words")
    try expect(try await store.payload("summary3/words") != nil, "and nobody else's")

    try await store.commit(.turn(.receive(Sample.entry("i1", event: "e1"))))
    try await store.commit(.turn(.begin(turn)))
    var ended = turn
    ended.state = .ended(.answered)
    try await store.commit(.turn(.move(ended, from: turn.steps)))
    try await store.commit(Transaction(changes: [RetentionChange.forgetTurn(turn.id)]))
    try expect(
        try await store.summary(of: turn.session, in: turn.conversation) == nil,
        "when a turn that it covers is forgotten, so is it")
    try expect(try await store.payload("summary3/words") == nil, "with its words")
}

/// No approval is there, so each card's is decided.
private func checkCards(_ store: any Commits & OutboxStore) async throws {
    func card(_ id: String, created: Int64) -> OutboxEntry {
        var entry = Sample.said(id, in: "cards", created: created)
        entry.approval = ApprovalID("apv_\(id)")
        return entry
    }
    var (first, second) = (card("c1", created: 60), card("c2", created: 61))
    try await store.commit(.turn(.say(first), .say(second)))
    try expect(try await store.decidedCards(limit: 5).isEmpty, "what nobody was shown needs nothing in its place")
    first.state = .delivered
    first.external = "D1/1.1"
    second.state = .delivered
    second.external = "D1/1.2"
    try await store.commit(.turn(.settle(first), .settle(second)))
    try expect(try await store.decidedCards(limit: 5) == [first, second], "a card that was decided is found")
    try expect(try await store.decidedCards(limit: 1) == [first], "the oldest first")
    try expect(try await store.standingCards(after: nil, limit: 5) == [first, second], "and it stands")
    try expect(try await store.standingCards(after: first, limit: 5) == [second], "those after one come next")
    try expect(try await store.standingCard(first.account, shown: "D1/1.1") == first, "by the channel's id of it")
    try expect(try await store.standingCard(first.account, shown: "D1/1.9") == nil, "another message is none")
    try await store.commit(.turn(.takeDown(first.id)))
    try expect(await store.refusal(of: .turn(.takeDown(first.id))) == "exists c1", "and taken down once")
    try expect(try await store.standingCard(first.account, shown: "D1/1.1") == nil, "it doesn't stand any more")
    try await store.commit(.turn(.takeDownShown(second.account, "D1/1.9")))
    try expect(try await store.decidedCards(limit: 5) == [second], "another message isn't a card")
    try await store.commit(.turn(.takeDownShown(second.account, "D1/1.2")))
    try await store.commit(.turn(.takeDownShown(second.account, "D1/1.2")))
    try expect(try await store.decidedCards(limit: 5).isEmpty, "by what the channel calls it too, as often as you like")
}

extension Transaction {
    static func turn(_ changes: TurnChange...) -> Transaction { Transaction(changes: changes) }
}

extension Sample {
    fileprivate static func account(_ name: String = "one") -> ChannelAccountID {
        ChannelAccountID(organization: acme, kind: .slack, name: name)
    }

    static func entry(
        _ id: String, event: String, in conversation: String = "cnv", account: String = "one", isStop: Bool = false,
        received: Int64 = 0
    ) -> InboxEntry {
        InboxEntry(
            id: InboxID(id), account: Sample.account(account), event: event,
            conversation: ConversationID(raw: conversation),
            isStop: isStop, received: time(received), writer: "slack:T1/U1")
    }

    static func turn(
        _ id: String, with message: String = "i1", by person: String = "alice", in conversation: String = "cnv",
        began: Int64 = 5
    ) -> Turn {
        Turn(
            id: TurnID(id), account: account(), conversation: ConversationID(raw: conversation),
            message: InboxID(message), agent: AgentID("onboarding"),
            requester: .person(PersonID(person)), sender: SenderID("slack:T1/U1"),
            place: Place(
                peer: Place.Peer(kind: .channel, id: "C1"), parent: Place.Peer(kind: .group, id: "G1"), thread: "1.2",
                guild: "g", team: "T1", roles: ["a", "b"], hasOutsiders: true), reply: ["thread": .string(awkward)],
            began: time(began), steps: 1, ceiling: [.read, .create])
    }

    static func said(_ id: String, in conversation: String = "cnv", created: Int64) -> OutboxEntry {
        OutboxEntry(
            id: OutboxID(id), account: account(), conversation: ConversationID(raw: conversation), turn: TurnID("t1"),
            created: time(created))
    }
}

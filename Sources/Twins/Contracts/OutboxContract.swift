import Authority
import Gate
import Turns

func checkOutbox(_ store: any Commits & OutboxStore) async throws {
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

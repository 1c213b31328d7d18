import Authority
import Gate
import Turns

func checkInbox(_ store: any Commits & InboxStore & TurnStore) async throws {
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
    let theirs = TurnChange.roomOfWriter(first.account, writer: "slack:T1/U9", most: 1)
    var fourth = Sample.entry("i7", event: "e7", in: "ninth", received: 7)
    fourth.writer = "slack:T1/U9"
    try await store.commit(.turn(.receive(fourth), theirs))
    var fifth = Sample.entry("i8", event: "e8", in: "ninth", received: 8)
    fifth.writer = "slack:T1/U9"
    try expect(
        await store.refusal(of: .turn(.receive(fifth), theirs)) == "exists room of slack:T1/U9 at \(first.account)",
        "one writer has room of their own")
    try expect(
        await store.refusal(of: .turn(.roomOfWriter(elsewhere.account, writer: "slack:T1/U9", most: 0))) == nil,
        "at each account")
    fourth.state = .ignored
    try await store.commit(.turn(.replace(fourth)))
    try expect(await store.refusal(of: .turn(theirs)) == nil, "and again when theirs don't wait any more")
    func warn(_ sender: String, at now: Int64, in organization: OrganizationID = Sample.acme) async -> String? {
        await store.refusal(
            of: .turn(.warn(organization, SenderID(sender), at: Sample.time(now), unlessSince: Sample.time(now - 10))))
    }
    try expect(await warn(Sample.awkward, at: 100) == nil, "whoever writes too much is told")
    try expect(await warn(Sample.awkward, at: 109) == "exists \(Sample.awkward)", "once within a while")
    try expect(await warn("slack:T1/U9", at: 109) == nil, "others of their own")
    try expect(await warn(Sample.awkward, at: 109, in: OrganizationID("else")) == nil, "each organization's")
    try expect(await warn(Sample.awkward, at: 110) == nil, "and later again")
    try expect(await warn(Sample.awkward, at: 111) != nil, "counted from then")
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

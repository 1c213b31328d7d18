import Authority
public import Gate
import Wire

/// Checks the promises of `NoticeStore` and of the changes that go with it.
public func checkNotices(_ makeStore: () async throws -> any Commits & NoticeStore) async throws {
    let store = try await makeStore()
    let (late, early) = (Sample.notice("n1", created: 2), Sample.notice("n2", created: 1))
    try await store.commit(.notice(.add(late), .add(early)))
    try expect(try await store.openNotices() == [early, late], "notices come back as they were, oldest first")
    try expect(await store.refusal(of: .notice(.add(late))) == "exists n1", "a notice is added once")
    try expect(
        await store.refusal(of: .notice(.replace(Sample.notice("n9")))) == "exists n9",
        "a notice that isn't there can't be replaced")
    try expect(try await store.notices(settledSince: Sample.time(0)).isEmpty, "an open notice isn't settled")

    var sending = early
    sending.state = .sending
    sending.message = NoticeID("m1")
    sending.route = .webhook
    sending.closed = [.mail]
    sending.attempts = 3
    sending.notBefore = Sample.time(9)
    sending.reason = Sample.awkward
    try await store.commit(.notice(.replace(sending)))
    try expect(try await store.openNotices() == [sending, late], "one that is being sent is open, and whole")

    var done = sending
    done.state = .delivered
    done.settled = Sample.time(10)
    try await store.commit(.notice(.replace(done)))
    try expect(try await store.openNotices() == [late], "a settled one isn't open")
    try expect(try await store.notices(settledSince: Sample.time(10)) == [done], "it is found by when it was settled")
    try expect(try await store.notices(settledSince: Sample.time(11)).isEmpty, "and not after that")
    try expect(
        await store.refusal(of: .notice(.replace(sending))) == "exists n2", "a settled one is never opened again")
    try expect(try await store.noticeCounts() == [.waiting: 1, .delivered: 1], "they are counted by state")

    try await store.commit(.notice(.tell(Sample.notice("n3", created: 3)), .tell(Sample.notice("n3", created: 4))))
    try expect(
        try await store.openNotices().map(\.created) == [late.created, Sample.time(3)],
        "what is told once is there once, as it was first")
    try await store.commit(.notice(.tell(done)))
    try expect(try await store.noticeCounts()[.delivered] == 1, "and isn't opened again by being told again")
    try await store.commit(.notice(.prune(settledBefore: Sample.time(10))))
    try expect(try await store.notices(settledSince: Sample.time(0)) == [done], "what isn't that old is kept")
    try await store.commit(.notice(.prune(settledBefore: Sample.time(11))))
    try expect(try await store.notices(settledSince: Sample.time(0)).isEmpty, "what was settled before is forgotten")
    try expect(try await store.openNotices().count == 2, "what is open never is")

    try expect(try await store.noticeSettings() == nil, "there are no settings at first")
    try await store.commit(.notice(.settings([1])))
    try await store.commit(.notice(.settings([0, 255])))
    try expect(try await store.noticeSettings() == [0, 255], "the newest settings are kept")
}

extension Sample {
    static func notice(_ id: String, created: Int64 = 0) -> QueuedNotice {
        QueuedNotice(
            id: NoticeID(id), organization: acme, person: PersonID("alice"), subject: .approval(ApprovalID("a-\(id)")),
            agent: AgentID("email"), source: awkward, created: time(created))
    }
}

extension Transaction {
    static func notice(_ changes: NoticeChange...) -> Transaction { Transaction(changes: changes) }
}

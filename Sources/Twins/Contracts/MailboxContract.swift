import Authority
public import Gate
public import Turns

/// Checks the promises of `MailboxStore` and of the changes that go with it.
public func checkMailboxes(
    _ makeStore: () async throws -> any Commits & MailboxStore & ChannelAccountStore
) async throws {
    let store = try await makeStore()
    func account(_ name: String) -> ChannelAccountID {
        ChannelAccountID(organization: Sample.acme, kind: .mail, name: name)
    }
    let (help, sales) = (account("help"), account("sales"))
    func run(_ change: MailboxChange) async throws { try await store.commit(Transaction(changes: [change])) }
    func refusal(_ change: MailboxChange) async -> String? {
        await store.refusal(of: Transaction(changes: [change]))?.split(separator: " ").first.map(String.init)
    }
    try expect(try await store.mailboxMark(of: help) == nil, "a mailbox that was never read has no mark")
    let first = MailboxMark(validity: .max, last: 7, isTaken: false)
    try await run(.move(help, from: nil, to: first))
    try expect(try await store.mailboxMark(of: help) == first, "a mark comes back as it was")
    try expect(try await store.mailboxMark(of: sales) == nil, "and is one mailbox's")
    try expect(await refusal(.move(help, from: nil, to: first)) == "exists", "it is begun once")
    let second = MailboxMark(validity: .max, last: .max, isTaken: true)
    try await run(.move(help, from: first, to: second))
    try expect(try await store.mailboxMark(of: help) == second, "and moves")
    try expect(await refusal(.move(help, from: first, to: second)) == "exists", "from where it is alone")
    let anew = MailboxMark(validity: 1, last: 0, isTaken: false)
    try expect(
        await refusal(.move(help, from: MailboxMark(validity: 1, last: .max, isTaken: true), to: anew)) == "exists",
        "of this mailbox and not of another of its name")
    try await run(.move(help, from: second, to: anew))

    for _ in 0..<3 { try await run(.count(help, from: Sample.awkward, in: 10)) }
    try await run(.count(sales, from: Sample.awkward, in: 10))
    try await run(.count(help, from: "other", in: 10))
    func count(_ account: ChannelAccountID, _ writer: String, _ hour: Int64) async throws -> Int {
        try await store.mailCount(of: account, from: writer, in: hour)
    }
    try expect(try await count(help, Sample.awkward, 10) == 3, "each message counts, for its writer")
    try expect(try await count(help, "other", 10) == 1, "and for nobody else")
    try await run(.count(help, from: "other", in: 11))
    try expect(try await count(help, "other", 11) == 1, "an hour begins at nothing")
    try expect(try await count(help, Sample.awkward, 10) == 0, "and the one before is forgotten")
    try expect(try await count(sales, Sample.awkward, 10) == 1, "of that mailbox alone")

    func mail(_ number: UInt32, _ writer: String = Sample.awkward, validity: UInt32 = .max) -> PostponedMail {
        PostponedMail(number: MailboxNumber(validity: validity, number: number), writer: writer)
    }
    func due(_ account: ChannelAccountID, at seconds: Int64, limit: Int = 9) async throws -> [PostponedMail] {
        try await store.postponedMails(of: account, at: Sample.time(seconds), limit: limit)
    }
    let kept = MailboxMark(validity: .max, last: 9, isTaken: false)
    try await run(.move(help, from: anew, to: kept))
    try await run(.postpone(mail(.max), of: help, until: Sample.time(10)))
    try await run(.postpone(mail(3), of: help, until: Sample.time(10)))
    try await run(.postpone(mail(4, "other"), of: help, until: Sample.time(5)))
    try await run(.postpone(mail(4, "other"), of: help, until: Sample.time(10)))
    try await run(.postpone(mail(5), of: sales, until: Sample.time(1)))
    try expect(
        try await due(help, at: 9).isEmpty, "what was postponed isn't there before it is due, nor where it was put off")
    try expect(try await due(help, at: 10) == [mail(3), mail(4, "other"), mail(.max)], "then by its number")
    try expect(try await due(help, at: 10, limit: 1) == [mail(3)], "so many at the most")
    try await run(.putOff(help, from: Sample.awkward, due: Sample.time(10), until: Sample.time(20)))
    try expect(try await due(help, at: 19) == [mail(4, "other")], "all of one writer are put off, and nobody else's")
    try await run(.putOff(help, from: Sample.awkward, due: Sample.time(10), until: Sample.time(30)))
    try expect(try await due(help, at: 20).count == 3, "what isn't due stays where it is")
    try await run(.settle(mail(3).number, of: help))
    try expect(await refusal(.settle(mail(3).number, of: help)) == "exists", "it is settled once")
    try expect(await refusal(.settle(mail(5).number, of: help)) == "exists", "in its own mailbox")
    try expect(try await store.postponedMails(of: help) == 2, "those that wait are counted")
    try await run(.move(help, from: kept, to: MailboxMark(validity: .max, last: 10, isTaken: false)))
    try expect(try await store.postponedMails(of: help) == 2, "and stay while their mailbox is read on")
    try await run(.postpone(mail(6, validity: 2), of: help, until: Sample.time(1)))
    try await run(
        .move(
            help, from: MailboxMark(validity: .max, last: 10, isTaken: false),
            to: MailboxMark(validity: 2, last: 0, isTaken: false)))
    try expect(try await due(help, at: 99) == [mail(6, validity: 2)], "in a mailbox made anew numbers are others")
    try expect(try await store.postponedMails(of: sales) == 1, "another mailbox's are its own")

    let record = ChannelAccountRecord(
        account: ChannelAccount(id: help, connection: ConnectionID("c1")), sealed: [], created: Sample.time(1))
    try await store.commit(Transaction(changes: [ChannelChange.add(record)]))
    try await store.commit(Transaction(changes: [ChannelChange.remove(help)]))
    try expect(try await store.mailboxMark(of: help) == nil, "with its account a mark goes")
    try expect(try await count(help, "other", 11) == 0, "and so do its counts")
    try expect(try await store.postponedMails(of: help) == 0, "and what waited")
    try expect(try await count(sales, Sample.awkward, 10) == 1, "others stay")
}

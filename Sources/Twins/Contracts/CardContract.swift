import Authority
public import Gate
public import Turns

/// Checks the promises of `CardStore` and of the changes that go with it.
public func checkCards(_ makeStore: () async throws -> any Commits & CardStore & Payloads) async throws {
    let store = try await makeStore()
    func card(
        _ approval: String, _ person: String = "alice", in organization: OrganizationID = Sample.acme, created: Int64
    ) -> OwedCard {
        OwedCard(
            approval: ApprovalID(approval), person: PersonID(person), organization: organization,
            source: Sample.awkward, created: Sample.time(created))
    }
    func run(_ changes: CardChange...) async throws { try await store.commit(Transaction(changes: changes)) }
    func refusal(_ change: CardChange) async -> String? { await store.refusal(of: Transaction(changes: [change])) }
    func settled(_ person: String = "alice", since time: Int64 = 0) async throws -> [SettledCard] {
        try await store.settledCards(of: PersonID(person), in: Sample.acme, since: Sample.time(time))
    }

    let (late, early) = (card("a1", created: 2), card("a2", created: 1))
    let (bobs, elsewhere) = (card("a1", "bob", created: 3), card("a3", in: Sample.other, created: 4))
    try await run(.owe(late), .owe(early), .owe(bobs), .owe(elsewhere))
    try expect(try await store.owedCards(limit: 9) == [early, late, bobs, elsewhere], "the oldest first, whole")
    try expect(try await store.owedCards(limit: 1) == [early], "and no more than asked for")
    try expect(await refusal(.owe(late)) == "exists a1", "one is owed once to each")
    try expect(try await settled().isEmpty, "what is owed isn't settled")

    try await run(.settle(early, .shown, message: OutboxID("out_1"), at: Sample.time(10)))
    try await run(.settle(late, .gathered, message: nil, at: Sample.time(11)))
    try expect(try await store.owedCards(limit: 9) == [bobs, elsewhere], "what is settled isn't owed")
    try expect(
        await refusal(.settle(early, .shown, message: nil, at: Sample.time(12))) == "exists a2", "it is settled once")
    let (first, second) = (
        SettledCard(source: Sample.awkward, outcome: .shown, at: Sample.time(10)),
        SettledCard(source: Sample.awkward, outcome: .gathered, at: Sample.time(11))
    )
    try expect(try await settled() == [first, second], "what became of them is known")
    try expect(try await settled(since: 11) == [second], "from a time on")
    try expect(try await settled("bob").isEmpty, "nobody else's is among them")

    let alice = PersonID("alice")
    try await run(.counted(alice, Sample.acme, since: Sample.time(10), seen: 1))
    for (person, organization, since, seen) in [
        (alice, Sample.acme, Int64(10), 0), (alice, Sample.acme, 11, 1), (alice, Sample.acme, 10, 2),
        (alice, Sample.other, 10, 1), (PersonID("bob"), Sample.acme, 10, 1),
    ] {
        let counted = CardChange.counted(person, organization, since: Sample.time(since), seen: seen)
        try expect(await refusal(counted) == "exists cards of `\(person)`", "what was counted has to hold still")
    }

    try await run(.prune(settledBefore: Sample.time(11)))
    try expect(try await settled() == [second], "what was settled before is forgotten")
    try expect(try await store.owedCards(limit: 9).count == 2, "what is owed never is")

    try await store.commit(
        Transaction(changes: [
            CardChange.settle(bobs, .shown, message: OutboxID("out_2"), at: Sample.time(12)),
            GateChange.keep(Payload(id: "out_2/message", digestKey: [1], sealed: [2])),
            GateChange.keep(Payload(id: "out_3/message", digestKey: [1], sealed: [2])),
        ]))
    try await store.commit(Transaction(changes: [ErasureChange.approvals([ApprovalID("a9")])]))
    try expect(try await store.payload("out_2/message") != nil, "another approval's erasure leaves it")
    try await store.commit(Transaction(changes: [ErasureChange.approvals([ApprovalID("a1")])]))
    try expect(try await store.payload("out_2/message") == nil, "with an approval go the words that showed it")
    try expect(try await store.payload("out_3/message") != nil, "and no others")
    try expect(try await settled("bob").isEmpty, "and what is known of its cards")

    try await checkReach(store)
    let last = card("a4", "carol", created: 5)
    try await run(.owe(last), .settle(last, .shown, message: OutboxID("out_3"), at: Sample.time(13)))
    try await store.commit(Transaction(changes: [ErasureChange.words(Sample.acme, PersonID("carol"))]))
    try expect(try await store.payload("out_3/message") == nil, "what somebody was shown goes with their words")
}

/// Cards that their readers don't see, and what is known of those who do.
private func checkReach(_ store: any Commits & CardStore & Payloads) async throws {
    let account = ChannelAccountID(organization: Sample.acme, kind: .slack, name: "main")
    let (approval, person) = (ApprovalID("b1"), PersonID("dana"))
    let card = OwedCard(
        approval: approval, person: person, organization: Sample.acme, source: "s", created: Sample.time(20))
    func say(_ id: String, _ state: OutboxState, created: Int64, turn: TurnID? = nil, about: ApprovalID) async throws {
        try await store.commit(
            Transaction(changes: [
                TurnChange.say(
                    OutboxEntry(
                        id: OutboxID(id), account: account, conversation: ConversationID(raw: id), turn: turn,
                        created: Sample.time(created), state: state, about: about))
            ]))
    }
    func run(_ change: CardChange) async throws { try await store.commit(Transaction(changes: [change])) }
    func reach() async throws -> ApproverReach { try await store.reach(of: approval, to: person) }
    func unseen(since time: Int64 = 0) async throws -> [UnseenCard] {
        try await store.unseenCards(waitingSince: Sample.time(time), limit: 9)
    }
    let before = try await store.cardFigures()

    try expect(try await reach() == .unreached, "of nothing nobody is told")
    try await run(.owe(card))
    try expect(try await reach() == .underWay, "what is owed is on its way")
    try await say("out_b1", .waiting, created: 21, about: approval)
    try await run(.settle(card, .shown, message: OutboxID("out_b1"), at: Sample.time(21)))
    try expect(try await reach() == .underWay, "and so is what waits to be sent")
    try expect(try await unseen(since: 21).isEmpty, "for a while")
    let first = UnseenCard(card: card, outcome: .shown, message: OutboxID("out_b1"))
    try expect(try await unseen(since: 22) == [first], "and not for ever")

    try await say("out_b2", .failed, created: 23, about: approval)
    try await run(
        .reroute(first, .shown, tried: ["slack/main"], message: OutboxID("out_b2"), at: Sample.time(23)))
    try expect(
        await store.refusal(
            of: Transaction(changes: [
                CardChange.reroute(first, .shown, tried: [], message: nil, at: Sample.time(24))
            ])) == "exists b1", "another way is taken once")
    let second = UnseenCard(
        card: OwedCard(
            approval: approval, person: person, organization: Sample.acme, source: "s", created: Sample.time(20),
            tried: ["slack/main"]), outcome: .shown, message: OutboxID("out_b2"))
    try expect(try await unseen() == [second], "what failed is seen by nobody, and which ways were tried is known")
    try expect(try await reach() == .underWay, "another way is taken in a moment")
    try await run(.reroute(second, .undelivered, tried: ["a", "b"], message: nil, at: Sample.time(25)))
    try expect(try await reach() == .unreached, "until there is none")
    try expect(try await unseen().isEmpty, "and then it is over")
    let after = try await store.cardFigures()
    try expect(after.rerouted == before.rerouted + 1, "what took another way is counted")
    try expect(after.outcomes[.undelivered] == 1 && after.unreached == 0, "of what waits still, alone")

    let other = ApprovalID("b2")
    try await say("out_b3", .delivered, created: 26, turn: TurnID("t1"), about: other)
    try expect(
        try await store.reach(of: other, to: person) == .reached, "whoever wrote is told where they wrote")
    try await run(
        .owe(
            OwedCard(approval: other, person: person, organization: Sample.acme, source: "s", created: Sample.time(27)))
    )
    try expect(try await store.reach(of: other, to: person) == .underWay, "and everybody else by their card")
}

import Authority
import Gate
import Turns

func checkSummaries(_ store: any Commits & InboxStore & TurnStore & Payloads) async throws {
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

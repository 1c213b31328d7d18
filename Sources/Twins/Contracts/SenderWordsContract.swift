import Authority
public import Gate
public import Turns
import Wire

/// Checks what is destroyed with a sender's words, and with a person's who was a sender.
public func checkSenderWords(
    _ makeStore: () async throws -> any Commits & SenderStore & InboxStore & TurnStore & OutboxStore & Payloads
) async throws {
    try await checkGuests(try await makeStore())
    try await checkPeoples(try await makeStore())
    try await checkWordsOfBefore(try await makeStore())
    try await checkWhatWaits(try await makeStore())
}

private typealias Store = Commits & SenderStore & InboxStore & OutboxStore & Payloads

private let guest = SenderID("mail:pat@stranger.example")

private func put(_ id: String, _ entry: OutboxEntry, in store: any Commits) async throws {
    let words = Payload(id: entry.payload, digestKey: [1], sealed: [2])
    try await store.commit(Transaction(changes: [TurnChange.say(entry), GateChange.keep(words)]))
}

private func said(
    _ id: String, to told: String? = nil, in turn: String? = nil, about approval: String? = nil
) -> OutboxEntry {
    OutboxEntry(
        id: OutboxID(id), account: Sample.entry("", event: "").account, conversation: ConversationID(raw: "c-\(id)"),
        turn: turn.map { TurnID($0) }, created: Sample.time(1), told: told, about: approval.map { ApprovalID($0) })
}

/// A message with its words, and a turn with two steps.
private func write(
    _ id: String, by writer: String, requester: Requester, sender: SenderID, in store: any Commits
) async throws {
    var entry = Sample.entry("\(id)-in", event: id, in: "cnv-\(id)")
    entry.writer = writer
    let turn = Turn(
        id: TurnID(id), account: entry.account, conversation: entry.conversation, message: entry.id,
        agent: AgentID("email"), requester: requester, sender: sender,
        place: Place(peer: Place.Peer(kind: .direct, id: "pat")), reply: [:], began: Sample.time(5), steps: 2)
    let payloads = [entry.payload, "\(entry.id)/files", turn.payload(of: 1)].map {
        Payload(id: $0, digestKey: [1], sealed: [2])
    }
    try await store.commit(
        Transaction(
            changes: [TurnChange.receive(entry), TurnChange.begin(turn)] + payloads.map { GateChange.keep($0) }))
}

private func left(_ ids: [String], in store: any Store) async throws -> [String] {
    var left: [String] = []
    for id in ids where try await store.payload(id) != nil { left.append(id) }
    return left
}

private func checkGuests(_ store: any Store) async throws {
    let (acme, other) = (Sample.acme, SenderID("mail:other@x"))
    try await write("t1", by: guest.raw, requester: .guest(guest), sender: guest, in: store)
    try await write("t2", by: "mail:other@x", requester: .guest(other), sender: other, in: store)
    try await write("t3", by: "person:alice", requester: .person(PersonID("alice")), sender: guest, in: store)
    try await put("o1", said("o1", in: "t1"), in: store)
    try await put("o2", said("o2", to: guest.raw), in: store)
    try await put("o3", said("o3", to: "mail:other@x"), in: store)
    try await put("o4", said("o4", in: "t3"), in: store)
    let words = SenderWords(messages: 1, answers: 2)
    try expect(
        try await store.words(of: guest, in: acme) == words, "a guest's words are counted, in turns and beside them")
    try expect(
        try await store.words(of: guest, in: Sample.other) == SenderWords(messages: 0, answers: 0),
        "in their own organization")
    func refusal(_ words: SenderWords) async -> String? {
        await store.refusal(of: Transaction(changes: [ErasureChange.sender(acme, guest.raw, words)]))
    }
    try expect(
        await refusal(SenderWords(messages: 1, answers: 1)) == "exists \(guest)", "what wasn't counted isn't destroyed")
    let link = SenderLink(
        organization: acme, sender: guest, person: PersonID("bob"), proof: .assertion, by: "test", at: Sample.time(1))
    try await store.commit(Transaction(changes: [SenderChange.link(link)]))
    try expect(await refusal(words) == "exists \(guest)", "nor what is a person's by now")
    try await store.commit(Transaction(changes: [ErasureChange.words(acme, PersonID("carol"))]))
    let ids = ["t1-in/message", "t1-in/files", "t1/1", "o1/message", "o2/message"]
    let others = ["t3-in/message", "t3-in/files", "t3/1", "o3/message", "o4/message", "t2/1"]
    try expect(try await left(ids + others, in: store) == ids + others, "somebody else's erasure takes nothing of it")
    try await store.commit(Transaction(changes: [SenderChange.unlink(acme, guest, PersonID("bob"))]))
    try expect(
        try await store.words(of: guest, in: acme) == SenderWords(messages: 0, answers: 1),
        "what was said to a person who it was stays the person's; a guest's turn is a guest's")
    try expect(await refusal(SenderWords(messages: 0, answers: 1)) == nil, "it is destroyed")
    try expect(
        try await left(["t1-in/message", "t1-in/files", "t1/1", "o1/message"], in: store).isEmpty,
        "with the guest's turns")
    try expect(try await left(others, in: store) == others, "and nobody else's")
    try expect(
        try await store.words(of: guest, in: acme) == SenderWords(messages: 0, answers: 0), "and isn't there any more")
}

private func checkPeoples(_ store: any Store) async throws {
    let (acme, bob) = (Sample.acme, PersonID("bob"))
    let link = SenderLink(
        organization: acme, sender: guest, person: bob, proof: .assertion, by: "test", at: Sample.time(1))
    try await store.commit(Transaction(changes: [SenderChange.link(link)]))
    try await put("p1", said("p1", to: guest.raw), in: store)
    try await put("p2", said("p2", to: "mail:other@x", about: "apv_1"), in: store)
    try await put("p3", said("p3", to: "mail:other@x", about: "apv_2"), in: store)
    try await store.commit(Transaction(changes: [SenderChange.unlink(acme, guest, bob)]))
    try await put("p4", said("p4", to: guest.raw), in: store)
    try await store.commit(
        Transaction(changes: [ErasureChange.words(acme, bob), ErasureChange.approvals([ApprovalID("apv_1")])]))
    try expect(
        try await left(["p1/message", "p2/message", "p3/message", "p4/message"], in: store) == [
            "p3/message", "p4/message",
        ], "a card goes with whom it was shown to and with whose call it was about, and no other")
}

/// Before it was noted to whom something is said, nothing but its conversation tells.
private func checkWordsOfBefore(_ store: any Store) async throws {
    let (acme, other, alice) = (Sample.acme, SenderID("mail:other@x"), PersonID("alice"))
    func say(_ id: String, in conversation: String, to told: String? = nil) async throws {
        let entry = OutboxEntry(
            id: OutboxID(id),
            account: conversation.hasPrefix("cards/") ? .homeMail(of: acme) : Sample.entry("", event: "").account,
            conversation: ConversationID(raw: conversation), turn: nil, created: Sample.time(1), told: told)
        try await put(id, entry, in: store)
    }
    try await write("t1", by: guest.raw, requester: .guest(guest), sender: guest, in: store)
    try await write("t2", by: other.raw, requester: .guest(other), sender: other, in: store)
    try await write("t3", by: "person:alice", requester: .person(alice), sender: guest, in: store)
    try await say("b1", in: "cnv-t1")
    try await say("b2", in: "cnv-t2")
    try await say("b3", in: "cnv-t3")
    try await say("b4", in: "cnv-t1", to: other.raw)
    try await say("b5", in: "cards/mail/_home/alice", to: "mail:alice@acme.test")
    try await say("b6", in: "cards/mail/_home/bob", to: "mail:bob@acme.test")
    let words = SenderWords(messages: 1, answers: 1)
    try expect(try await store.words(of: guest, in: acme) == words, "what was said where they wrote is counted")
    try await store.commit(Transaction(changes: [ErasureChange.sender(acme, guest.raw, words)]))
    let all = ["b1", "b2", "b3", "b4", "b5", "b6"].map { "\($0)/message" }
    try expect(
        try await left(all, in: store) == Array(all.dropFirst()), "and goes with them, and nothing else does")
    try await store.commit(Transaction(changes: [ErasureChange.words(acme, alice)]))
    try expect(
        try await left(all, in: store) == [all[1], all[3], all[5]], "a person's, and letters to them, go with theirs")
}

/// What was destroyed isn't begun or sent any more, and nobody is asked to look at it.
private func checkWhatWaits(_ store: any Store) async throws {
    let (acme, open) = (Sample.acme, OutboxState.allCases.filter { $0 != .delivered && $0 != .dropped })
    func write(_ id: String, as state: InboxState) async throws {
        var entry = Sample.entry(id, event: id, in: "cnv-\(id)")
        entry.writer = guest.raw
        try await store.commit(
            Transaction(changes: [
                TurnChange.receive(entry), GateChange.keep(Payload(id: entry.payload, digestKey: [1], sealed: [2])),
            ]))
        entry.state = state
        if state != .waiting { try await store.commit(Transaction(changes: [TurnChange.replace(entry)])) }
    }
    func say(_ id: String, as state: OutboxState, about approval: String? = nil) async throws {
        var entry = said(id, to: approval == nil ? guest.raw : "slack:T1/dana", about: approval)
        try await put(id, entry, in: store)
        entry.state = state
        if state != .waiting { try await store.commit(Transaction(changes: [TurnChange.settle(entry)])) }
    }
    try await write("w1", as: .waiting)
    try await write("w2", as: .aside)
    for state in open {
        try await say("s-\(state)", as: state)
        try await say("a-\(state)", as: state, about: "apv_1")
    }
    let words = try await store.words(of: guest, in: acme)
    try await store.commit(
        Transaction(changes: [
            ErasureChange.sender(acme, guest.raw, words), ErasureChange.approvals([ApprovalID("apv_1")]),
        ]))
    try expect(try await store.setAside(in: acme, limit: 9).isEmpty, "nobody looks at what was destroyed")
    try expect(try await store.undelivered(in: acme, limit: 9).isEmpty, "nor at what can't be sent any more")
    for id in ["w1", "w2"] {
        try expect(try await store.inboxEntry(InboxID(id))?.state == .ignored, "it begins nothing")
    }
    for state in open {
        // What is being sent may arrive: what became of it is for whoever sends it to say.
        let expected = state == .sending ? OutboxState.sending : .dropped
        for id in ["s-\(state)", "a-\(state)"] {
            try expect(try await store.outboxEntry(OutboxID(id))?.state == expected, "it is void, and didn't fail")
        }
    }
}

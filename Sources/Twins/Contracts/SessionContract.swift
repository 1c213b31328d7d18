import Authority
public import Gate

/// Checks the promises of `SessionStates` and of the changes that go with it.
public func checkSessionStates(_ makeStore: () async throws -> any Commits & SessionStates) async throws {
    let store = try await makeStore()
    let alice = Sample.session("alice")
    func see(_ labels: Labels, _ key: SessionKey, at seconds: Int64) async throws {
        try await store.commit(.gate(.saw(key, labels, at: Sample.time(seconds))))
    }
    try expect(try await store.state(of: alice) == nil, "a session that has seen nothing has no state")

    let first = Labels(integrity: .colleague, readers: .only([PersonID("alice"), PersonID("bob")]), classes: .contacts)
    try await see(first, alice, at: 0)
    try expect(
        try await store.state(of: alice)
            == SessionState(labels: first, lastUsed: Sample.time(0), began: Sample.time(0)),
        "labels come back as they were")

    let second = Labels(integrity: .outsider, readers: .only([PersonID("bob")]), classes: .financial)
    try await see(second, alice, at: 10)
    try await see(.fresh, alice, at: 20)
    try expect(
        try await store.state(of: alice)
            == SessionState(labels: first.joined(with: second), lastUsed: Sample.time(20), began: Sample.time(0)),
        "labels only grow")

    let nobody = Labels(integrity: .ownWords, readers: .only([]))
    for key in [
        Sample.session("bob"), Sample.session("alice", client: "c2"), Sample.session("alice", agent: "product"),
        Sample.session("alice", in: Sample.other),
        SessionKey(
            organization: Sample.acme, agent: AgentID("email"), requester: .guest(SenderID("alice")),
            client: ClientID("c1")),
        SessionKey(
            organization: Sample.acme, agent: AgentID("email"), requester: .nobody, client: ClientID("c1")),
    ] {
        try expect(try await store.state(of: key) == nil, "another session has seen nothing")
        try await see(nobody, key, at: 0)
        try expect(try await store.state(of: key)?.labels == nobody, "data that nobody may read keeps that label")
    }

    try await store.commit(.gate(.clearSessions(Sample.acme, AgentID("email"), PersonID("alice"))))
    for key in [alice, Sample.session("alice", client: "c2")] {
        try expect(try await store.state(of: key) == nil, "a person's sessions with the agent are cleared")
    }
    for key in [Sample.session("bob"), Sample.session("alice", agent: "product")] {
        try expect(try await store.state(of: key) != nil, "no other session is cleared")
    }

    try await checkOneSession(try await makeStore())

    try await see(first, alice, at: 0)
    try await see(.fresh, alice, at: 100_000)
    try expect(try await store.state(of: alice)?.labels == .fresh, "labels end after long idleness")
    try expect(
        try await store.state(of: alice)?.began == Sample.time(100_000), "it says since when it has forgotten nothing")

    let people = (0..<20).map { PersonID("p\($0)") }
    let shared = Sample.session("carol")
    let sights = people.map { person in
        Transaction.gate(
            .saw(
                shared, Labels(integrity: .ownWords, readers: .only(Set(people).subtracting([person]))),
                at: Sample.time(0)))
    }
    try expect(await store.race(sights) == sights.count, "many may see at once")
    try expect(try await store.state(of: shared)?.labels.readers == .only([]), "what one saw is never lost to another")
}

private func checkOneSession(_ store: any Commits & SessionStates) async throws {
    let guest = SessionKey(
        organization: Sample.acme, agent: AgentID("email"), requester: .guest(SenderID("mail:a@b.test")),
        client: ClientID("c1"))
    let keys = [Sample.session("alice"), guest, Sample.session("alice", client: "c2")]
    let labels = Labels(integrity: .outsider, readers: .only([PersonID("alice")]), classes: .contacts)
    for (index, key) in keys.enumerated() {
        try await store.commit(.gate(.saw(key, labels, at: Sample.time(Int64(index)))))
    }
    try await store.commit(.gate(.saw(Sample.session("alice", in: Sample.other), labels, at: Sample.time(9))))
    let listed = try await store.sessions(in: Sample.acme, limit: 10)
    try expect(listed.map(\.key) == keys.reversed(), "an organization's sessions are listed, those used last first")
    try expect(listed.allSatisfy { $0.state.labels == labels }, "with what they have seen")
    try expect(Set(listed.map(\.id)).count == keys.count, "each has an id of its own")
    try expect(try await store.sessions(in: Sample.acme, limit: 2).count == 2, "no more than asked for")
    try await store.commit(.gate(.clearSession(guest)))
    try expect(
        try await store.sessions(in: Sample.acme, limit: 10).map(\.key) == [keys[2], keys[0]],
        "one session is cleared, and no other")
    try expect(try await store.sessions(in: Sample.other, limit: 10).count == 1, "no other organization's")
}

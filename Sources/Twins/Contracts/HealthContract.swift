import Authority
public import Broker
public import Gate

/// Checks the promises of `HealthStore` and of the changes that go with it.
public func checkHealth(
    _ makeStore: () async throws -> any Commits & HealthStore & ConnectionStore & TokenSetStore
) async throws {
    try await checkMarks(makeStore())
    try await checkEvents(makeStore())
    try await checkTroubles(makeStore())
    try await checkEnds(makeStore())
}

private func checkMarks(_ store: any Commits & HealthStore) async throws {
    func run(_ change: HealthChange) async throws { try await store.commit(Transaction(changes: [change])) }
    func refusal(_ change: HealthChange) async -> String? { await store.refusal(of: Transaction(changes: [change])) }
    func marks(_ prefix: String = "", limit: Int = 10) async throws -> [String] {
        try await store.healthMarks(in: Sample.acme, about: prefix, limit: limit).map(\.id)
    }
    let (first, second) = (event("e1", of: "c1", at: 1), event("e2", of: "c2", at: 2))
    let provider = event("e3", about: .provider(ProviderID("notion"), .appRefused), .operatorAction, .appRefused, at: 3)
    for event in [first, second, provider] { try await run(.turn(event)) }
    try expect(try await store.healthMark(of: first.subject, in: Sample.acme) == first, "a mark comes back as it was")
    try expect(try await marks() == ["e3", "e2", "e1"], "the newest comes first")
    try expect(try await marks("provider/") == ["e3"], "those of one kind are found")
    try expect(try await marks(limit: 1) == ["e3"], "and so many as were asked for")
    try expect(try await store.healthMarks(in: OrganizationID("other"), about: "", limit: 9) == [], "and no other's")

    let same = await refusal(.turnOnce(event("e4", of: "c1", at: 4)))
    try expect(same == "exists connection/c1", "what stands so already isn't told again")
    try await run(.turnOnce(event("e5", of: "c1", .needsReconnect, .grantOver, at: 5)))
    try expect(try await marks("connection/") == ["e5", "e2"], "a change takes the place of the one before")
    try await run(.turn(event("e6", of: "c1", .active, .works, at: 6)))
    try await run(.turn(event("e7", of: "c2", .revoked, .revoked, at: 7)))
    try expect(try await marks() == ["e3"], "what is well, or revoked, needs nobody")
}

private func checkEvents(_ store: any Commits & HealthStore) async throws {
    func run(_ change: HealthChange) async throws { try await store.commit(Transaction(changes: [change])) }
    func unsent(_ time: Int64) async throws -> [String] {
        try await store.healthEventsUnsent(by: Sample.time(time), limit: 10).map(\.event.id)
    }
    for (id, at) in [("e2", Int64(2)), ("e1", 1)] { try await run(.turn(event(id, of: id, at: at))) }
    try expect(
        try await store.healthEventsUntold(limit: 9).map(\.id) == ["e1", "e2"], "events are told in their order")
    try expect(try await unsent(2) == ["e1", "e2"], "and sent")
    try await run(.told(["e1"]))
    try expect(
        try await store.healthEventsUntold(limit: 9) == [event("e2", of: "e2", at: 2)], "what was told isn't again")
    try await run(.sending(["e1", "e2"], message: "m1", due: Sample.time(20)))
    try expect(try await unsent(19) == [], "what is on its way isn't due")
    let waiting = try await store.healthEventsUnsent(by: Sample.time(20), limit: 10)
    try expect(
        waiting.map(\.message) == ["m1", "m1"] && waiting.map(\.attempts) == [1, 1], "then it is, as the same message")
    try await run(.sent(["e1"]))
    try expect(try await unsent(20) == ["e2"], "what was taken isn't sent again")
    try await run(.prune(before: Sample.time(50)))
    try expect(try await unsent(20) == ["e2"], "what isn't done is never forgotten")
}

private func checkTroubles(_ store: any Commits & HealthStore & ConnectionStore & TokenSetStore) async throws {
    func commit(_ changes: any StoredChange...) async throws { try await store.commit(Transaction(changes: changes)) }
    for id in ["c1", "c2", "c3", "c4"] {
        let lease = TokenLease(owner: id, until: Sample.time(10))
        try await commit(BrokerChange.add(Sample.connection(id)))
        try await commit(TokenSetChange.keep(tokens(id)))
        guard id != "c4" else { continue }
        let kind: TokenTrouble.Kind = id == "c3" ? .transient : .registration
        try await commit(TokenSetChange.claim(tokens(id), lease, at: Sample.time(0)))
        try await commit(
            TokenSetChange.giveUp(
                ConnectionID(id), generation: 1, by: id, TokenTrouble(kind: kind, code: "code-\(id)", count: 1),
                due: nil, isAnswered: true))
    }
    func troubles(_ time: Int64, many: Int = 2) async throws -> [String] {
        try await store.renewalTroubles(at: Sample.time(time), many: many).map { "\($0.cause.rawValue) \($0.count)" }
    }
    try expect(try await troubles(1) == ["app_refused 2"], "one cause is one trouble, with its number")
    try expect(try await troubles(100) == ["app_refused 2", "not_renewed 1"], "what may pass counts once it stops")
    try await commit(BrokerChange.setHealth(ConnectionID("c1"), .revoked))
    try expect(try await troubles(1) == ["app_refused 1"], "what isn't in use is in no trouble")
    for id in ["c1", "c2"] { try await commit(HealthChange.turn(event(id, of: id, .needsReconnect, .refused, at: 1))) }
    try expect(try await troubles(1) == ["app_refused 1", "refused 2"], "many that stopped for one cause are one")
    try expect(try await troubles(1, many: 3) == ["app_refused 1"], "and fewer are none")

    func ending(_ time: Int64, alsoTold: Bool = false) async throws -> [String] {
        try await store.tokensEnding(by: Sample.time(time), alsoTold: alsoTold, limit: 10).map(\.raw)
    }
    try expect(try await ending(99) == [], "a token that lives longer doesn't end")
    try expect(try await ending(100) == ["c2", "c3", "c4"], "what nothing renews ends")
    try await commit(HealthChange.turn(event("e1", of: "c4", .expiring, .endsSoon, at: 1)))
    try expect(try await ending(100) == ["c2", "c3"], "and is found once")
    try expect(try await ending(100, alsoTold: true) == ["c2", "c3", "c4"], "unless all are asked for")
}

private func checkEnds(_ store: any Commits & HealthStore) async throws {
    func end(_ subject: HealthSubject, _ time: Int64, in organization: OrganizationID = Sample.acme) -> SecretEnd {
        SecretEnd(
            organization: organization, subject: subject, provider: ProviderID("notion"), ends: Sample.time(time))
    }
    let (app, key) = (end(.app(ProviderID("notion")), 5), end(.key(ConnectionID("c1")), 6))
    for one in [key, app, end(app.subject, 9, in: OrganizationID("other"))] {
        try await store.commit(Transaction(changes: [HealthChange.ends(one)]))
    }
    try expect(try await store.secretEnds(in: Sample.acme) == [app, key], "ends come back as they were")
    try await store.commit(Transaction(changes: [HealthChange.ends(end(app.subject, 7))]))
    try expect(try await store.secretEnd(of: app.subject, in: Sample.acme)?.ends == Sample.time(7), "the last counts")
    try await store.commit(Transaction(changes: [HealthChange.endless(app.subject, Sample.acme)]))
    try expect(try await store.secretEnds(in: Sample.acme) == [key], "and may be taken back")
    try expect(try await store.secretEnds(in: OrganizationID("other")).count == 1, "for one organization")
    for said in [Sample.time(8), nil] {
        let scheduled = SecretEnd(
            organization: Sample.acme, subject: app.subject, provider: ProviderID("notion"), ends: Sample.time(5),
            said: said, every: 90)
        try await store.commit(Transaction(changes: [HealthChange.ends(scheduled)]))
        try expect(
            try await store.secretEnd(of: app.subject, in: Sample.acme) == scheduled, "a schedule comes back as it was")
    }
    try await store.commit(Transaction(changes: [HealthChange.endless(app.subject, Sample.acme)]))
}

private func event(
    _ id: String, of connection: String, _ state: ConnectionState = .expiring, _ cause: ConnectionCause = .endsSoon,
    at: Int64
) -> HealthEvent {
    event(id, about: .connection(ConnectionID(connection)), state, cause, at: at)
}

private func event(
    _ id: String, about subject: HealthSubject, _ state: ConnectionState, _ cause: ConnectionCause, at: Int64
) -> HealthEvent {
    HealthEvent(
        id: id, organization: Sample.acme, subject: subject, provider: ProviderID("notion"),
        owner: .person(PersonID("alice")),
        standing: ConnectionStanding(state, cause, code: Sample.awkward, until: Sample.time(9)), count: 3,
        at: Sample.time(at))
}

private func tokens(_ id: String) -> TokenSet {
    TokenSet(
        connection: ConnectionID(id), grant: "f-\(id)", generation: 1, clientID: "app", fingerprint: "t", access: [1],
        refresh: nil, expires: Sample.time(100), obtained: Sample.time(0), due: nil)
}

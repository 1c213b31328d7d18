import Authority
public import Broker
public import Gate
public import Registry
import Turns
import Wire

/// Checks the promises of `DepartureStore` and of the changes that go with it.
public func checkDepartures(
    _ makeStore: () async throws -> any Commits & DepartureStore & LeavingStore & ConnectionStore & HealthStore
        & TokenSetStore
) async throws {
    let store = try await makeStore()
    let (bob, carol) = (PersonID("bob"), PersonID("carol"))
    func departure(of person: PersonID, in organization: OrganizationID = Sample.acme, _ isOpen: Bool) -> Departure {
        Departure(
            of: person, in: organization, by: Sample.awkward, at: Sample.time(3), isOpen: isOpen,
            ended: EndedConnections(
                own: 7, held: 2, queued: [ProviderID("notion"): 5], untold: [ProviderID("gmail"): 1]),
            belongings: Belongings([.groups: 3, .tokens: 1]))
    }
    func run(_ changes: DepartureChange...) async throws { try await store.commit(Transaction(changes: changes)) }
    func back(_ person: PersonID) -> Transaction {
        Transaction(changes: [DepartureChange.comeBack(Sample.acme, person)])
    }

    let open = departure(of: bob, true)
    try await run(
        .keep(departure(of: carol, true)), .keep(open), .keep(departure(of: bob, in: Sample.other, true)))
    try expect(try await store.departure(of: bob, in: Sample.acme) == open, "a departure comes back as it was")
    try expect(
        try await store.openDepartures(in: Sample.acme).map(\.person) == [bob, carol], "open ones come by person")
    try expect(await store.refusal(of: back(bob)) == "exists bob", "nobody comes back while theirs is open")
    try await run(.keep(departure(of: bob, false)))
    try expect(try await store.openDepartures(in: Sample.acme).map(\.person) == [carol], "a later one takes its place")
    try expect(
        try await store.openDepartures(in: Sample.other).count == 1, "in its own organization, and in no other")
    try expect(await store.refusal(of: back(bob)) == nil, "then they may come back")
    try expect(try await store.departure(of: bob, in: Sample.acme) == nil, "as if they had never left")
    try expect(await store.refusal(of: back(bob)) == nil, "and so may who left before departures were kept")
    try await checkLeavingConnections(store)
    try await checkBelongings(store)
}

/// What is theirs is found, and nothing else; revoked together, their secrets stay until each is destroyed.
private func checkLeavingConnections(
    _ store: any Commits & LeavingStore & ConnectionStore & HealthStore & TokenSetStore
) async throws {
    let (bob, agent) = (Owner.person(PersonID("bob")), Owner.agent(AgentID("bob")))
    let own =
        ["l1", "l2", "l3"].map { Sample.connection($0, of: bob) } + [
            Sample.connection("l4", of: bob, at: ProviderID("slack"))
        ]
    let copied = Sample.connection("l1", of: bob)
    let held = [
        Sample.connection("h1", of: agent, email: "BOB@acme.test"),
        Sample.held("h2", by: agent, account: copied.account),
        Sample.held("h3", by: agent, account: "W-7", at: ProviderID("rippling")),
        Sample.held("h4", by: agent, account: "T-1/W-7", at: ProviderID("rippling")),
    ]
    let others = [
        Sample.connection("o1"), Sample.connection("o2", of: agent, email: "bobby@acme.test"),
        Sample.held("o3", by: agent, account: copied.account, at: ProviderID("slack")),
        Sample.held("o4", by: agent, account: "W-7"),
        Sample.held("o6", by: agent, account: "-7", at: ProviderID("rippling")),
        Sample.held("o7", by: agent, account: "T-1/XW-7", at: ProviderID("rippling")),
        Sample.connection("o5", of: bob, in: Sample.other),
    ]
    for row in own + held + others { try await store.commit(.broker(.add(row))) }
    let claim = PersonClaim(
        person: PersonID("bob"), email: "bob@acme.test", subjects: [ProviderID("rippling"): "W-7"])
    func left(_ revoked: Bool, _ limit: Int = 10) async throws -> [String] {
        try await store.connections(of: claim.person, revoked: revoked, in: Sample.acme, limit: limit).map(\.id.raw)
            .sorted()
    }
    func found(_ limit: Int = 10) async throws -> [String] {
        try await store.connectionsHeld(for: claim, in: Sample.acme, limit: limit).map(\.id.raw)
    }
    try expect(try await left(false) == ["l1", "l2", "l3", "l4"], "a person's own connections are found")
    try expect(try await left(false, 2).count == 2, "and no more than were asked for")
    try expect(try await found() == ["h1", "h2", "h3", "h4"], "by address, account or id, agents' are found")
    try expect(try await found(2) == ["h1", "h2"], "so many of them too")
    let counts = try await store.connectionCounts(of: claim.person, in: Sample.acme)
    try expect(counts == [ProviderID("notion"): 3, ProviderID("slack"): 1], "they are counted by provider")

    let (ill, other) = (Sample.ill("l3", owner: bob), Sample.ill("o1", owner: bob))
    let ends = ["l2", "o1"].map {
        SecretEnd(
            organization: Sample.acme, subject: .key(ConnectionID($0)), provider: ProviderID("notion"),
            ends: Sample.time(9))
    }
    let tokens = ["l4", "o1"].map {
        TokenSet(
            connection: ConnectionID($0), grant: $0, generation: 1, clientID: "app", fingerprint: "t", access: [1],
            refresh: [2], expires: Sample.time(9), obtained: Sample.time(0), due: Sample.time(8))
    }
    var changes: [any StoredChange] = [HealthChange.turn(ill), HealthChange.turn(other)]
    changes += ends.map { HealthChange.ends($0) }
    changes += tokens.map { TokenSetChange.keep($0) }
    try await store.commit(Transaction(changes: changes))
    try await store.commit(.broker(.setHealth(ConnectionID("l3"), .broken), .revokeAll(Sample.acme, bob)))
    try expect(
        try await store.healthMarks(in: Sample.acme, about: "", limit: 9) == [other], "none of them needs anybody")
    try expect(try await store.secretEnds(in: Sample.acme) == [ends[1]], "nor is any of their keys waited for")
    try expect(
        try await store.tokensDue(by: Sample.time(8), limit: 9) == [ConnectionID("o1")], "nor are its tokens renewed")
    try expect(try await left(true) == ["l1", "l2", "l3", "l4"], "revoked at once, each keeps its secret")
    try expect(try await left(false).isEmpty, "and none is alive")
    try await store.commit(.broker(.setHealth(ConnectionID("l2"), .broken)))
    try expect(try await store.connection(ConnectionID("l2"))?.health == .revoked, "what is revoked stays revoked")
    for row in others {
        try expect(try await store.connection(row.id) == row, "nobody else's is touched")
    }
    try await store.commit(.broker(.shred(ConnectionID("l1"))))
    try expect(try await left(true) == ["l2", "l3", "l4"], "what is destroyed isn't found again")
    try expect(try await found() == ["h1", "h2", "h3", "h4"], "an account is still known by a connection that is gone")

    func pending(_ id: String, of person: PersonID?) -> RevocationChange {
        .add(
            PendingRevocation(
                id: id, organization: Sample.acme, provider: ProviderID("notion"), connection: ConnectionID("l1"),
                clientID: "", hint: "access_token", sealed: [1], attempts: 0, due: Sample.time(0), person: person))
    }
    let queued = [pending("r1", of: claim.person), pending("r2", of: claim.person), pending("r3", of: nil)]
    try await store.commit(Transaction(changes: queued))
    try expect(
        try await store.revocations(for: claim.person, in: Sample.acme) == [ProviderID("notion"): 2],
        "what providers are still to hear is counted")
}

private func checkBelongings(_ store: any Commits & DepartureStore) async throws {
    let alice = PersonID("alice")
    func found(_ person: PersonID, at time: Int64 = 1) async throws -> Belongings {
        try await store.belongings(of: person, in: Sample.acme, at: Sample.time(time))
    }
    try expect(try await found(alice).isEmpty, "who has nothing has nothing")
    let flow = ConnectFlow(
        id: ConnectFlowID("b1"), aim: Sample.aim(), revision: 1, stage: .arrived(until: Sample.time(60)), state: nil,
        created: Sample.time(0))
    let grants = ["t2", "t3"].map { Sample.grant($0) }
    let exchanged = ExchangedGrant(
        id: ClientID("t3"), organization: Sample.acme, issuer: "corp", login: Login(issuer: Sample.issuer, subject: "A")
    )
    let agreement = AgreementRecord(
        organization: Sample.acme, person: alice, agent: AgentID("email"), capabilities: [], at: Sample.time(0))
    let link = LoginLink(
        hash: .sha256(of: [1]), organization: Sample.acme, person: alice, expires: Sample.time(600))
    let login = LoginRecord(
        organization: Sample.acme, login: Login(issuer: Sample.issuer, subject: Sample.awkward), person: alice, by: "x",
        at: Sample.time(0))
    let memory = MemoryEntry(
        id: MemoryID("m1"), place: MemoryPlace(.person(alice), of: AgentID("email"), in: Sample.acme), writer: alice,
        source: "x", labels: .fresh, created: Sample.time(0), changed: Sample.time(0), index: [])
    let changes: [any StoredChange] = [
        RegistryChange.addToken(Sample.token("t1", hash: 1)), RegistryChange.addToken(Sample.token("t2", hash: 2)),
        RegistryChange.addToken(Sample.token("t3", hash: 3)),
        RegistryChange.addToken(Sample.token("t4", hash: 4, state: .revoked)),
        RegistryChange.addToken(Sample.token("t5", in: Sample.other, hash: 5)),
        OAuthChange.addGrant(grants[0]), OAuthChange.addGrant(grants[1]), ExchangeChange.addGrant(exchanged),
        BrowserChange.addSession(Sample.browser("s1", hash: 1)), BrowserChange.addLink(link), LoginChange.link(login),
        SenderChange.link(
            SenderLink(
                organization: Sample.acme, sender: SenderID("slack:T1/U1"), person: alice, proof: .link, by: "x",
                at: Sample.time(0))),
        MemoryChange.open(memory.place), MemoryChange.add(memory),
        RegistryChange.agree(agreement), GateChange.saw(Sample.session("alice"), .fresh, at: Sample.time(0)),
        ChoiceChange.choose(Sample.choice("diary", .person(alice), "c1")), ConnectChange.open(flow),
        ApprovalChange.park(try Sample.approval("a1", asked: 1), AskCaps()),
        ApprovalChange.open(try Sample.window("w1", uses: nil)),
    ]
    try await store.commit(Transaction(changes: changes))
    let counted: [Belongings.Kind] = [
        .tokens, .consents, .exchanged, .browserSessions, .loginLinks, .logins, .senders, .memories, .agreements,
        .sessions, .waiting, .windows, .choices, .flows,
    ]
    let all = Belongings(Dictionary(uniqueKeysWithValues: counted.map { ($0, 1) }))
    try expect(try await found(alice) == all, "what somebody has is counted")
    try expect(try await found(PersonID("carol")).isEmpty, "as nobody else's")
    try expect(
        try await found(PersonID("bob")) == Belongings([.asked: 1, .windows: 1]), "and what they asked for apart")
    let late = try await found(alice, at: 3600)
    for kind in [Belongings.Kind.tokens, .consents, .exchanged, .loginLinks, .flows] {
        try expect(late[kind] == 0, "what has run out isn't: \(kind)")
    }

    let cut = Departure(
        of: alice, in: Sample.acme, by: "x", at: Sample.time(1), isOpen: false, ended: EndedConnections(),
        belongings: Belongings([.groups: 2]))
    try await store.commit(
        Transaction(changes: [
            DepartureChange.cut(cut), SharingChange.forgetPerson(Sample.acme, alice),
            BrowserChange.endAll(Sample.acme, alice),
        ]))
    try expect(
        try await store.departure(of: alice, in: Sample.acme)?.belongings == all + Belongings([.groups: 2]),
        "a departure keeps what there was just before")
    try expect(try await found(alice)[.tokens] == 0, "and is no more")
    try expect(
        await store.refusal(of: Transaction(changes: [DepartureChange.cut(cut)])) == "exists alice",
        "nobody leaves twice")
}

extension Sample {
    fileprivate static func held(
        _ id: String, by owner: Owner, account: String, at provider: ProviderID = ProviderID("notion")
    ) -> ConnectionRecord {
        ConnectionRecord(
            id: ConnectionID(id), organization: acme, owner: owner, provider: provider, origin: "https://x.test",
            kind: "bearer", account: account, accountName: awkward, email: nil, scopes: [], generation: 1,
            fingerprint: id, sealed: [1], health: .healthy, created: time(0))
    }

    fileprivate static func ill(_ id: String, owner: Owner) -> HealthEvent {
        HealthEvent(
            id: "e-\(id)", organization: acme, subject: .connection(ConnectionID(id)), provider: ProviderID("notion"),
            owner: owner, standing: ConnectionStanding(.needsReconnect, .refused), at: time(1))
    }

    fileprivate static func grant(_ id: String) -> OAuthGrant {
        OAuthGrant(
            id: ClientID(id), organization: acme, person: PersonID("alice"), client: OAuthClientID("app"),
            agent: AgentID("email"), resource: "https://d.test/mcp/email", redirect: "https://app.test/cb",
            effects: [.read], isOpenID: false, shown: .sha256(of: [1]), created: time(0))
    }
}

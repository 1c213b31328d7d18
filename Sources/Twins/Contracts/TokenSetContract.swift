import Authority
public import Broker
public import Gate
import OAuth

/// Checks the promises of `AppStore`, of `TokenSetStore`, and of the changes that go with them.
public func checkTokenStores(
    _ makeStore: () async throws -> any Commits & ConnectionStore & TokenSetStore & AppStore
) async throws {
    try await checkApps(try await makeStore())
    try await checkTokenSets(try await makeStore())
    try await checkReconnecting(try await makeStore())
}

private func checkApps(_ store: any Commits & AppStore) async throws {
    func app(
        _ provider: String, _ client: String, in organization: OrganizationID = Sample.acme, issuer: String? = nil,
        of agent: String? = nil
    ) -> AppRecord {
        AppRecord(
            organization: organization, provider: ProviderID(provider), clientID: client, authentication: .post,
            sealed: [1, 2], created: Sample.time(0), issuer: issuer, agent: agent.map { AgentID($0) },
            appID: agent.map { "A\($0)" })
    }
    let (slack, notion, others) = (app("slack", "s"), app("notion", "n"), app("slack", "o", in: Sample.other))
    try await store.commit(
        Transaction(changes: [AppChange.keep(slack), AppChange.keep(notion), AppChange.keep(others)]))
    try expect(try await store.apps(in: Sample.acme) == [notion, slack], "an organization's apps, by provider")
    try expect(try await store.app(at: slack.provider, of: nil, in: Sample.other) == others, "organizations stay apart")
    try await store.commit(Transaction(changes: [AppChange.keep(app("slack", "t"))]))
    try expect(
        try await store.app(at: slack.provider, of: nil, in: Sample.acme)?.clientID == "t", "another takes its place")
    let remote = app("tickets", "r", issuer: "https://id.example")
    try await store.commit(Transaction(changes: [AppChange.keep(remote)]))
    try expect(try await store.app(at: remote.provider, of: nil, in: Sample.acme) == remote, "an app keeps whose it is")
    let agents = [app("slack", "a", of: "clerk"), app("slack", "b", of: "product")]
    try await store.commit(Transaction(changes: agents.map { AppChange.keep($0) }))
    let all = try await store.apps(in: Sample.acme).filter { $0.provider == slack.provider }
    try expect(all.map(\.agent?.raw) == [nil, "clerk", "product"], "the home's app comes before those of agents")
    try expect(
        try await store.app(at: slack.provider, of: AgentID("product"), in: Sample.acme) == agents[1],
        "an agent's app is its own")
    try expect(
        try await store.app(at: slack.provider, of: AgentID("other"), in: Sample.acme) == nil, "and nobody else's")
    try await store.commit(Transaction(changes: [AppChange.remove(slack.provider, of: AgentID("clerk"), Sample.acme)]))
    try expect(try await store.apps(in: Sample.acme).count == 4, "an agent's app is removed alone")
    try await store.commit(Transaction(changes: [AppChange.remove(slack.provider, of: nil, Sample.acme)]))
    try expect(
        try await store.app(at: slack.provider, of: AgentID("product"), in: Sample.acme) == agents[1],
        "and stays when the home's goes")
    try expect(try await store.app(at: slack.provider, of: nil, in: Sample.acme) == nil, "an app is removed")
    try expect(try await store.app(at: slack.provider, of: nil, in: Sample.other) == others, "and no other's")
}

private func tokens(
    _ id: String, grant: String = "g1", generation: Int64 = 1, due: Int64? = nil, refresh: [UInt8]? = [2]
) -> TokenSet {
    TokenSet(
        connection: ConnectionID(id), grant: grant, generation: generation, clientID: "client",
        fingerprint: "fp\(generation)", access: [1], refresh: refresh, expires: due.map { Sample.time($0 + 10) },
        obtained: Sample.time(0), due: due.map(Sample.time))
}

private func checkTokenSets(_ store: any Commits & TokenSetStore & ConnectionStore) async throws {
    func run(_ changes: TokenSetChange...) async throws { try await store.commit(Transaction(changes: changes)) }
    func refusal(_ change: TokenSetChange) async -> String? { await store.refusal(of: Transaction(changes: [change])) }
    let id = ConnectionID("c1")
    let (mine, other) = (
        TokenLease(owner: "a", until: Sample.time(30)), TokenLease(owner: "b", until: Sample.time(60))
    )
    for id in ["c1", "c2", "c3"] {
        try await store.commit(.broker(.add(Sample.connection(id, created: 0))))
    }
    try await run(.keep(tokens("c1", due: 5)), .keep(tokens("c2", due: 3, refresh: nil)), .keep(tokens("c3")))
    try expect(try await store.tokens(of: id) == tokens("c1", due: 5), "tokens come back as they were")
    try expect(
        try await store.tokensDue(by: Sample.time(5), limit: 10).map(\.raw) == ["c2", "c1"], "what is due comes in turn"
    )
    try expect(try await store.tokensDue(by: Sample.time(4), limit: 10).map(\.raw) == ["c2"], "and nothing before")
    try expect(try await store.tokensDue(by: Sample.time(5), limit: 1).count == 1, "and not more than is asked for")

    for health in [ConnectionHealth.broken, .revoked] {
        let changed = ConnectionID(health == .broken ? "c2" : "c1")
        try await store.commit(.broker(.setHealth(changed, health)))
        try expect(
            try await store.tokensDue(by: Sample.time(5), limit: 1).map(\.raw) == [health == .broken ? "c1" : "c2"],
            "of \(health) connections nothing is due, and they leave room for others")
        try await store.commit(.broker(.setHealth(changed, .healthy)))
    }

    func read() async throws -> TokenSet {
        guard let found = try await store.tokens(of: id) else { throw ContractViolation(promise: "tokens are there") }
        return found
    }
    let untried = try await read()
    let stale = await refusal(.claim(tokens("c1", generation: 2), mine, at: Sample.time(6)))
    try expect(stale == "exists c1", "another generation can't be claimed")
    let another = await refusal(.claim(tokens("c1", grant: "g2"), mine, at: Sample.time(6)))
    try expect(another == "exists c1", "nor tokens of another grant")
    try await run(.claim(untried, mine, at: Sample.time(6)))
    try expect(try await store.tokens(of: id)?.lease == mine, "a claim is kept")
    try expect(try await store.tokens(of: id)?.attempted == Sample.time(6), "and that it was tried")
    let taken = await refusal(.claim(try await read(), other, at: Sample.time(29)))
    try expect(taken == "exists c1", "one claims at a time")
    let unaware = await refusal(.claim(untried, other, at: Sample.time(30)))
    try expect(unaware == "exists c1", "whoever claims knows of the attempt before")
    try expect(
        try await store.tokensDue(by: Sample.time(6), limit: 9).map(\.raw) == ["c2"], "what is claimed isn't due")
    try await run(.claim(try await read(), other, at: Sample.time(30)))
    let skipping = await refusal(.renew(tokens("c1", generation: 3)))
    try expect(skipping == "exists c1", "no generation is left out")
    let foreign = await refusal(.renew(tokens("c1", grant: "g2", generation: 2)))
    try expect(foreign == "exists c1", "tokens of another grant aren't renewed")

    let trouble = TokenTrouble(kind: .transient, code: "timeout", count: 1, claims: #"{"c":1}"#)
    try await run(.giveUp(id, generation: 1, by: "b", trouble, due: Sample.time(40), isAnswered: false))
    var found = try await store.tokens(of: id)
    try expect(found?.failure == trouble && found?.lease == nil, "a failure is kept and the lease given back")
    try expect(found?.attempted == Sample.time(30), "an attempt without an answer stays known")
    let late = await refusal(.claim(untried, mine, at: Sample.time(41)))
    try expect(late == "exists c1", "and of how it ended")
    try await run(.claim(try await read(), mine, at: Sample.time(41)))
    let others = await refusal(.giveUp(id, generation: 1, by: "b", trouble, due: nil, isAnswered: true))
    try expect(others == "exists c1", "only whoever has the lease gives up")
    try await run(.giveUp(id, generation: 1, by: "a", trouble, due: nil, isAnswered: true))
    found = try await store.tokens(of: id)
    try expect(found?.attempted == nil && found?.due == nil, "an answered attempt is over")
    try expect(found?.isOver == true, "and without a time for the next the grant is given up")
    let before = await refusal(.claim(untried, mine, at: Sample.time(42)))
    try expect(before == "exists c1", "what was given up since isn't claimed")
    try await run(.claim(try await read(), mine, at: Sample.time(42)))
    try await run(.renew(tokens("c1", generation: 2, due: 90)))
    try expect(
        try await store.tokens(of: id) == tokens("c1", generation: 2, due: 90), "renewed tokens have no past")
    let second = await refusal(.renew(tokens("c1", generation: 2)))
    try expect(second == "exists c1", "what somebody else renewed isn't written over")
    try await run(.drop(id))
    try expect(try await store.tokens(of: id) == nil, "dropped tokens are gone")
    try expect(try await store.tokens(of: ConnectionID("c3")) == tokens("c3"), "and no others")
}

private func checkReconnecting(_ store: any Commits & ConnectionStore & TokenSetStore) async throws {
    func writing(_ generation: Int64, _ health: ConnectionHealth = .healthy) -> ConnectionRecord {
        Sample.connection("c1", generation: generation, health: health, sealed: [UInt8(generation)], created: 0)
    }
    try await store.commit(.broker(.add(writing(1)), .setHealth(ConnectionID("c1"), .broken)))
    try await store.commit(Transaction(changes: [TokenSetChange.keep(tokens("c1"))]))
    try expect(
        await store.refusal(of: .broker(.reconnect(writing(3)))) == "exists c1", "a grant follows the one before")
    try await store.commit(.broker(.reconnect(writing(2))))
    try expect(try await store.connection(ConnectionID("c1")) == writing(2), "a new grant makes it whole again")
    let owner = writing(2).owner
    func found(_ organization: OrganizationID, _ owner: Owner?) async throws -> [TokenSet] {
        try await store.tokens(in: organization, of: owner)
    }
    try expect(try await found(Sample.acme, nil) == [tokens("c1")], "an organization's tokens are found")
    try expect(try await found(Sample.acme, owner) == [tokens("c1")], "and those of one owner")
    try expect(try await found(Sample.acme, .agent(AgentID("email"))) == [], "and no other's")
    try expect(try await found(OrganizationID("other"), nil) == [], "nor those of another organization")
    for (after, last, isIn) in [(nil, nil, true), (nil, "c1", true), ("c0", "c2", true), ("c1", nil, false)]
        + [(nil, "c0", false), ("c0", "c0", false)] as [(String?, String?, Bool)]
    {
        let page = try await store.tokens(
            in: Sample.acme, after: after.map { ConnectionID($0) }, through: last.map { ConnectionID($0) })
        try expect(page == (isIn ? [tokens("c1")] : []), "those of connections after one and up to another are found")
    }
    try await store.commit(.broker(.setScopes(ConnectionID("c1"), ["read"])))
    try expect(try await store.connection(ConnectionID("c1"))?.scopes == ["read"], "its scopes can change")
    try await store.commit(.broker(.setHealth(ConnectionID("c1"), .revoked), .shred(ConnectionID("c1"))))
    try expect(try await store.tokens(of: ConnectionID("c1")) == nil, "its tokens go with its secret")
    try expect(
        await store.refusal(of: .broker(.reconnect(writing(3)))) == "exists c1", "what was revoked stays so")
}

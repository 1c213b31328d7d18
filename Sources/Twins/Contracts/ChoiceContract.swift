import Authority
public import Broker
public import Gate

/// Checks the promises of `ChoiceStore` and of the changes that go with it.
public func checkChoices(_ makeStore: () async throws -> any Commits & ChoiceStore) async throws {
    let store = try await makeStore()
    let (alice, namesake) = (Owner.person(PersonID("alice")), Owner.agent(AgentID("alice")))
    let first = Sample.choice("diary", alice, "c1")
    let second = Sample.choice("atlas", alice, "c2")
    let elsewhere = Sample.choice("atlas", alice, "c3", at: "slack")
    let agents = Sample.choice("alice", namesake, "c4")
    let others = Sample.choice("diary", alice, "c5", in: Sample.other)
    try await store.commit(
        .choices(.choose(first), .choose(second), .choose(elsewhere), .choose(agents), .choose(others)))
    func chosen(_ owner: Owner, at provider: String = "notion") async throws -> [AccountChoice] {
        try await store.choices(of: owner, at: ProviderID(provider), in: Sample.acme)
    }
    func all() async throws -> [AccountChoice] { try await store.choices(in: Sample.acme) }
    try expect(try await chosen(alice) == [second, first], "choices come back as they were, by agent")
    try expect(try await chosen(alice, at: "slack") == [elsewhere], "each provider has its own")
    try expect(try await chosen(namesake) == [agents], "a person and an agent of one name are two owners")
    try expect(try await chosen(alice, at: "gmail").isEmpty, "where nothing was chosen there is nothing")
    try expect(
        try await all() == [agents, second, elsewhere, first], "an organization's come by agent, owner and provider")
    try expect(try await store.choices(in: Sample.other) == [others], "organizations stay apart")

    let again = Sample.choice("diary", alice, "c2", by: "person:alice")
    try await store.commit(.choices(.choose(again)))
    try expect(try await chosen(alice) == [second, again], "a new choice takes the place of the one before")
    let scope = ProviderID("notion")
    try await store.commit(.choices(.takeBack(Sample.acme, AgentID("diary"), alice, scope)))
    try expect(
        try await all() == [agents, second, elsewhere], "a choice can be taken back, and no other goes with it")
    try expect(
        await store.refusal(of: .choices(.takeBack(Sample.acme, AgentID("diary"), alice, scope))) == nil,
        "one that isn't there is taken back without a word")
    try await store.commit(.choices(.forget(Sample.acme, alice)))
    try expect(try await all() == [agents], "all of an owner's can be forgotten, and no namesake's")
    try expect(try await store.choices(in: Sample.other) == [others], "nor another organization's")
}

extension Sample {
    static func choice(
        _ agent: String, _ owner: Owner, _ connection: String, at provider: String = "notion",
        in organization: OrganizationID = acme, by: String = awkward
    ) -> AccountChoice {
        AccountChoice(
            organization: organization, agent: AgentID(agent), owner: owner, provider: ProviderID(provider),
            chosen: ChosenAccount(connection: ConnectionID(connection), account: awkward), by: by, at: time(7))
    }
}

extension Transaction {
    fileprivate static func choices(_ changes: ChoiceChange...) -> Transaction { Transaction(changes: changes) }
}

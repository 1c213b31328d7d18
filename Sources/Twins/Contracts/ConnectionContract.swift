import Authority
public import Broker
public import Gate

/// Checks the promises of `ConnectionStore` and of the changes that go with it.
public func checkConnectionStore(_ makeStore: () async throws -> any Commits & ConnectionStore) async throws {
    let store = try await makeStore()
    let (alice, agent) = (Owner.person(PersonID("alice")), Owner.agent(AgentID("alice")))
    let first = Sample.connection("c2", created: 0)
    let second = Sample.connection("c1", email: "alice@acme.test", health: .broken, created: 1)
    let slack = Sample.connection("c0", at: ProviderID("slack"), created: 2)
    let agents = Sample.connection("c3", of: agent, created: 3)
    let others = Sample.connection("c4", in: Sample.other, created: 4)
    try await store.commit(.broker(.add(second), .add(others), .add(agents), .add(first), .add(slack)))

    try expect(try await store.connection(second.id) == second, "a connection comes back as it was")
    try expect(try await store.connection(ConnectionID("c9")) == nil, "an unknown id finds nothing")
    func at(_ provider: String, _ owner: Owner) async throws -> [ConnectionRecord] {
        try await store.connections(of: owner, at: ProviderID(provider), in: Sample.acme)
    }
    try expect(try await at("notion", alice) == [first, second], "an owner's come as they were made, and no other's")
    try expect(try await at("notion", agent) == [agents], "a person and an agent of one name are two owners")
    try expect(try await at("gmail", alice).isEmpty, "another provider has none of them")
    try expect(
        try await store.connections(in: Sample.acme, of: alice) == [first, second, slack],
        "an owner's come over all providers")
    try expect(
        try await store.connections(in: Sample.acme, of: nil) == [first, second, slack, agents],
        "an organization's come as they were made")
    try expect(try await store.connections(in: Sample.other, of: nil) == [others], "organizations stay apart")

    try expect(await store.refusal(of: .broker(.add(first))) == "exists c2", "a connection is added once")
    let unknown = ConnectionID("c9")
    for change in [
        BrokerChange.setHealth(unknown, .broken), .shred(unknown), .lack(unknown, 1, LackedScopes()),
    ] {
        try expect(
            await store.refusal(of: .broker(change)) == "exists c9", "a connection that isn't there can't change")
    }
    try await checkLacks(store, second)
    try await store.commit(.broker(.setHealth(first.id, .revoked), .shred(first.id)))
    let shredded = Sample.connection("c2", health: .revoked, sealed: [], created: 0)
    try expect(try await store.connection(first.id) == shredded, "a shredded connection keeps all but its secret")
    try expect(try await store.connection(second.id) == second, "no other connection changes")
    for health in [ConnectionHealth.healthy, .broken, .revoked] {
        try await store.commit(.broker(.setHealth(second.id, health)))
        try expect(try await store.connection(second.id)?.health == health, "a connection's health can be set")
    }
}

/// - Parameter record: is there, and is left as it was.
private func checkLacks(_ store: any Commits & ConnectionStore, _ record: ConnectionRecord) async throws {
    let lacks = LackedScopes([
        "notion.search": [
            "b": LackedScopes.Lack(generation: 1, isAlways: true),
            "a": LackedScopes.Lack(generation: 7, isAlways: false),
        ],
        "notion.get_page": ["a": LackedScopes.Lack(generation: 1, isAlways: false)],
    ])
    try await store.commit(.broker(.lack(record.id, record.generation, lacks)))
    try expect(try await store.connection(record.id)?.lacks == lacks, "what a connection lacks comes back as it was")
    try expect(
        await store.refusal(of: .broker(.lack(record.id, record.generation + 1, LackedScopes()))) == "exists c1",
        "what another grant lacks says nothing of this one")
    try await store.commit(.broker(.lack(record.id, record.generation, LackedScopes())))
    try expect(try await store.connection(record.id) == record, "and nothing else changes by it")
    let asserted = Sample.connection("c8", at: ProviderID("depot"), lacks: lacks, as: "robot@acme.test", created: 0)
    try await store.commit(.broker(.add(asserted)))
    try expect(try await store.connection(asserted.id) == asserted, "whom a connection acts as comes back as it was")
    let renewed = Sample.connection("c8", at: ProviderID("depot"), generation: 2, as: nil, created: 0)
    try await store.commit(.broker(.reconnect(renewed)))
    try expect(try await store.connection(asserted.id) == renewed, "and changes with another grant")
    try await store.commit(.broker(.setHealth(asserted.id, .revoked), .shred(asserted.id)))
}

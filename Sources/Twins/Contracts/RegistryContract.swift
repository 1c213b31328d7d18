import Authority
public import Gate
public import Registry
import Wire

/// Checks the promises of `RegistryStore` and of the changes that go with it.
public func checkRegistryStore(_ makeStore: () async throws -> any Commits & RegistryStore) async throws {
    try await checkOrganizations(try await makeStore())
    try await checkPeople(try await makeStore())
    try await checkAgents(try await makeStore())
    try await checkTokens(try await makeStore())
    try await checkAgreements(try await makeStore())
}

private func checkOrganizations(_ store: any Commits & RegistryStore) async throws {
    try expect(try await store.organizations().isEmpty, "an empty store has no organizations")
    try await store.commit(
        .registry(.addOrganization(Sample.organization(Sample.other)), .addOrganization(Sample.organization())))
    try expect(
        try await store.organization(Sample.acme) == Sample.organization(), "an organization comes back as it was")
    try expect(try await store.organizations().map(\.id.raw) == ["acme", "other"], "organizations come by id")
    try expect(
        await store.refusal(of: .registry(.addOrganization(Sample.organization()))) == "exists acme",
        "an organization is added once")
    try await store.commit(.registry(.replaceOrganization(Sample.organization(name: "Acme"))))
    try expect(try await store.organization(Sample.acme)?.name == "Acme", "an organization can be replaced")
    try expect(
        try await store.organization(Sample.other) == Sample.organization(Sample.other), "no other one is replaced")
}

private func checkPeople(_ store: any Commits & RegistryStore) async throws {
    let (alice, bob) = (Sample.person("alice"), Sample.person("bob", standing: .suspended))
    let namesake = Sample.person("alice", in: Sample.other)
    try await store.commit(.registry(.addPerson(bob), .addPerson(alice), .addPerson(namesake)))
    try expect(try await store.person(alice.id, in: Sample.acme) == alice, "a person comes back as they were")
    try expect(try await store.person(alice.id, in: Sample.other) == namesake, "a person belongs to one organization")
    try expect(try await store.person(bob.id, in: Sample.other) == nil, "nobody is found in another organization")
    try expect(try await store.people(in: Sample.acme) == [alice, bob], "people come by id")
    try expect(try await store.person(at: bob.email, in: Sample.acme) == bob, "an address says whose it is")
    try expect(
        try await store.person(at: bob.email, in: Sample.other) == nil, "and says so in one organization alone")
    try expect(try await store.person(at: "b", in: Sample.acme) == nil, "no part of an address is anybody's")
    try expect(
        await store.refusal(of: .registry(.addPerson(Sample.person("alice", email: "a2@acme.test"))))
            == "exists alice", "a person is added once")
    for change in [
        RegistryChange.addPerson(Sample.person("carol", email: bob.email)),
        .replacePerson(Sample.person("alice", email: bob.email)),
    ] {
        try expect(
            await store.refusal(of: .registry(change))?.hasPrefix("exists") == true, "no address is two people's")
    }
    try expect(
        await store.refusal(of: .registry(.replacePerson(Sample.person("carol")))) == "exists carol",
        "a person who isn't there can't be replaced")
    let moved = Sample.person("alice", email: "moved@acme.test", standing: .removed)
    try await store.commit(.registry(.replacePerson(moved)))
    try expect(try await store.people(in: Sample.acme) == [moved, bob], "a person can be replaced")
    try expect(try await store.person(at: alice.email, in: Sample.acme) == nil, "an address that was left is nobody's")
    try expect(try await store.person(at: moved.email, in: Sample.acme) == moved, "and the new one theirs")
    try expect(try await store.person(alice.id, in: Sample.other) == namesake, "a namesake isn't replaced")
    // Cut off at the NUL, this would be bob.
    try expect(
        try await found { try await store.person(PersonID("bob\0x"), in: Sample.acme) } == nil,
        "an id is compared to its last byte")
}

private func checkAgents(_ store: any Commits & RegistryStore) async throws {
    let (email, product) = (Sample.agent("email"), Sample.agent("product", standing: .suspended))
    try await store.commit(.registry(.addAgent(product), .addAgent(email)))
    try expect(try await store.agent(email.id, in: Sample.acme) == email, "an agent comes back as it was")
    let text = try await store.agent(email.id, in: Sample.acme)?.definition.text
    try expect(text == email.definition.text, "a definition comes back as it was written")
    try expect(try await store.agents(in: Sample.acme) == [email, product], "agents come by id")
    try expect(try await store.agents(in: Sample.other).isEmpty, "another organization has none of them")
    try expect(await store.refusal(of: .registry(.addAgent(email))) == "exists email", "an agent is added once")
    try expect(
        await store.refusal(of: .registry(.replaceAgent(Sample.agent("email", in: Sample.other)))) == "exists email",
        "an agent of another organization can't be replaced")
    let stopped = Sample.agent("email", standing: .removed)
    try await store.commit(.registry(.replaceAgent(stopped)))
    try expect(try await store.agents(in: Sample.acme) == [stopped, product], "an agent can be replaced")
}

private func checkTokens(_ store: any Commits & RegistryStore) async throws {
    let late = Sample.token("t1", hash: 1, created: 2)
    let early = Sample.token("t3", hash: 3, state: .offered, created: 1)
    let twin = Sample.token("t2", hash: 2, created: 1)
    try await store.commit(.registry(.addToken(late), .addToken(early), .addToken(twin)))
    try expect(try await store.token(late.id) == late, "a token comes back as it was")
    try expect(try await store.token(hash: early.hash) == early, "a token is found by its hash")
    try expect(try await store.token(hash: .sha256(of: [9])) == nil, "an unknown hash finds nothing")
    try expect(
        try await store.tokens(in: Sample.acme) == [twin, early, late], "tokens come as they were made, then by id")
    try expect(try await store.tokens(in: Sample.other).isEmpty, "another organization has none of them")
    try expect(
        await store.refusal(of: .registry(.addToken(Sample.token("t1", hash: 4)))) == "exists t1",
        "a token is added once")
    for change in [RegistryChange.addToken(Sample.token("t4", hash: 1)), .replaceToken(Sample.token("t2", hash: 1))] {
        try expect(
            await store.refusal(of: .registry(change))?.hasPrefix("exists") == true, "no hash is two tokens'")
    }
    let revoked = Sample.token("t1", hash: 1, state: .revoked, created: 2)
    try await store.commit(.registry(.replaceToken(revoked)))
    try expect(try await store.token(hash: late.hash) == revoked, "a token can be replaced")
    try expect(try await store.token(twin.id) == twin, "no other token is replaced")
}

private func checkAgreements(_ store: any Commits & RegistryStore) async throws {
    func agreement(_ person: String, _ effects: [Effect], at seconds: Int64) -> AgreementRecord {
        AgreementRecord(
            organization: Sample.acme, person: PersonID(person), agent: AgentID("onboarding"),
            capabilities: Set(
                effects.map {
                    Capability(
                        provider: ProviderID("notion"), host: "https://a.test:1", effect: $0, destinations: .insiders)
                }),
            at: Sample.time(seconds))
    }
    func found(_ person: String, agent: String = "onboarding") async throws -> AgreementRecord? {
        try await store.agreement(of: PersonID(person), with: AgentID(agent), in: Sample.acme)
    }
    try expect(try await found("alice") == nil, "nobody has agreed at first")
    let (first, bobs) = (agreement("alice", Effect.allCases, at: 0), agreement("bob", [], at: 0))
    try await store.commit(.registry(.agree(first), .agree(bobs)))
    try expect(try await found("alice") == first, "an agreement comes back as it was")
    try expect(try await found("alice", agent: "email") == nil, "an agreement is with one agent")
    let second = agreement("alice", [.read], at: 1)
    try await store.commit(.registry(.agree(second)))
    try expect(try await found("alice") == second, "a new agreement takes the place of the one before")
    try expect(try await found("bob") == bobs, "no other agreement changes")

    try expect(try await store.document("bindings", in: Sample.acme) == nil, "there is no document at first")
    let document: JSON = [["agentId": .string(Sample.awkward)]]
    try await store.commit(
        .registry(
            .setDocument(Sample.acme, "bindings", []), .setDocument(Sample.acme, "bindings", document),
            .setDocument(Sample.other, "bindings", [])))
    try expect(
        try await store.document("bindings", in: Sample.acme) == document,
        "a document takes the place of the one before")
}

/// What was found, or nothing where the store refuses to look.
private func found<Record>(_ look: () async throws -> Record?) async throws -> Record? {
    do {
        return try await look()
    } catch let violation as ContractViolation {
        throw violation
    } catch {
        return nil
    }
}

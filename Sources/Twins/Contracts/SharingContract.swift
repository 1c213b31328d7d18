import Authority
public import Gate
public import Registry

/// Checks the promises of `SharingStore` and of the changes that go with it.
public func checkSharing(
    _ makeStore: () async throws -> any Commits & SharingStore & RegistryStore & SessionStates
) async throws {
    try await checkGroupsAndShares(try await makeStore())
    try await checkForgetting(try await makeStore())
}

private func checkGroupsAndShares(_ store: any Commits & SharingStore) async throws {
    let (sales, support) = (Sample.group("sales", "bob", "alice"), Sample.group("support"))
    let namesake = Sample.group("sales", "carol", in: Sample.other)
    try await store.commit(.sharing(.addGroup(support), .addGroup(sales), .addGroup(namesake)))
    func now(_ organization: OrganizationID = Sample.acme) async throws -> Sharing {
        try await store.sharing(in: organization)
    }
    try expect(try await now().groups == [sales, support], "groups come back as they were, by id")
    try expect(try await now(Sample.other).groups == [namesake], "a group belongs to one organization")
    try expect(await store.refusal(of: .sharing(.addGroup(sales))) == "exists sales", "a group is added once")
    try expect(
        await store.refusal(of: .sharing(.replaceGroup(Sample.group("none")))) == "exists none",
        "a group that isn't there can't be replaced")
    let smaller = Sample.group("sales", "alice")
    try await store.commit(.sharing(.replaceGroup(smaller)))
    try expect(try await now().groups == [smaller, support], "a group can be replaced")

    let one = Sample.share("email", .group(sales.id), [.use, .editMemory])
    let two = Sample.share("email", .organization, [.clone])
    let three = Sample.share("agent", .person(PersonID("bob")), [.edit])
    try await store.commit(.sharing(.share(one), .share(two), .share(three)))
    try expect(try await now().shares == [three, one, two], "shares come back as they were, by agent and grantee")
    try expect(try await now(Sample.other).shares.isEmpty, "another organization has none of them")
    try expect(
        try await store.sharing(of: AgentID("email"), in: Sample.acme)
            == Sharing(groups: [smaller], shares: [one, two]), "an agent's shares come with the groups that they name")
    try expect(
        try await store.sharing(of: AgentID("email"), in: Sample.other) == Sharing(groups: [], shares: []),
        "and of one organization alone")
    let places: Set = [
        SharedPlace(kind: "slack", account: "help", peer: "C1"),
        SharedPlace(kind: "slack", account: "help", peer: "C2"),
    ]
    let limited = ShareRecord(
        organization: Sample.acme, agent: AgentID("email"), grantee: .organization, rights: [.use], channels: places,
        by: "test", at: Sample.time(8))
    try await store.commit(.sharing(.share(limited)))
    try expect(try await now().shares == [three, one, limited], "a share may be for some places alone")
    let again = Sample.share("email", .organization, [.use], at: 9)
    try await store.commit(.sharing(.share(again)))
    try expect(try await now().shares == [three, one, again], "a new share takes the place of the one before")
    try await store.commit(.sharing(.unshare(Sample.acme, AgentID("email"), .organization)))
    try expect(try await now().shares == [three, one], "a share can be taken back, and no other goes with it")
    try await store.commit(.sharing(.removeGroup(Sample.acme, sales.id)))
    try expect(
        try await now() == Sharing(groups: [support], shares: [three]), "a group takes its shares along")
    try expect(try await now(Sample.other).groups == [namesake], "a namesake stays")
}

private func checkForgetting(_ store: any Commits & RegistryStore & SessionStates) async throws {
    let people = ["alice", "bob"]
    for person in people {
        for agent in ["email", "onboarding"] {
            let agreement = AgreementRecord(
                organization: Sample.acme, person: PersonID(person), agent: AgentID(agent), capabilities: [],
                at: Sample.time(0))
            let session = Sample.session(person, agent: agent)
            try await store.commit(
                Transaction(changes: [
                    RegistryChange.agree(agreement), GateChange.saw(session, .fresh, at: Sample.time(0)),
                ]))
        }
    }
    func left() async throws -> [String] {
        var left: [String] = []
        for person in people {
            for agent in ["email", "onboarding"] {
                let agreed = try await store.agreement(of: PersonID(person), with: AgentID(agent), in: Sample.acme)
                let seen = try await store.state(of: Sample.session(person, agent: agent))
                left +=
                    (agreed == nil ? [] : ["\(person) agreed \(agent)"]) + (seen == nil ? [] : ["\(person) \(agent)"])
            }
        }
        return left
    }
    try await store.commit(.registry(.addToken(Sample.token("t1", hash: 1))))
    try await store.commit(.sharing(.forgetUse(Sample.acme, AgentID("email"), PersonID("alice"))))
    try expect(
        try await left() == [
            "alice agreed onboarding", "alice onboarding", "bob agreed email", "bob email", "bob agreed onboarding",
            "bob onboarding",
        ], "what is forgotten is one person's use of one agent")
    try expect(try await store.token(ClientID("t1"))?.state == .active, "no token is revoked with it")
    try await store.commit(.sharing(.forgetPerson(Sample.other, PersonID("alice"))))
    try expect(try await left().count == 6, "a namesake elsewhere is somebody else")
    try await store.commit(.sharing(.forgetPerson(Sample.acme, PersonID("alice"))))
    try expect(
        try await left() == ["bob agreed email", "bob email", "bob agreed onboarding", "bob onboarding"],
        "whoever is forgotten leaves nothing, and others keep theirs")
    try expect(try await store.token(ClientID("t1"))?.state == .revoked, "their tokens are revoked")
}

extension Sample {
    static func group(_ id: String, _ members: String..., in organization: OrganizationID = acme) -> GroupRecord {
        GroupRecord(
            organization: organization, id: GroupID(id), name: awkward, members: Set(members.map { PersonID($0) }))
    }

    static func share(
        _ agent: String, _ grantee: Grantee, _ rights: Set<ShareRight>, at seconds: Int64 = 0
    ) -> ShareRecord {
        ShareRecord(
            organization: acme, agent: AgentID(agent), grantee: grantee, rights: rights, by: awkward, at: time(seconds))
    }
}

extension Transaction {
    static func sharing(_ changes: SharingChange...) -> Transaction { Transaction(changes: changes) }
}

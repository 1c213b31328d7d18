import Authority
public import Broker
public import Gate
public import Registry

/// Checks the promises of `LoginStore` and `SignInStore`, and of the changes that go with them.
public func checkLogins(_ makeStore: () async throws -> any Commits & LoginStore & SignInStore) async throws {
    let store = try await makeStore()
    func record(
        _ subject: String, of person: String, at issuer: String = Sample.issuer,
        in organization: OrganizationID = Sample.acme
    ) -> LoginRecord {
        LoginRecord(
            organization: organization, login: Login(issuer: issuer, subject: subject), person: PersonID(person),
            by: Sample.awkward, at: Sample.time(1))
    }
    func commit(_ changes: LoginChange...) async throws { try await store.commit(Transaction(changes: changes)) }
    let one = record(Sample.awkward, of: "bob")
    let two = record("A", of: "alice")
    let namesake = record("a", of: "alice", at: "https://other.example")
    let elsewhere = record(Sample.awkward, of: "carol", in: Sample.other)
    for record in [one, two, namesake, elsewhere] { try await commit(.link(record)) }
    try expect(try await store.login(one.login, in: Sample.acme) == one, "a login comes back as it was")
    try expect(
        try await store.login(one.login, in: Sample.other) == elsewhere, "a login may be somebody else's elsewhere")
    try expect(
        try await store.login(Login(issuer: Sample.issuer, subject: "a"), in: Sample.acme) == nil,
        "a login is compared byte by byte")
    try expect(
        try await store.logins(in: Sample.acme) == [two, namesake, one], "logins come by person, issuer and subject")
    try expect(
        await store.refusal(of: Transaction(changes: [LoginChange.link(record(Sample.awkward, of: "alice"))]))?
            .hasPrefix("exists") == true, "a login is one person's")
    let races = (0..<20).map { _ in Transaction(changes: [LoginChange.link(record("new", of: "bob"))]) }
    try expect(await store.race(races) == 1, "a login is linked once")
    let wrong = LoginChange.unlink(Sample.acme, one.login, PersonID("alice"))
    try expect(
        await store.refusal(of: Transaction(changes: [wrong]))?.hasPrefix("exists") == true,
        "a login that became another's isn't unlinked")
    try await commit(.unlink(Sample.acme, one.login, PersonID("bob")))
    try expect(try await store.login(one.login, in: Sample.acme) == nil, "an unlinked login is nobody's")
    try expect(try await store.login(one.login, in: Sample.other) == elsewhere, "and stays what it is elsewhere")
    try await commit(.unlinkAll(Sample.acme, PersonID("alice")))
    try expect(
        try await store.logins(in: Sample.acme).map(\.person) == [PersonID("bob")], "all of one person go at once")

    try expect(try await store.signInSettings() == nil, "nothing is set up at first")
    for settings: [UInt8] in [[1, 0, 2], []] {
        try await store.commit(Transaction(changes: [SignInChange.settings(settings)]))
        try expect(try await store.signInSettings() == settings, "the settings are the last ones")
    }
}

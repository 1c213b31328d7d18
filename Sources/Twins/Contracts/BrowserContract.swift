import Authority
public import Gate
public import Registry
import Wire

/// Checks the promises of `BrowserStore` and of the changes that go with it.
public func checkBrowsers(_ makeStore: () async throws -> any Commits & BrowserStore) async throws {
    let store = try await makeStore()
    let link = LoginLink(
        hash: .sha256(of: [1]), organization: Sample.acme, person: PersonID("alice"), expires: Sample.time(600))
    try await store.commit(.browser(.addLink(link)))
    try expect(try await store.loginLink(link.hash) == link, "a link comes back as it was")
    let takes = (0..<20).map { _ in Transaction.browser(.takeLink(link.hash)) }
    try expect(await store.race(takes) == 1, "a link is taken once")

    let session = Sample.browser("s1", hash: 1)
    try await store.commit(.browser(.addSession(session)))
    try expect(try await store.browserSession(session.hash) == session, "a session comes back as it was")
    let next = Sample.browser("s1", hash: 2, previous: 1)
    try await store.commit(.browser(.replaceSession(next, from: session.hash)))
    try expect(try await store.browserSession(session.hash) == next, "the secret before the last still finds it")
    try expect(
        await store.refusal(of: .browser(.replaceSession(session, from: session.hash))) == "exists s1",
        "of two rotations at once the second is refused")
    try await store.commit(.browser(.addSession(Sample.browser("s2", hash: 3, in: Sample.other))))
    try await store.commit(.browser(.endAll(Sample.acme, PersonID("alice"))))
    try expect(
        try await store.browserSessions(of: PersonID("alice"), in: Sample.acme).isEmpty, "all of a person's end at once"
    )
    try expect(
        try await store.browserSessions(of: PersonID("alice"), in: Sample.other).count == 1,
        "those of another organization stay")
}

extension Sample {
    static func browser(
        _ id: String, hash: UInt8, previous: UInt8? = nil, in organization: OrganizationID = acme
    ) -> BrowserSession {
        BrowserSession(
            id: BrowserSessionID(id), organization: organization, person: PersonID("alice"), hash: .sha256(of: [hash]),
            previous: previous.map { .sha256(of: [$0]) }, rotated: time(1), csrf: "c", browser: awkward,
            created: time(0), lastSeen: time(2))
    }
}

extension Transaction {
    static func browser(_ changes: BrowserChange...) -> Transaction { Transaction(changes: changes) }
}

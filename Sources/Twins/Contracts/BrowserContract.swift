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
    try await checkForgetting(store)
    try await checkProvided(store)
}

/// What a provider says is over ends, and nothing else.
private func checkProvided(_ store: any Commits & BrowserStore) async throws {
    let sessions = [
        Sample.browser("p1", hash: 201, of: "carol", provided: Sample.provided(session: "a")),
        Sample.browser("p2", hash: 202, of: "carol", provided: Sample.provided(session: "b", hint: [1, 2])),
        Sample.browser("p3", hash: 203, of: "carol", provided: Sample.provided()),
        Sample.browser("p4", hash: 204, of: "carol", provided: Sample.provided("other", session: "a")),
        Sample.browser(
            "p5", hash: 205, of: "carol", provided: Sample.provided(at: "https://other.example", session: "a")),
        Sample.browser("p6", hash: 206, of: "carol"),
        Sample.browser("p7", hash: 207, in: Sample.other, of: "carol", provided: Sample.provided(session: "a")),
    ]
    for (ended, left) in [
        (ProvidedSessions(issuer: Sample.issuer, subject: Sample.awkward, session: "a"), [2, 3, 4, 5, 6]),
        (ProvidedSessions(issuer: Sample.issuer, subject: Sample.awkward, session: nil), [4, 5, 6]),
        (ProvidedSessions(issuer: Sample.issuer, subject: nil, session: "a"), [2, 3, 5, 6]),
        (ProvidedSessions(issuer: Sample.issuer, subject: nil, session: nil), [5, 6]),
        (ProvidedSessions(issuer: "https://nobody.example", subject: nil, session: nil), [1, 2, 3, 4, 5, 6]),
        (ProvidedSessions(issuer: Sample.issuer, subject: "", session: ""), [1, 2, 3, 4, 5, 6]),
    ] {
        try await store.commit(Transaction(changes: sessions.map(BrowserChange.addSession)))
        try await store.commit(.browser(.endProvided(Sample.acme, ended)))
        let found = try await store.browserSessions(of: PersonID("carol"), in: Sample.acme)
        try expect(Set(found) == Set(left.map { sessions[$0 - 1] }), "a provider ends its own sessions that it names")
        try expect(
            try await store.browserSessions(of: PersonID("carol"), in: Sample.other) == [sessions[6]],
            "and none of another organization")
        for organization in [Sample.acme, Sample.other] {
            try await store.commit(.browser(.endAll(organization, PersonID("carol"))))
        }
    }
}

/// Dead links and sessions go, a few at a time; live ones stay.
private func checkForgetting(_ store: any Commits & BrowserStore) async throws {
    try await store.commit(.browser(.endAll(Sample.other, PersonID("alice"))))
    let now = Sample.time(1_000_000)
    func link(_ number: UInt8, expires: Int64) -> LoginLink {
        LoginLink(
            hash: .sha256(of: [9, number]), organization: Sample.acme, person: PersonID("bob"),
            expires: now.adding(seconds: expires))
    }
    func session(_ number: UInt8, created: Int64, seen: Int64) -> BrowserSession {
        Sample.browser(
            "f\(number)", hash: 100 + number, of: "bob", created: now.adding(seconds: -created),
            lastSeen: now.adding(seconds: -seen))
    }
    let (idle, longest) = (BrowserSession.idleSeconds, BrowserSession.longestSeconds)
    let links = [link(1, expires: -2), link(2, expires: -1), link(3, expires: 0), link(4, expires: 1)]
    let sessions = [
        session(1, created: longest + 2, seen: 1), session(2, created: longest + 1, seen: 1),
        session(3, created: longest, seen: 1), session(4, created: idle + 3, seen: idle + 2),
        session(5, created: idle + 3, seen: idle + 1), session(6, created: idle + 3, seen: idle),
        session(7, created: longest - 1, seen: idle - 1),
    ]
    try await store.commit(
        Transaction(changes: links.map(BrowserChange.addLink) + sessions.map(BrowserChange.addSession)))
    for (linksLeft, sessionsLeft) in [([3, 4], [3, 6, 7]), ([4], [7]), ([4], [7])] {
        try await store.commit(.browser(.forget(ExpiredBrowsers(at: now), most: 2)))
        var found: [LoginLink] = []
        for link in links { if let link = try await store.loginLink(link.hash) { found.append(link) } }
        try expect(found == linksLeft.map { links[$0 - 1] }, "dead links go, the oldest first, and live ones stay")
        let left = try await store.browserSessions(of: PersonID("bob"), in: Sample.acme)
        try expect(
            Set(left) == Set(sessionsLeft.map { sessions[$0 - 1] }),
            "dead sessions go, the oldest first, and live ones stay")
    }
}

extension Sample {
    static func browser(
        _ id: String, hash: UInt8, previous: UInt8? = nil, in organization: OrganizationID = acme,
        of person: String = "alice", created: Timestamp = time(0), lastSeen: Timestamp = time(2),
        provided: ProvidedSession? = nil
    ) -> BrowserSession {
        BrowserSession(
            id: BrowserSessionID(id), organization: organization, person: PersonID(person), hash: .sha256(of: [hash]),
            previous: previous.map { .sha256(of: [$0]) }, rotated: time(1), csrf: "c", browser: awkward,
            created: created, lastSeen: lastSeen, provided: provided)
    }

    static let issuer = "https://id.example"

    static func provided(
        _ subject: String = awkward, at issuer: String = issuer, session: String? = nil, hint: [UInt8]? = nil
    ) -> ProvidedSession {
        ProvidedSession(
            provider: "corp", login: Login(issuer: issuer, subject: subject), session: session, hint: hint)
    }
}

extension Transaction {
    static func browser(_ changes: BrowserChange...) -> Transaction { Transaction(changes: changes) }
}

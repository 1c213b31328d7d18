import Authority
public import Gate
public import Registry
import Wire

/// Checks the promises of `OAuthStore` and of the changes that go with it.
public func checkOAuth(_ makeStore: () async throws -> any Commits & OAuthStore) async throws {
    let store = try await makeStore()
    try await checkClients(store)
    try await checkGrants(store)
    try await checkSingleUse(store)
    try await checkForgetting(store)
    try await checkUnused(try await makeStore())
}

private func checkClients(_ store: any Commits & OAuthStore) async throws {
    let (late, early) = (Sample.oauthClient("b", created: 2), Sample.oauthClient("a", secret: 9, created: 1))
    let elsewhere = Sample.oauthClient("a", in: Sample.other)
    try await store.commit(.oauth(.addClient(late), .addClient(early), .addClient(elsewhere)))
    try expect(try await store.oauthClient(early.id, in: Sample.acme) == early, "a client comes back as it was")
    try expect(
        try await store.oauthClients(in: Sample.acme) == [early, late], "clients come in the order of their coming")
    try expect(try await store.oauthClients(in: Sample.other) == [elsewhere], "and stay in their organization")
    try expect(await store.refusal(of: .oauth(.addClient(early))) == "exists a", "a client is added once")
    try expect(
        await store.refusal(of: .oauth(.replaceClient(Sample.oauthClient("none")))) == "exists none",
        "a client that isn't there isn't replaced")
    let revoked = Sample.oauthClient("a", secret: 9, isRevoked: true, created: 1)
    try await store.commit(.oauth(.replaceClient(revoked)))
    try expect(try await store.oauthClient(early.id, in: Sample.acme) == revoked, "a client is replaced")
    try expect(try await store.oauthClient(early.id, in: Sample.other) == elsewhere, "in its organization alone")
}

private func checkGrants(_ store: any Commits & OAuthStore) async throws {
    let grants = [
        Sample.grant("g1", client: "a", of: "alice", created: 2),
        Sample.grant("g2", client: "b", of: "alice", created: 1),
        Sample.grant("g3", client: "a", of: "bob", created: 3),
        Sample.grant("g4", client: "a", of: "alice", in: Sample.other, created: 4),
    ]
    try await store.commit(Transaction(changes: grants.map(OAuthChange.addGrant)))
    try expect(try await store.oauthGrant(ClientID("g1")) == grants[0], "a grant comes back as it was")
    try expect(try await store.oauthGrant(ClientID("none")) == nil, "an unknown grant is none")
    let (alice, a) = (PersonID("alice"), OAuthClientID("a"))
    func ids(_ person: PersonID?, _ client: OAuthClientID?) async throws -> [String] {
        try await store.oauthGrants(in: Sample.acme, of: person, by: client).map(\.id.raw)
    }
    try expect(try await ids(nil, nil) == ["g2", "g1", "g3"], "grants come in the order in which they were given")
    try expect(try await ids(alice, nil) == ["g2", "g1"], "or those of one person")
    try expect(try await ids(nil, a) == ["g1", "g3"], "or those to one client")
    try expect(try await ids(alice, a) == ["g1"], "or both")
    try expect(await store.refusal(of: .oauth(.addGrant(grants[0]))) == "exists g1", "a grant is added once")
}

private func checkSingleUse(_ store: any Commits & OAuthStore) async throws {
    let code = OAuthCode(
        hash: .sha256(of: [1]), grant: ClientID("g1"), challenge: CodeChallenge(digest: .sha256(of: [2])),
        nonce: Sample.awkward, signedIn: Sample.time(30), expires: Sample.time(60), isUsed: false)
    let token = OAuthToken(
        hash: .sha256(of: [3]), kind: .refresh, grant: ClientID("g1"), expires: Sample.time(90), isUsed: false)
    let access = OAuthToken(
        hash: .sha256(of: [4]), kind: .access, grant: ClientID("g1"), expires: Sample.time(90), isUsed: false)
    try await store.commit(.oauth(.addCode(code), .addToken(token), .addToken(access)))
    try expect(try await store.oauthCode(code.hash) == code, "a code comes back as it was")
    try expect(try await store.oauthToken(token.hash) == token, "a token comes back as it was")
    try expect(try await store.oauthToken(access.hash) == access, "an access token too")
    let uses = (0..<20).map { _ in Transaction.oauth(.useCode(code.hash)) }
    try expect(await store.race(uses) == 1, "a code is used once")
    try expect(try await store.oauthCode(code.hash)?.isUsed == true, "and is seen to have been used")
    let turns = (0..<20).map { _ in Transaction.oauth(.useToken(token.hash)) }
    try expect(await store.race(turns) == 1, "a refresh token is used once")
    try expect(try await store.oauthToken(token.hash)?.isUsed == true, "and is seen to have been used")
    try expect(
        await store.refusal(of: .oauth(.useCode(.sha256(of: [9])))) == "exists code", "an unknown code isn't used")
}

private func checkForgetting(_ store: any Commits & OAuthStore) async throws {
    func code(_ number: UInt8, _ expires: Int64) -> OAuthCode {
        OAuthCode(
            hash: .sha256(of: [50, number]), grant: ClientID("g1"), challenge: CodeChallenge(digest: .sha256(of: [2])),
            nonce: nil, signedIn: nil, expires: Sample.time(expires), isUsed: false)
    }
    func token(_ number: UInt8, _ expires: Int64) -> OAuthToken {
        OAuthToken(
            hash: .sha256(of: [60, number]), kind: .access, grant: ClientID("g1"), expires: Sample.time(expires),
            isUsed: false)
    }
    let (codes, tokens) = ([code(1, 1), code(2, 2), code(3, 3)], [token(1, 1), token(2, 2), token(3, 3)])
    try await store.commit(
        Transaction(changes: codes.map(OAuthChange.addCode) + tokens.map(OAuthChange.addToken)))
    for left in [[2, 3], [3], [3]] {
        try await store.commit(.oauth(.forget(until: Sample.time(2), most: 1)))
        for number in 1...3 {
            let hasCode = try await store.oauthCode(codes[number - 1].hash) != nil
            let hasToken = try await store.oauthToken(tokens[number - 1].hash) != nil
            try expect(
                hasCode == left.contains(number) && hasToken == left.contains(number),
                "what is dead goes, the oldest first, a few at a time")
        }
    }
}

private func checkUnused(_ store: any Commits & OAuthStore) async throws {
    let clients = (1...4).map { Sample.oauthClient("d\($0)", origin: .dynamic, created: Int64($0)) }
    let others = [
        Sample.oauthClient("r", created: 0), Sample.oauthClient("e", in: Sample.other, origin: .dynamic, created: 0),
    ]
    try await store.commit(
        Transaction(
            changes: (clients + others).map(OAuthChange.addClient)
                + [OAuthChange.addGrant(Sample.grant("g", client: "d1", of: "alice", created: 0))]))
    try await store.commit(.oauth(.keepUnused(Sample.acme, most: 2)))
    try expect(
        try await store.oauthClients(in: Sample.acme).map(\.id.raw) == ["r", "d1", "d3", "d4"],
        "the oldest that nobody allowed anything go")
    try expect(try await store.oauthClients(in: Sample.other).count == 1, "those of another organization stay")
}

extension Sample {
    static func oauthClient(
        _ id: String, in organization: OrganizationID = acme, origin: OAuthClientOrigin = .registered,
        secret: UInt8? = nil, isRevoked: Bool = false, created: Int64 = 0
    ) -> OAuthClient {
        OAuthClient(
            id: OAuthClientID(id), organization: organization, origin: origin, name: awkward,
            redirects: ["https://app.example/callback?a=1", "http://127.0.0.1/cb"].compactMap { RedirectURI($0) },
            authentication: secret == nil ? .none : .post, secret: secret.map { .sha256(of: [$0]) },
            ceiling: [.read, .send], isRevoked: isRevoked, created: time(created))
    }

    static func grant(
        _ id: String, client: String, of person: String, in organization: OrganizationID = acme, created: Int64
    ) -> OAuthGrant {
        OAuthGrant(
            id: ClientID(id), organization: organization, person: PersonID(person), client: OAuthClientID(client),
            agent: AgentID("email"), resource: "https://deputy.test/mcp/email", redirect: "http://127.0.0.1:9/cb",
            effects: [.read], isOpenID: true, shown: .sha256(of: [7]), created: time(created))
    }
}

extension Transaction {
    static func oauth(_ changes: OAuthChange...) -> Transaction { Transaction(changes: changes) }
}

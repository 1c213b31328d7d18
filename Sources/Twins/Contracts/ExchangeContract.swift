import Authority
public import Gate
public import Registry
import Wire

/// Checks the promises of `ExchangeStore` and of the changes that go with it, and what tokens say of an exchange.
public func checkExchange(_ makeStore: () async throws -> any Commits & ExchangeStore & OAuthStore) async throws {
    let store = try await makeStore()
    try await checkIssuers(store)
    try await checkExchangedGrants(store)
    try await checkExchangedTokens(store)
}

private func issuer(
    _ name: String, at url: String, in organization: OrganizationID = Sample.acme
) throws -> TokenIssuer {
    let json: JSON = [
        "organization": .string(organization.raw), "name": .string(name), "issuer": .string(url),
        "keys": .string("\(url)/keys"), "subject": "oid", "algorithms": ["ES256", "RS256"],
        "audiences": [["audience": .string(Sample.awkward), "client": "app_1"]], "idJag": true, "once": true,
        "created": .number(JSONNumber(Sample.time(1).microseconds)),
    ]
    guard let issuer = TokenIssuer(json: json) else { throw ContractViolation(promise: "an issuer can't be read") }
    return issuer
}

private func checkIssuers(_ store: any Commits & ExchangeStore) async throws {
    let (one, two) = (try issuer("b", at: "https://b.example/"), try issuer("a", at: "https://a.example"))
    let elsewhere = try issuer("b", at: "https://b.example/", in: Sample.other)
    func transaction(_ changes: ExchangeChange...) -> Transaction { Transaction(changes: changes) }
    try await store.commit(transaction(.addIssuer(one), .addIssuer(two), .addIssuer(elsewhere)))
    try expect(try await store.tokenIssuers(in: Sample.acme) == [two, one], "issuers come by name, as they were")
    try expect(try await store.tokenIssuers(in: Sample.other) == [elsewhere], "and stay in their organization")
    let namesake = try issuer("b", at: "https://c.example")
    try expect(
        await store.refusal(of: transaction(.addIssuer(namesake))) == "exists b", "a name is one issuer's")
    let alias = try issuer("c", at: "https://b.example/")
    try expect(await store.refusal(of: transaction(.addIssuer(alias))) == "exists c", "an issuer is there once")
    try await store.commit(transaction(.addIssuer(try issuer("c", at: "https://b.example"))))
    try await store.commit(transaction(.removeIssuer(Sample.acme, "b")))
    try expect(try await store.tokenIssuers(in: Sample.acme).map(\.name) == ["a", "c"], "a removed issuer is gone")
    try expect(try await store.tokenIssuers(in: Sample.other) == [elsewhere], "in its organization alone")
    try expect(
        await store.refusal(of: transaction(.removeIssuer(Sample.acme, "b"))) == "exists b",
        "what isn't there isn't removed")
}

private func checkExchangedGrants(_ store: any Commits & ExchangeStore) async throws {
    func grant(
        _ id: String, _ subject: String, from issuer: String = "corp", in organization: OrganizationID = Sample.acme
    ) -> ExchangedGrant {
        ExchangedGrant(
            id: ClientID(id), organization: organization, issuer: issuer,
            login: Login(issuer: Sample.issuer, subject: subject))
    }
    let one = grant("x2", Sample.awkward)
    let (two, other) = (grant("x1", Sample.awkward, from: "lab"), grant("x3", "A"))
    let elsewhere = grant("x4", Sample.awkward, in: Sample.other)
    try await store.commit(Transaction(changes: [one, two, other, elsewhere].map(ExchangeChange.addGrant)))
    try expect(
        try await store.exchangedGrants(of: one.login, in: Sample.acme) == [two, one], "grants come of their login")
    try expect(
        try await store.exchangedGrants(of: Login(issuer: Sample.issuer, subject: "a"), in: Sample.acme).isEmpty,
        "a login is compared byte by byte")
    try expect(
        try await store.exchangedGrants(from: "corp", in: Sample.acme) == [one, other], "or of their issuer")
    try expect(
        await store.refusal(of: Transaction(changes: [ExchangeChange.addGrant(one)])) == "exists x2",
        "a grant comes once")
}

private func checkExchangedTokens(_ store: any Commits & OAuthStore) async throws {
    let token = OAuthToken(
        hash: .sha256(of: [7]), kind: .access, grant: ClientID("x1"), expires: Sample.time(600), isUsed: false,
        effects: [.read, .send], actors: ["sub": .string(Sample.awkward), "act": ["client_id": "web"]])
    try await store.commit(Transaction(changes: [OAuthChange.addToken(token)]))
    try expect(try await store.oauthToken(token.hash) == token, "a token keeps what it may do and who acted before")
    try await store.commit(Transaction(changes: [OAuthChange.useToken(token.hash)]))
    try expect(try await store.oauthToken(token.hash) == token.used, "also when it was given back")
}

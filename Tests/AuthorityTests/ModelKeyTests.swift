import Authority
import Testing

/// Whose key a model is asked with.
struct ModelKeyTests {
    private static let anthropic = ProviderID("anthropic")
    private let asking = AgentID("product")

    private func held(
        _ id: String, of owner: Owner, at provider: ProviderID = Self.anthropic, account: String = "one",
        _ health: ConnectionHealth = .healthy
    ) -> ConnectionFacts {
        ConnectionFacts(
            id: ConnectionID(id), provider: provider, owner: owner, host: "https://api.test", account: account,
            scopes: [], health: health)
    }

    private func key(
        _ held: ConnectionFacts..., by owner: ModelKeyOwner = .agent, at base: String? = nil,
        chosen: ChosenAccount? = nil
    ) -> Result<ConnectionID, ModelKeyFault> {
        let key = ModelKey(provider: Self.anthropic, owner: owner)
        let slot = ModelSlot(name: "main", speaks: .anthropic, model: "m", base: base, key: key)
        return modelKey(of: slot, key, for: asking, held: held, chosen: chosen)
    }

    @Test func `it is the asking agent's own, whoever else has one`() {
        #expect(
            key(
                held("b", of: .agent(AgentID("voice"))), held("a", of: .agent(asking)), held("o", of: .organization),
                held("p", of: .person(PersonID("alice")))) == .success(ConnectionID("a")))
    }

    @Test func `nobody else's is used where it has none`() {
        #expect(
            key(
                held("b", of: .agent(AgentID("voice"))), held("o", of: .organization),
                held("p", of: .person(PersonID("alice"))), held("x", of: .agent(asking), at: ProviderID("openai")))
                == .failure(.notConnected))
        #expect(key(held("a", of: .agent(asking)), by: .organization) == .failure(.notConnected))
    }

    @Test func `the organization's is used where the slot names it`() {
        #expect(
            key(held("a", of: .agent(asking)), held("o", of: .organization), by: .organization)
                == .success(ConnectionID("o")))
    }

    @Test func `several and none, broken and revoked are no key`() {
        let own = Owner.agent(asking)
        #expect(key(held("a", of: own), held("b", of: own, account: "two")) == .failure(.several))
        #expect(key(held("a", of: own), held("b", of: own)) == .failure(.several))
        #expect(key(held("a", of: own, .broken)) == .failure(.broken))
        #expect(key(held("a", of: own, .revoked)) == .failure(.notConnected))
        #expect(key(held("a", of: own, .revoked), held("b", of: own)) == .success(ConnectionID("b")))
        // A broken one is still one of several: it hands its place to no other account.
        #expect(key(held("a", of: own, .broken), held("b", of: own, account: "two")) == .failure(.several))
    }

    @Test func `of several the one that was chosen is used, and nothing in its place`() {
        let (own, chosen) = (
            Owner.agent(asking), ChosenAccount(connection: ConnectionID("b"), account: "two")
        )
        #expect(
            key(held("a", of: own), held("b", of: own, account: "two"), chosen: chosen) == .success(ConnectionID("b")))
        #expect(key(held("a", of: own), chosen: chosen) == .failure(.chosenGone))
        #expect(key(held("b", of: own, account: "three"), chosen: chosen) == .failure(.chosenGone))
    }

    @Test(arguments: ["https://api.test.evil.test", "https://api.tes", "http://api.test", "https://other.test"])
    func `a key goes to its own host alone`(base: String) {
        #expect(key(held("a", of: .agent(asking)), at: base) == .failure(.elsewhere("https://api.test")))
    }

    @Test(arguments: ["https://api.test", "https://api.test/proxy"])
    func `a place may be named at the key's own host`(base: String) {
        #expect(key(held("a", of: .agent(asking)), at: base) == .success(ConnectionID("a")))
    }

    @Test func `each place is shown what its own classes let it have`() {
        let labels = Labels(integrity: .ownWords, readers: .organization, classes: [.contacts])
        let local = ModelSlot(name: "local", speaks: .chat, classes: [.contacts, .financial])
        #expect(mayRead(labels, at: local))
        #expect(!mayRead(labels, at: ModelSlot(name: "far", speaks: .anthropic, classes: [.financial])))
        #expect(mayRead(.fresh, at: ModelSlot(name: "far", speaks: .anthropic)))
    }
}

/// What a change of places newly lets out.
struct NewlyAskedTests {
    private let main = ModelSlot(name: "main", speaks: .anthropic, model: "c", base: "https://a.test")
    private let local = ModelSlot(
        name: "local", speaks: .chat, model: "q", base: "http://127.0.0.1:1", classes: [.contacts])

    @Test func `a new place is told with what it is shown`() {
        #expect(
            newlyAsked([main], [main, local]) == [
                "ask `local`, the model `q` at `http://127.0.0.1:1` without a key, and show it what has no class and contacts"
            ])
    }

    @Test func `another order, another name and fewer places let nothing out`() {
        let renamed = ModelSlot(name: "first", speaks: .anthropic, model: "c", base: "https://a.test")
        #expect(newlyAsked([main, local], [local, main]).isEmpty)
        #expect(newlyAsked([main, local], [renamed]).isEmpty)
    }

    @Test func `another class, host, model or key is told`() {
        let more = ModelSlot(
            name: "main", speaks: .anthropic, model: "c", base: "https://a.test", classes: [.financial])
        #expect(
            newlyAsked([main], [more]) == [
                "show financial to `main`, the model `c` at `https://a.test` without a key"
            ])
        let seeing = ModelSlot(
            name: "main", speaks: .anthropic, model: "c", base: "https://a.test", seesPictures: true)
        #expect(
            newlyAsked([main], [seeing]) == [
                "show pictures to `main`, the model `c` at `https://a.test` without a key"
            ])
        #expect(newlyAsked([seeing], [main]).isEmpty)
        #expect(newlyAsked([], [seeing])[0].hasSuffix("show it what has no class and pictures"))
        let key = ModelKey(provider: ProviderID("anthropic"), owner: .organization)
        for other in [
            ModelSlot(name: "main", speaks: .anthropic, model: "c", base: "https://b.test"),
            ModelSlot(name: "main", speaks: .anthropic, model: "d", base: "https://a.test"),
            ModelSlot(name: "main", speaks: .anthropic, model: "c", base: "https://a.test", key: key),
        ] { #expect(newlyAsked([main], [other]).count == 1) }
    }
}

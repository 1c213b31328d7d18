import Authority
import Broker
import Gate
import Registry
import Testing
import Twins
import Wire

@Suite struct LeavingTests {
    private typealias Stage = SharingStage

    @Test(arguments: StoreKind.allCases)
    func `fleet 16: when a person leaves, everything of theirs is dead within one transaction`(kind: StoreKind)
        async throws
    {
        let stage = try await Stage(kind)
        try await stage.group("sales", Stage.bob, Stage.carol)
        _ = try await stage.share(Stage.product, .person(Stage.bob))
        try await stage.connect("con-bob", .person(Stage.bob), "notion", account: "bob@acme.test")
        try await stage.connect("con-bobs-claw", .agent(Stage.secretary), "gmail", account: "bob@acme.test")
        let used = try await stage.use(Stage.product, by: Stage.bob)
        let other = try await stage.use(Stage.onboarding, by: Stage.alice)
        let link = try await stage.browsers.makeLink(for: Stage.bob, by: Stage.operating, in: Stage.acme)
        let second = try await stage.browsers.makeLink(for: Stage.bob, by: Stage.operating, in: Stage.acme)
        let cookie = try await stage.browsers.signIn(with: link, browser: "test").secret
        #expect(try await stage.browsers.signedIn(cookie) != nil)

        let leaving = try await stage.leaving(Stage.bob)
        // Nothing of it has happened yet: it is one commit, or none.
        #expect(try await stage.left(Stage.product, of: Stage.bob, used) == Stage.everything)
        #expect(try await stage.store.connection(ConnectionID("con-bob"))?.health == .healthy)
        let before = try await stage.leaves().count
        let scope = EpochScope.sharing(Stage.acme)
        let epoch = await stage.store.epoch(of: scope)
        try await stage.administration.commit(offboarding: leaving)
        #expect(await stage.store.epoch(of: scope) == epoch + 1)

        #expect(try await stage.left(Stage.product, of: Stage.bob, used).isEmpty)
        for id in ["con-bob", "con-bobs-claw"] {
            let connection = try await stage.store.connection(ConnectionID(id))
            #expect(connection?.health == .revoked && connection?.sealed.isEmpty == true)
        }
        #expect(try await stage.browsers.signedIn(cookie) == nil)
        #expect(try await stage.browsers.person(of: second) == nil)
        #expect(try await stage.administration.group(GroupID("sales"), in: Stage.acme).members == [Stage.carol])
        #expect(try await stage.administration.shares(of: Stage.product, in: Stage.acme).isEmpty)
        #expect(try await stage.administration.agent(Stage.secretary, in: Stage.acme).definition.grants.isEmpty)
        #expect(try await stage.administration.person(Stage.bob, in: Stage.acme).standing == .removed)
        #expect(try await stage.left(Stage.onboarding, of: Stage.alice, other) == Stage.everything)
        #expect(try await stage.store.connection(ConnectionID("con-product"))?.health == .healthy)
        #expect(
            Set(try await stage.changes().dropFirst(before)) == [
                "person.removed", "person.ended", "connection.revoked", "group.member-removed", "agent.unshared",
                "agent.person-left",
            ])
    }

    @Test(arguments: StoreKind.allCases)
    func `fleet 16: what moved meanwhile stops the whole of it`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        let used = try await stage.use(Stage.product, by: Stage.bob)
        let leaving = try await stage.leaving(Stage.bob)
        try await stage.connect("con-late", .person(Stage.bob), "notion", account: "bob@acme.test")
        let crossed = await #expect(throws: RegistryError.self) {
            try await stage.administration.commit(offboarding: leaving)
        }
        #expect(crossed?.isCrossed == true)
        #expect(try await stage.left(Stage.product, of: Stage.bob, used) == Stage.everything)
        #expect(try await stage.administration.person(Stage.bob, in: Stage.acme).standing == .active)
    }

    @Test(arguments: StoreKind.allCases)
    func `an agent that is added while its owner leaves isn't overlooked`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        func add(_ name: String) async throws {
            _ = try await stage.administration.addAgent(
                AgentID(name), owner: Stage.bob, definition: ["actsAs": "claw"], by: Stage.operating, in: Stage.acme)
        }
        let leaving = try await stage.leaving(Stage.bob)
        try await add("late")
        let crossed = await #expect(throws: RegistryError.self) {
            try await stage.administration.commit(offboarding: leaving)
        }
        #expect(crossed?.isCrossed == true)
        await #expect(throws: RegistryError.self) { try await stage.leave(Stage.bob) }
        try await stage.leave(Stage.bob, agentsTo: Stage.carol)
        let refused = await #expect(throws: RegistryError.self) { try await add("later") }
        #expect(refused?.message == "`bob` has left")
    }

    @Test(arguments: StoreKind.allCases)
    func `a suspended person has nothing open, and after resuming starts anew`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        _ = try await stage.share(Stage.product, .person(Stage.bob))
        let used = try await stage.use(Stage.product, by: Stage.bob)
        try await stage.connect("con-bob", .person(Stage.bob), "notion", account: "bob@acme.test")
        _ = try await stage.administration.suspendPerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        #expect(try await stage.left(Stage.product, of: Stage.bob, used).isEmpty)
        await #expect(throws: RegistryError.self) { try await stage.use(Stage.product, by: Stage.bob) }
        await #expect(throws: RegistryError.self) {
            try await stage.browsers.makeLink(for: Stage.bob, by: Stage.operating, in: Stage.acme)
        }
        await #expect(throws: RegistryError.self) {
            try await stage.administration.suspendPerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        }
        _ = try await stage.administration.resumePerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        #expect(try await stage.left(Stage.product, of: Stage.bob, used).isEmpty)
        #expect(try await stage.mayUse(Stage.product, Stage.bob))
        #expect(try await stage.store.connection(ConnectionID("con-bob"))?.health == .healthy)
        #expect(try await stage.use(Stage.product, by: Stage.bob) != used)
    }

    @Test(arguments: StoreKind.allCases)
    func `agents of somebody who leaves need somebody who gets them`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        let refused = await #expect(throws: RegistryError.self) { try await stage.leave(Stage.dana) }
        #expect(refused?.message == "`dana` owns `email`, `onboarding`, `product`, `secretary`")
        #expect(refused?.hint == "say who gets them with `--agents-to PERSON`")
        for heir in [Stage.dana, PersonID("nobody")] {
            await #expect(throws: RegistryError.self) { try await stage.leave(Stage.dana, agentsTo: heir) }
        }
        _ = try await stage.administration.suspendPerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        await #expect(throws: RegistryError.self) { try await stage.leave(Stage.dana, agentsTo: Stage.bob) }
        #expect(try await stage.administration.person(Stage.dana, in: Stage.acme).standing == .active)

        try await stage.leave(Stage.dana, agentsTo: Stage.carol)
        let agents = try await stage.administration.agents(in: Stage.acme)
        #expect(agents.map(\.definition.owner) == [Stage.carol, Stage.carol, Stage.carol, Stage.carol])
        // The delegate acted for nobody else.
        #expect(agents.filter { $0.record.standing == .suspended }.map(\.record.id) == [Stage.secretary])
        let email = agents.first { $0.record.id == Stage.email }
        #expect(email?.definition.users == .only([]))
        // The account was dana's own, and the other isn't.
        #expect(try await stage.store.connection(ConnectionID("con-mail"))?.health == .revoked)
        #expect(try await stage.store.connection(ConnectionID("con-product"))?.health == .healthy)
    }

    @Test(arguments: StoreKind.allCases)
    func `who comes back begins anew`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        try await stage.group("sales", Stage.bob, Stage.carol)
        _ = try await stage.share(Stage.product, .person(Stage.bob))
        try await stage.connect("con-bob", .person(Stage.bob), "notion", account: "bob@acme.test")
        try await stage.administration.setPayloadReader(Stage.bob, true, by: Stage.operating, in: Stage.acme)
        let used = try await stage.use(Stage.product, by: Stage.bob)
        let link = try await stage.browsers.makeLink(for: Stage.bob, by: Stage.operating, in: Stage.acme)
        try await stage.leave(Stage.bob)
        await #expect(throws: RegistryError.self) {
            try await stage.administration.resumePerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        }
        let open = Departure(
            of: Stage.bob, in: Stage.acme, by: "test", at: stage.clock.world.now(), isOpen: true,
            ended: EndedConnections())
        try await stage.store.commit(Transaction(changes: [DepartureChange.keep(open)]))
        func add(email: String?) async throws -> PersonRecord {
            try await stage.administration.addPerson(
                Stage.bob, name: nil, email: email, subjects: [:], by: Stage.operating, in: Stage.acme)
        }
        let early = await #expect(throws: RegistryError.self) { try await add(email: "bob@acme.test") }
        #expect(early?.message == "secrets of `bob` are still being destroyed")
        var closed = open
        closed.isOpen = false
        try await stage.store.commit(Transaction(changes: [DepartureChange.keep(closed)]))
        // An address is said anew: nobody comes back by a command that was meant to add an id.
        await #expect(throws: RegistryError.self) { try await add(email: nil) }

        let back = try await add(email: "bob@acme.test")
        #expect(back.standing == .active && back.subjects.isEmpty)
        #expect(try await stage.changes().last == "person.returned")
        #expect(try await stage.left(Stage.product, of: Stage.bob, used).isEmpty)
        #expect(try await stage.store.connection(ConnectionID("con-bob"))?.health == .revoked)
        #expect(try await stage.browsers.person(of: link) == nil)
        #expect(try await stage.administration.payloadReaders(in: Stage.acme).isEmpty)
        #expect(try await stage.administration.group(GroupID("sales"), in: Stage.acme).members == [Stage.carol])
        #expect(try await !stage.mayUse(Stage.product, Stage.bob))
        #expect(try await stage.store.departure(of: Stage.bob, in: Stage.acme) == nil)
    }

    @Test(arguments: StoreKind.allCases)
    func `a revoked token takes what waits by it along, and the agreement when it was the last`(kind: StoreKind)
        async throws
    {
        let stage = try await Stage(kind)
        let first = try await stage.use(Stage.onboarding, by: Stage.alice)
        let second = try await stage.use(Stage.onboarding, by: Stage.alice)
        try await stage.administration.revokeToken(first, by: Stage.operating, in: Stage.acme)
        #expect(try await stage.left(Stage.onboarding, of: Stage.alice, first) == ["agreement", "session"])
        #expect(try await stage.left(Stage.onboarding, of: Stage.alice, second) == Stage.everything)
        try await stage.administration.revokeToken(second, by: Stage.operating, in: Stage.acme)
        #expect(try await stage.left(Stage.onboarding, of: Stage.alice, second).isEmpty)
    }
}

import Authority
import Broker
import Gate
import Registry
import Testing
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

        let claim = PersonClaim(person: Stage.bob, email: "bob@acme.test", subjects: [:])
        let belongings = try await stage.connections.leaving(claim, in: Stage.acme, by: "test")
        // Nothing of it has happened yet: it is one commit, or none.
        #expect(try await stage.left(Stage.product, of: Stage.bob, used) == Stage.everything)
        #expect(try await stage.store.connection(ConnectionID("con-bob"))?.health == .healthy)
        let before = try await stage.leaves().count
        let scope = EpochScope.sharing(Stage.acme)
        let epoch = await stage.store.epoch(of: scope)
        _ = try await stage.administration.removePerson(
            Stage.bob, taking: belongings, by: Stage.operating, in: Stage.acme)
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
                "agent.grants-ended",
            ])
    }

    @Test(arguments: StoreKind.allCases)
    func `fleet 16: what moved meanwhile stops the whole of it`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        let used = try await stage.use(Stage.product, by: Stage.bob)
        let claim = PersonClaim(person: Stage.bob, email: "bob@acme.test", subjects: [:])
        let belongings = try await stage.connections.leaving(claim, in: Stage.acme, by: "test")
        try await stage.connect("con-late", .person(Stage.bob), "notion", account: "bob@acme.test")
        await #expect(throws: RegistryError.self) {
            try await stage.administration.removePerson(
                Stage.bob, taking: belongings, by: Stage.operating, in: Stage.acme)
        }
        #expect(try await stage.left(Stage.product, of: Stage.bob, used) == Stage.everything)
        #expect(try await stage.administration.person(Stage.bob, in: Stage.acme).standing == .active)
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

    @Test func `who was removed stays removed`() async throws {
        let stage = try await Stage(.memory)
        for again in [false, true] {
            if again {
                await #expect(throws: RegistryError.self) {
                    try await stage.administration.removePerson(
                        Stage.bob, taking: Transaction(), by: Stage.operating, in: Stage.acme)
                }
                await #expect(throws: RegistryError.self) {
                    try await stage.administration.resumePerson(Stage.bob, by: Stage.operating, in: Stage.acme)
                }
            } else {
                _ = try await stage.administration.removePerson(
                    Stage.bob, taking: Transaction(), by: Stage.operating, in: Stage.acme)
            }
        }
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

import Authority
import Registry
import Testing
import Wire

@Suite struct SharingTests {
    private typealias Stage = SharingStage

    @Test(arguments: StoreKind.allCases)
    func `a share with a person, a group or everybody widens use at once, and ends at once`(kind: StoreKind)
        async throws
    {
        let stage = try await Stage(kind)
        try await stage.group("sales", Stage.bob)
        for grantee in [Grantee.person(Stage.bob), .group(GroupID("sales")), .organization] {
            #expect(try await !stage.mayUse(Stage.product, Stage.bob))
            _ = try await stage.share(Stage.product, grantee)
            #expect(try await stage.mayUse(Stage.product, Stage.bob))
            #expect(try await stage.mayUse(Stage.product, Stage.carol) == (grantee == .organization))
            try await stage.unshare(Stage.product, grantee)
            #expect(try await !stage.mayUse(Stage.product, Stage.bob))
        }
        #expect(try await stage.changes().filter { $0 == "agent.shared" }.count == 3)
        #expect(try await stage.changes().filter { $0 == "agent.unshared" }.count == 3)
    }

    @Test(arguments: StoreKind.allCases)
    func `who joins a group gains what is shared with it, who leaves loses it`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        try await stage.group("sales")
        _ = try await stage.share(Stage.product, .group(GroupID("sales")))
        let (by, acme, sales) = (Stage.operating, Stage.acme, GroupID("sales"))
        #expect(try await !stage.mayUse(Stage.product, Stage.bob))
        _ = try await stage.administration.addMember(Stage.bob, to: sales, by: by, in: acme)
        #expect(try await stage.mayUse(Stage.product, Stage.bob))
        _ = try await stage.administration.removeMember(Stage.bob, from: sales, by: by, in: acme)
        #expect(try await !stage.mayUse(Stage.product, Stage.bob))
        _ = try await stage.administration.addMember(Stage.bob, to: sales, by: by, in: acme)
        try await stage.administration.removeGroup(sales, by: by, in: acme)
        #expect(try await !stage.mayUse(Stage.product, Stage.bob))
        #expect(try await stage.administration.shares(of: Stage.product, in: acme).isEmpty)
    }

    @Test(arguments: StoreKind.allCases)
    func `fleet 18: a claw on its creator's own mailbox isn't shared before those who gain reach are acknowledged`(
        kind: StoreKind
    ) async throws {
        let stage = try await Stage(kind)
        try await stage.group("sales", Stage.bob, Stage.carol)
        let before = try await stage.leaves().count
        let error = await #expect(throws: RegistryError.self) {
            try await stage.share(Stage.email, .group(GroupID("sales")))
        }
        #expect(error?.code == .refused)
        #expect(
            error?.message
                == "`email` acts with `dana`'s own account `dana@acme.test` at `gmail`: `bob`, `carol`, whoever joins `group:sales` later would reach what `dana` sees there"
        )
        #expect(error?.hint?.contains("--acknowledge-own-account") == true)
        #expect(try await stage.leaves().count == before)
        #expect(try await !stage.mayUse(Stage.email, Stage.bob))

        let preflight = try await stage.share(Stage.email, .group(GroupID("sales")), acknowledged: true)
        #expect(preflight.warnings.map(\.people) == [[Stage.bob, Stage.carol]])
        #expect(try await stage.mayUse(Stage.email, Stage.bob))
        #expect(try await stage.leaves().last?["acknowledged"]?.arrayValue?.count == 1)
        // Nobody new gains anything by the same share again.
        #expect(try await stage.share(Stage.email, .group(GroupID("sales"))).gains.isEmpty)
    }

    @Test func `fleet 18: a group that is still empty is no way around the acknowledgement`() async throws {
        let stage = try await Stage(.memory)
        try await stage.group("sales")
        let error = await #expect(throws: RegistryError.self) {
            try await stage.share(Stage.email, .group(GroupID("sales")))
        }
        #expect(error?.message.contains("whoever joins `group:sales` later would reach") == true)
        #expect(try await stage.administration.shares(of: Stage.email, in: Stage.acme).isEmpty)
    }

    @Test func `fleet 18: an account that a person connected too, or whose id is theirs, is their own`() async throws {
        for way in 0..<2 {
            let stage = try await Stage(.memory)
            if way == 0 {
                try await stage.connect("con-alice", .person(Stage.alice), "notion", account: "product@acme.test")
            } else {
                _ = try await stage.administration.addPerson(
                    Stage.alice, name: nil, email: nil, subjects: [ProviderID("notion"): "product@acme.test"],
                    by: Stage.operating, in: Stage.acme)
            }
            let error = await #expect(throws: RegistryError.self) {
                try await stage.share(Stage.product, .organization)
            }
            #expect(error?.message.contains("`alice`'s own account") == true)
        }
    }

    @Test func `a share says who gains which reach through whose account`() async throws {
        let stage = try await Stage(.memory)
        try await stage.group("sales", Stage.bob, Stage.carol)
        #expect(
            try await stage.share(Stage.product, .group(GroupID("sales"))).sentences == [
                "`bob`, `carol` could use `notion.search`, `notion.write` through the account `product@acme.test` of "
                    + "`product` at `notion`",
                "`bob`, `carol` could use `notion.write` through the account `product@acme.test` of `product` at "
                    + "`notion`, once `dana` agrees",
            ])
        let own = try await stage.share(Stage.onboarding, .person(Stage.bob))
        #expect(own.warnings.isEmpty)
        #expect(own.sentences.first?.contains("each through their own account at `notion`") == true)
        #expect(own.gains.first?.reach.allSatisfy { $0.owner == .person(Stage.bob) } == true)
    }

    @Test(arguments: StoreKind.allCases)
    func `taking a share back ends what stood on it, and nothing else`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        try await stage.group("sales", Stage.bob, Stage.carol)
        _ = try await stage.share(Stage.product, .group(GroupID("sales")))
        _ = try await stage.share(Stage.product, .person(Stage.carol))
        let bob = try await stage.use(Stage.product, by: Stage.bob)
        let elsewhere = try await stage.use(Stage.onboarding, by: Stage.bob)
        let carol = try await stage.use(Stage.product, by: Stage.carol)
        let listed = try await stage.use(Stage.onboarding, by: Stage.alice)
        try await stage.unshare(Stage.product, .group(GroupID("sales")))
        #expect(try await stage.left(Stage.product, of: Stage.bob, bob).isEmpty)
        #expect(try await stage.left(Stage.onboarding, of: Stage.bob, elsewhere) == Stage.everything)
        #expect(try await stage.left(Stage.product, of: Stage.carol, carol) == Stage.everything)
        #expect(try await stage.left(Stage.onboarding, of: Stage.alice, listed) == Stage.everything)
        let ended = try await stage.leaves().filter { $0["change"]?.stringValue == "use.ended" }
        #expect(ended.map { $0["person"]?.stringValue } == ["bob"])
        #expect(ended.first?["tokens"]?.arrayValue?.first?.stringValue == bob.raw)
    }

    @Test func `whoever the definition names loses nothing when a share is taken back`() async throws {
        let stage = try await Stage(.memory)
        _ = try await stage.share(Stage.onboarding, .person(Stage.alice))
        let client = try await stage.use(Stage.onboarding, by: Stage.alice)
        try await stage.unshare(Stage.onboarding, .person(Stage.alice))
        #expect(try await stage.left(Stage.onboarding, of: Stage.alice, client) == Stage.everything)
    }

    @Test(arguments: StoreKind.allCases)
    func `changes of groups and shares at once never leave anybody with stale facts`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        let (by, acme, sales) = (Stage.operating, Stage.acme, GroupID("sales"))
        try await stage.group("sales", Stage.bob)
        for _ in 0..<5 {
            await withTaskGroup(of: Void.self) { group in
                for person in [Stage.alice, Stage.bob, Stage.carol] {
                    group.addTask { _ = try? await stage.administration.addMember(person, to: sales, by: by, in: acme) }
                    group.addTask { _ = try? await stage.mayUse(Stage.product, person) }
                    group.addTask {
                        _ = try? await stage.administration.removeMember(person, from: sales, by: by, in: acme)
                    }
                }
                group.addTask { _ = try? await stage.share(Stage.product, .group(sales)) }
                group.addTask { try? await stage.unshare(Stage.product, .group(sales)) }
            }
            let sharing = try await stage.store.sharing(in: acme)
            for person in [Stage.alice, Stage.bob, Stage.carol] {
                let stored = sharing.rights(of: person, on: Stage.product).contains(.use)
                #expect(try await stage.mayUse(Stage.product, person) == stored)
            }
        }
    }

    @Test func `what isn't there is told with a suggestion`() async throws {
        let stage = try await Stage(.memory)
        try await stage.group("sales", Stage.bob)
        let error = await #expect(throws: RegistryError.self) {
            try await stage.share(Stage.product, .group(GroupID("sale")))
        }
        #expect(error?.code == .unknown && error?.hint?.contains("sales") == true)
        await #expect(throws: RegistryError.self) { try await stage.share(Stage.product, .person(PersonID("bo"))) }
        await #expect(throws: RegistryError.self) { try await stage.share(Stage.product, .organization, []) }
        await #expect(throws: RegistryError.self) { try await stage.unshare(Stage.product, .organization) }
        await #expect(throws: RegistryError.self) { try await stage.group("sales") }
        await #expect(throws: RegistryError.self) { try await stage.group("Sales!") }
    }
}

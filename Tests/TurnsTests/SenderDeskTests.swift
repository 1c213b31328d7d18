import Authority
import Gate
import Synchronization
import Testing
import Turns
import Twins
import Wire

struct SenderDeskTests {
    private final class People: SenderPeople {
        let addresses = Mutex<[String: [PersonID]]>([:])
        let standings = Mutex<[PersonID: Standing]>([
            PersonID("alice"): .active, PersonID("bob"): .active, PersonID("sue"): .suspended,
            PersonID("roy"): .removed,
        ])

        func standing(of person: PersonID, in organization: OrganizationID) -> Standing? {
            standings.withLock { $0[person] }
        }

        func people(at address: String, in organization: OrganizationID) -> [PersonID] {
            addresses.withLock { $0[address] ?? [] }.filter { standing(of: $0, in: organization) == .active }
        }

        func set(_ standing: Standing, of person: String) { standings.withLock { $0[PersonID(person)] = standing } }
    }

    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let people = People()
    private let acme = OrganizationID("acme")
    private let alice = PersonID("alice")
    private let bob = PersonID("bob")
    private let sender = SenderID("slack:T1/U7")
    private let known = SenderStanding(proof: .platform)
    private let desk: SenderDesk

    init() {
        desk = SenderDesk(
            store: store, commits: store, people: people, bots: { _ in [SenderID("slack:T1/B1")] }, world: clock.world)
    }

    private func person(_ standing: SenderStanding? = nil) async throws -> PersonID? {
        try await desk.person(of: .external(sender, standing ?? known), in: acme)?.person
    }

    private func offer() async throws -> String {
        try #require(try await desk.offer(to: sender, known, in: acme))
    }

    private func take(_ secret: String, as person: PersonID, shown: SenderID? = nil) async -> TurnsError? {
        do throws(TurnsError) {
            try await desk.take(secret, as: person, shown: shown ?? sender, in: acme)
            return nil
        } catch {
            return error
        }
    }

    private func leaves() async throws -> [JSON] {
        try await store.records(of: .organization(acme), from: 0, limit: 100).map { try JSON.parse($0.bytes) }
    }

    @Test func `a sender is whoever opened its link, from the next message on`() async throws {
        #expect(try await person() == nil)
        let secret = try await offer()
        #expect(try await person() == nil, "a link alone says nothing")
        let offered = try await desk.offered(secret, in: acme)
        #expect(offered.sender == sender && offered.now == nil)
        let before = store.epoch(of: .person(acme, alice))
        #expect(await take(secret, as: alice) == nil)
        let found = try #require(try await desk.person(of: .external(sender, known), in: acme))
        #expect(found.person == alice)
        #expect(found.epoch == EpochReading(scope: .person(acme, alice), value: before + 1))
        let leaf = try #require(try await leaves().last)
        #expect(leaf["change"] == "sender.linked" && leaf["proof"] == "link" && leaf["by"] == "person:alice")
        #expect(!leaf.text.contains(secret))
    }

    @Test func `a link works once, for ten minutes, and not beside another one`() async throws {
        let first = try await offer()
        clock.advance(seconds: 61)
        let second = try await offer()
        #expect(await take(first, as: alice)?.code == .unknown, "another one took its place")
        clock.advance(seconds: 599)
        #expect(await take(second, as: alice) == nil)
        #expect(await take(second, as: bob)?.code == .unknown)
        #expect(try await person() == alice)
        let late = try await offer()
        clock.advance(seconds: 600)
        #expect(await take(late, as: bob)?.code == .unknown)
        await #expect(throws: TurnsError.self) { try await desk.offered(late, in: acme) }
        #expect(try await person() == alice)
    }

    @Test func `a link belongs to its organization and to the sender that was shown`() async throws {
        let secret = try await offer()
        #expect(await take(secret, as: alice, shown: SenderID("slack:T1/U8"))?.code == .unknown)
        await #expect(throws: TurnsError.self) {
            try await desk.take(secret, as: alice, shown: sender, in: OrganizationID("other"))
        }
        #expect(await take(secret + "x", as: alice)?.code == .unknown)
        #expect(await take(secret, as: alice) == nil)
    }

    @Test func `a sender is sent one link a minute, and a bot or a forged name none`() async throws {
        _ = try await offer()
        #expect(try await desk.offer(to: sender, known, in: acme) == nil)
        clock.advance(seconds: 60)
        _ = try await offer()
        for standing in [
            SenderStanding(proof: .platform, isBot: true), SenderStanding(proof: .none),
            SenderStanding(proof: .none, isForeign: true),
        ] {
            #expect(try await desk.offer(to: SenderID("slack:T1/U9"), standing, in: acme) == nil)
        }
        #expect(
            try await desk.offer(
                to: SenderID("slack:T2/U9"), SenderStanding(proof: .platform, isForeign: true), in: acme)
                != nil, "somebody of another workspace may show who they are")
    }

    @Test func `a bot is nobody, and so is who anybody could have written as`() async throws {
        try await desk.assert(sender, is: alice, by: "test", in: acme)
        #expect(try await person() == alice)
        #expect(try await person(SenderStanding(proof: .platform, isForeign: true)) == alice)
        #expect(try await person(SenderStanding(proof: .aligned)) == alice)
        #expect(try await person(SenderStanding(proof: .platform, isBot: true)) == nil)
        #expect(try await person(SenderStanding(proof: .none)) == nil)
        #expect(try await desk.person(of: .external(SenderID("slack:T1/u7"), known), in: acme) == nil)
        #expect(try await desk.person(of: .external(sender, known), in: OrganizationID("other")) == nil)
    }

    @Test func `an administrator's word is recorded as theirs`() async throws {
        try await desk.assert(sender, is: alice, by: "operator:7", in: acme)
        let leaf = try #require(try await leaves().last)
        #expect(leaf["proof"] == "assertion" && leaf["by"] == "operator:7" && leaf["sender"] == "slack:T1/U7")
        #expect(try await desk.links(in: acme).map(\.proof) == [.assertion])
        for (wrong, who) in [
            ("slack:T1/B1", "alice"), ("slack:", "alice"), ("T1/U7", "alice"), ("web:x", "alice"), ("pager:x", "alice"),
            ("mail:a b", "alice"), ("mail:Alice@acme.test", "alice"), ("slack:T1/U8", "zed"), ("slack:T1/U8", "sue"),
            ("slack:T1/U8", "roy"),
        ] {
            await #expect(throws: TurnsError.self, "\(wrong) \(who)") {
                try await desk.assert(SenderID(wrong), is: PersonID(who), by: "test", in: acme)
            }
        }
        #expect(try await desk.links(in: acme).count == 1)
    }

    @Test func `nobody's word makes a person of a name that anybody can write`() async throws {
        await #expect(throws: TurnsError.self) {
            try await desk.assert(.unproven("alice@acme.test"), is: alice, by: "user:0", in: acme)
        }
        try await desk.assert(SenderID("mail:alice@acme.test"), is: alice, by: "user:0", in: acme)
        #expect(try await desk.links(in: acme).map(\.sender) == [SenderID("mail:alice@acme.test")])
    }

    @Test func `when a sender becomes another's, what was its first one's ends in the same commit`() async throws {
        try await desk.assert(sender, is: alice, by: "test", in: acme)
        let before = (store.epoch(of: .person(acme, alice)), store.epoch(of: .person(acme, bob)))
        let count = store.commits
        #expect(await take(try await offer(), as: bob) == nil)
        #expect(store.commits == count + 2, "one for the link that was sent, one for all of the change")
        #expect(try await person() == bob)
        #expect(store.epoch(of: .person(acme, alice)) == before.0 + 1)
        #expect(store.epoch(of: .person(acme, bob)) == before.1 + 1)
        #expect(try await leaves().last?["before"] == "alice")
    }

    @Test func `an unlinked sender is nobody, and only its own person unlinks it on their page`() async throws {
        try await desk.assert(sender, is: alice, by: "test", in: acme)
        await #expect(throws: TurnsError.self) { try await desk.unlink(sender, of: bob, by: "person:bob", in: acme) }
        #expect(try await person() == alice)
        let before = store.epoch(of: .person(acme, alice))
        try await desk.unlink(sender, of: alice, by: "person:alice", in: acme)
        #expect(try await person() == nil)
        #expect(store.epoch(of: .person(acme, alice)) == before + 1)
        await #expect(throws: TurnsError.self) { try await desk.unlink(sender, by: "test", in: acme) }
    }

    @Test(arguments: [Standing.suspended, .removed])
    func `who left is nobody at once, and nobody becomes them`(standing: Standing) async throws {
        let secret = try await offer()
        people.set(standing, of: "alice")
        #expect(await take(secret, as: alice)?.code == .refused)
        people.set(.active, of: "alice")
        #expect(await take(secret, as: alice) == nil, "a refusal uses nothing up")
        people.set(standing, of: "alice")
        #expect(try await person() == nil)
        #expect(try await desk.person(of: .person(alice), in: acme) == nil)
        #expect(try await desk.person(of: .person(bob), in: acme)?.person == bob)
    }

    @Test func `of many who take one link at once one is the sender`() async throws {
        let secret = try await offer()
        let taken = await withTaskGroup(of: PersonID?.self) { group in
            for person in [alice, bob, alice, bob, alice, bob] {
                group.addTask { await self.take(secret, as: person) == nil ? person : nil }
            }
            return await group.reduce(into: [PersonID]()) { if let person = $1 { $0.append(person) } }
        }
        #expect(taken.count == 1)
        #expect(try await person() == taken.first)
    }

    private func entry(
        _ address: String?, _ standing: SenderStanding? = nil, isDeactivated: Bool = false
    ) -> DirectoryEntry {
        DirectoryEntry(sender: sender, standing: standing ?? known, isDeactivated: isDeactivated, address: address)
    }

    private var account: ChannelAccountID { ChannelAccountID(organization: acme, kind: .slack, name: "help") }

    @Test func `a colleague is who the workspace's own directory confirms, and the record says so`() async throws {
        people.addresses.withLock { $0["alice@acme.test"] = [alice] }
        #expect(try await desk.match(entry("alice@acme.test"), through: account)?.person == alice)
        #expect(try await person() == alice)
        let leaf = try #require(try await leaves().last)
        #expect(leaf["proof"] == "directory" && leaf["by"] == "channel:slack/help" && leaf["person"] == "alice")
    }

    @Test(
        arguments: [
            SenderStanding(proof: .platform, isForeign: true), SenderStanding(proof: .platform, isBot: true),
            SenderStanding(proof: .none),
        ])
    func `guests, others' people, bots and names that anybody could write are matched with nobody`(
        _ standing: SenderStanding
    ) async throws {
        people.addresses.withLock { $0["alice@acme.test"] = [alice] }
        #expect(try await desk.match(entry("alice@acme.test", standing), through: account) == nil)
        #expect(try await desk.match(entry("alice@acme.test", isDeactivated: true), through: account) == nil)
        #expect(try await desk.match(entry(nil), through: account) == nil)
        #expect(try await person() == nil)
    }

    @Test func `an address of nobody, of two people or of who isn't active makes nobody of a sender`() async throws {
        people.addresses.withLock {
            $0["team@acme.test"] = [alice, bob]
            $0["roy@acme.test"] = [PersonID("roy")]
        }
        for address in ["team@acme.test", "roy@acme.test", "pat@stranger.example"] {
            #expect(try await desk.match(entry(address), through: account) == nil)
        }
    }

    @Test func `who was unlinked is matched again by nobody's directory and by no mere sign-in, but by a claim`()
        async throws
    {
        people.addresses.withLock { $0["alice@acme.test"] = [alice] }
        _ = try await desk.match(entry("alice@acme.test"), through: account)
        try await desk.unlink(sender, of: alice, by: "person:alice", in: acme)
        #expect(try await desk.match(entry("alice@acme.test"), through: account) == nil)
        try await desk.vouch(for: [sender], being: alice, in: acme)
        #expect(try await person() == nil)
        try await desk.claim([sender], as: alice, in: acme)
        #expect(try await person() == alice)
    }

    @Test func `signing in at the platform links who nobody is, and takes nobody's sender away`() async throws {
        try await desk.vouch(for: [sender], being: bob, in: acme)
        #expect(try await person() == bob)
        #expect(try await leaves().last?["proof"] == "sign-in")
        try await desk.vouch(for: [sender], being: alice, in: acme)
        #expect(try await person() == bob)
    }
}

import Authority
public import Gate
public import Turns
import Wire

/// Checks the promises of `SenderStore` and of the changes that go with it.
public func checkSenders(_ makeStore: () async throws -> any Commits & SenderStore) async throws {
    let store = try await makeStore()
    let (acme, one, two) = (Sample.acme, SenderID("slack:T1/U1"), SenderID(Sample.awkward))
    func link(_ sender: SenderID, _ person: String, in organization: OrganizationID = Sample.acme) -> SenderLink {
        SenderLink(
            organization: organization, sender: sender, person: PersonID(person), proof: .assertion, by: Sample.awkward,
            at: Sample.time(1))
    }
    func offer(_ sender: SenderID, _ hash: UInt8, until: Int64, in organization: OrganizationID = Sample.acme)
        -> SenderOffer
    {
        SenderOffer(
            organization: organization, sender: sender, hash: .sha256(of: [hash]), made: Sample.time(0),
            expires: Sample.time(until))
    }
    func run(_ changes: SenderChange...) async throws { try await store.commit(Transaction(changes: changes)) }
    func refusal(_ changes: SenderChange...) async -> String? {
        await store.refusal(of: Transaction(changes: changes))?.split(separator: " ").first.map(String.init)
    }
    let elsewhere = link(one, "carol", in: Sample.other)
    try await run(.link(link(one, "alice")), .link(link(two, "bob")), .link(elsewhere))
    try expect(try await store.senderLink(one, in: acme) == link(one, "alice"), "a link comes back as it was")
    try expect(try await store.senderLink(one, in: Sample.other) == elsewhere, "and is another's elsewhere")
    try expect(
        try await store.senderLinks(in: acme).map(\.sender) == [one, two].sorted(), "links come by sender")
    try expect(await refusal(.link(link(one, "bob"))) == "exists", "a sender is one person's")
    try await run(.unlink(acme, two, PersonID("bob")))
    try expect(try await store.isSevered(two, in: acme), "a sender that was unlinked is severed")
    try expect(try await store.isSevered(two, in: Sample.other) == false, "and not elsewhere")
    try await run(.link(link(two, "bob")))
    try expect(try await store.isSevered(two, in: acme) == false, "until it is linked again")
    try await run(.unlink(acme, one, PersonID("alice")), .link(link(one, "bob")))
    try expect(try await store.isSevered(one, in: acme) == false, "also where another has it in the same commit")
    try expect(
        try await store.senderLink(one, in: acme)?.person == PersonID("bob"), "and becomes another's in one commit")
    try expect(await refusal(.unlink(acme, one, PersonID("alice"))) == "exists", "who it isn't any more ends nothing")
    let races = (0..<20).map { number in
        Transaction(changes: [SenderChange.link(link(SenderID("mail:new@x"), "p\(number)"))])
    }
    try expect(await store.race(races) == 1, "of many who claim a sender one gets it")
    try await run(.unlinkAll(acme, PersonID("bob")))
    try expect(try await store.senderLinks(in: acme).count == 1, "all of one person go at once")
    try expect(try await store.senderLink(one, in: Sample.other) == elsewhere, "and those elsewhere stay")

    try await run(.offer(offer(one, 1, until: 10)), .offer(offer(one, 2, until: 20, in: Sample.other)))
    try await run(.offer(offer(two, 3, until: 5)))
    try expect(
        try await store.senderOffer(.sha256(of: [1])) == offer(one, 1, until: 10), "an offer comes back as it was")
    try expect(try await store.senderOffer(to: two, in: acme) == offer(two, 3, until: 5), "also by its sender")
    try await run(.offer(offer(one, 4, until: 30)))
    try expect(try await store.senderOffer(.sha256(of: [1])) == nil, "another one to the same sender takes its place")
    try expect(try await store.senderOffer(.sha256(of: [2])) != nil, "and not that of one elsewhere")
    try expect(await refusal(.take(.sha256(of: [1]))) == "exists", "what was replaced isn't taken")
    try expect(
        await store.race((0..<20).map { _ in Transaction(changes: [SenderChange.take(.sha256(of: [4]))]) }) == 1,
        "an offer is taken once")
    try await run(.offer(offer(one, 5, until: 30)), .link(link(one, "alice")))
    try expect(try await store.senderOffer(.sha256(of: [5])) == nil, "who is linked has nothing open")
    try await run(.forget(before: Sample.time(6)))
    try expect(try await store.senderOffer(to: two, in: acme) == nil, "what expired is forgotten")
    try expect(try await store.senderOffer(to: one, in: Sample.other) != nil, "and nothing else")
}

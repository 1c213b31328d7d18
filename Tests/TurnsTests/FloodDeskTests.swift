import Authority
import Gate
import Logging
import Testing
import Twins
import Wire

@testable import Turns

/// Whoever writes more than is taken is told, once.
struct FloodDeskTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let senders = NamedSenders()
    private let account = ChannelAccountID(organization: OrganizationID("acme"), kind: .slack, name: "main")

    private func desk() -> FloodDesk {
        FloodDesk(
            accounts: store, senders: senders, commits: store,
            payloads: PayloadKeeper(sealing: OpenSealing(), store: store), world: clock.world, bell: Bell(),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func open(bots: Set<SenderID> = [], isPaused: Bool = false) async throws {
        let account = ChannelAccount(
            id: account, connection: ConnectionID("c1"), bots: bots, isPaused: isPaused)
        try await store.commit(
            Transaction(changes: [
                ChannelChange.add(ChannelAccountRecord(account: account, sealed: [], created: clock.world.now()))
            ]))
    }

    private func message(
        by name: String = "alice", in place: String = "D1", isBot: Bool = false, isAddressed: Bool = true
    ) -> InboundMessage {
        InboundMessage(
            account: account, event: clock.world.newID("event"),
            place: Place(peer: Place.Peer(kind: .direct, id: place)),
            sender: .external(SenderID("slack:T1/\(name)"), SenderStanding(proof: .platform, isBot: isBot)), text: "hi",
            sent: clock.world.now(), isAddressed: isAddressed, reply: ["channel": .string(place)])
    }

    private func said() async throws -> [OutboxEntry] {
        try await store.claimOutbox(at: clock.world.now(), limit: 99, each: 99)
    }

    @Test func `they are told alone, once within an hour, by whichever gateway and wherever they write`() async throws {
        try await open()
        let (first, second) = (desk(), desk())
        await first.tell(message(), .dropped)
        await first.tell(message(in: "D2"), .dropped)
        await second.tell(message(in: "D3"), .refused)
        let told = try await said()
        #expect(told.map(\.told) == ["slack:T1/alice"])
        clock.advance(seconds: FloodDesk.pause - 1)
        await first.tell(message(in: "D4"), .dropped)
        #expect(try await said().count == 1)
        clock.advance(seconds: 1)
        await second.tell(message(in: "D5"), .dropped)
        #expect(try await said().count == 2)
        await first.tell(message(by: "bob", in: "D6"), .dropped)
        #expect(try await said().count == 3, "others of their own")
    }

    @Test func `bots, senders whom nobody knows and what isn't for the agent are told nothing`() async throws {
        try await open(bots: [SenderID("slack:T1/helper")])
        senders.unlink(SenderID("slack:T1/eve"))
        let desk = desk()
        await desk.tell(message(isBot: true), .dropped)
        await desk.tell(message(by: "helper"), .dropped)
        await desk.tell(message(by: "eve"), .dropped)
        await desk.tell(message(isAddressed: false), .dropped)
        #expect(try await said().isEmpty)
        await desk.tell(message(), .dropped)
        #expect(try await said().count == 1, "planted: the same otherwise is told")
    }

    @Test func `through an account that is paused or gone nothing is said`() async throws {
        await desk().tell(message(), .dropped)
        try await open(isPaused: true)
        await desk().tell(message(), .dropped)
        #expect(try await said().isEmpty)
    }

    @Test func `where it can't be stored they are told with the next one`() async throws {
        try await open()
        let desk = desk()
        store.fail(with: "full")
        await desk.tell(message(), .dropped)
        store.fail(with: nil)
        #expect(try await said().isEmpty)
        await desk.tell(message(), .dropped)
        #expect(try await said().count == 1)
    }
}

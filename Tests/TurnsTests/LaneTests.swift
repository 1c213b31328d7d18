import Authority
import Gate
import Logging
import Testing
import Twins
import Wire

@testable import Turns

/// What is slow holds up itself alone.
struct LaneTests {
    /// Until it is so. Another task is at it.
    private static func until(_ isSo: () async throws -> Bool) async throws {
        while !(try await isSo()) { await Task.yield() }
    }

    @Test func `a directory that is slow holds up whoever it is asked about`() async throws {
        let talk = try Talk()
        talk.reception.hold("slack:T1/alice")
        try await talk.write("hi")
        try await talk.write("hi", as: Stage.bob)
        let turns = talk.gateway().turns
        await turns.sweep()
        try await Self.until {
            try await !talk.stage.store.turns(of: Stage.bob, in: Stage.organization, limit: 1).isEmpty
        }
        await turns.sweep()
        await turns.running.wait()
        #expect(
            try await talk.stage.store.turns(of: Stage.bob, in: Stage.organization, limit: 1).map(\.state)
                == [.ended(.answered)])
        #expect(try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).isEmpty)
        talk.reception.letGo("slack:T1/alice")
        try await turns.settle()
        #expect(
            try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).map(\.state)
                == [.ended(.answered)])
    }

    @Test func `whoever floods an account takes nobody else's room, and can stop`() async throws {
        let talk = try Talk()
        func write(_ text: String, by person: String) async throws -> InboxDesk.Bounded {
            try await talk.desk.take(
                InboundMessage(
                    account: Talk.account, event: talk.stage.clock.world.newID("event"),
                    place: Place(peer: Place.Peer(kind: .direct, id: person)),
                    sender: .external(SenderID("slack:T1/\(person)"), SenderStanding(proof: .platform)), text: text,
                    sent: talk.stage.clock.world.now(), isAddressed: true, reply: [:]),
                within: InboxBounds(ofAccount: 5, ofWriter: 3))
        }
        func isNew(_ taken: InboxDesk.Bounded) -> Bool {
            switch taken {
            case .taken(.new): true
            case .taken(.repeated), .flooded, .full: false
            }
        }
        for _ in 0..<3 { #expect(isNew(try await write("hi", by: "eve"))) }
        #expect(try await write("hi", by: "eve") == .flooded)
        #expect(isNew(try await write("stop", by: "eve")))
        #expect(isNew(try await write("hi", by: "bob")))
        #expect(try await write("hi", by: "carol") == .full, "the channel tells it again")
        for _ in 0..<19 { #expect(isNew(try await write("stop", by: "eve"))) }
        #expect(try await write("stop", by: "eve") == .flooded, "and no more than somebody may mean")
        let gateway = talk.gateway()
        try await talk.settle(gateway)
        #expect(isNew(try await write("hi", by: "carol")))
        #expect(isNew(try await write("hi", by: "eve")))
    }

    @Test func `a stop gets through however many messages wait for a directory`() async throws {
        let talk = try Talk()
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        try await talk.write("tell bob")
        try await talk.settle()
        talk.reception.hold("slack:T1/eve")
        for number in 0..<40 { try await talk.write("hi", as: PersonID("eve"), thread: "\(number)") }
        try await talk.write("stop")
        let turns = talk.gateway().turns
        await turns.sweep()
        try await Self.until {
            try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).map(\.state)
                == [.ended(.stopped)]
        }
        talk.reception.letGo("slack:T1/eve")
        try await turns.settle()
    }

    @Test func `an account whose channel is slow holds up its own answers`() async throws {
        let talk = try Talk()
        let slow = ChannelAccountID(organization: Stage.organization, kind: .slack, name: "slow")
        for number in 0..<80 { try await talk.write("hi", thread: "\(number)", account: slow) }
        try await talk.write("hi", as: Stage.bob)
        let gateway = talk.gateway()
        try await gateway.turns.settle()
        talk.delivery.door.close("slow")
        let sending = Task { await gateway.outbox.run() }
        try await Self.until { talk.said.count == 1 }
        #expect(talk.said.map(\.account) == [Talk.account])
        talk.delivery.door.open("slow")
        try await Self.until { talk.said.count == 81 }
        sending.cancel()
        await sending.value
    }

    @Test func `one agent's turns leave room for another's`() {
        let lanes = Lanes<Int, String>(most: 4, each: 3)
        let door = Door()
        door.close("x")
        for job in 0..<6 { lanes.start(job, in: "slow") { await door.pass("x") } }
        #expect(lanes.jobs == [0, 1, 2])
        lanes.start(7, in: "other") { await door.pass("x") }
        lanes.start(8, in: "third") { await door.pass("x") }
        #expect(lanes.jobs == [0, 1, 2, 7])
        door.open("x")
    }
}

import Authority
import Gate
import Logging
import Testing
import Twins
import Wire

@testable import Turns

/// What starts nothing isn't kept.
struct ForgettingTests {
    @Test func `of a message that starts nothing its id stays, and its words don't`() async throws {
        let talk = try Talk()
        talk.reception.ignore("slack:T1/eve")
        try await talk.write("canary", as: PersonID("eve"), event: "Ev1")
        try await talk.settle()
        let entry = try #require(try await talk.stage.store.inboxEntry(event: "Ev1", of: Talk.account))
        #expect(entry.state == .ignored && entry.reason == "nobody asked")
        #expect(try await talk.stage.store.payload(entry.payload) == nil)
        try await talk.write("canary", as: PersonID("eve"), event: "Ev1")
        #expect(try await talk.stage.store.inboxEntry(event: "Ev1", of: Talk.account) == entry)
    }

    @Test func `old events go, and turns keep what was said in them`() async throws {
        let talk = try Talk()
        talk.reception.ignore("slack:T1/eve")
        try await talk.write("canary", as: PersonID("eve"), event: "Ev1")
        try await talk.write("hi", event: "Ev2")
        try await talk.settle()
        let pruner = InboxPruner(
            store: talk.stage.store, world: talk.stage.clock.world,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        talk.stage.clock.advance(seconds: InboxPruner.kept - 60)
        await pruner.sweep()
        #expect(try await talk.stage.store.inboxEntry(event: "Ev1", of: Talk.account) != nil)
        talk.stage.clock.advance(seconds: 120)
        await pruner.sweep()
        #expect(try await talk.stage.store.inboxEntry(event: "Ev1", of: Talk.account) == nil)
        #expect(try await talk.stage.store.inboxEntry(event: "Ev2", of: Talk.account) != nil)
        let turn = try #require(
            try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).first)
        let said = try await talk.stage.store.outbox(of: turn.id)
        #expect(said.count == 1)
        for entry in said { #expect(try await talk.payloads.open(entry.payload) != nil) }
    }
}

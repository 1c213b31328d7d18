import Authority
import Gate
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

/// Several gateways of one store, of which each runs turns and sends answers.
struct GatewaysTests {
    private let talk: Talk
    private let stores: [MemoryStore]
    private let gateways: [(turns: TurnRunner, outbox: OutboxRunner)]

    init() throws {
        let talk = try Talk()
        self.talk = talk
        stores = (0..<3).map { _ in MemoryStore(sharing: talk.stage.store) }
        gateways = stores.map { talk.gateway(on: $0) }
    }

    /// Everything that can be done by all of them at once.
    private func settleAll() async throws {
        for _ in 0..<5 {
            await withTaskGroup(of: Void.self) { group in
                for gateway in gateways {
                    group.addTask {
                        for _ in 0..<20 {
                            await gateway.turns.step()
                            await gateway.outbox.sweep()
                        }
                    }
                }
            }
        }
    }

    private func turn() async throws -> Turn {
        try #require(try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).first)
    }

    @Test
    func `what was taken is looked at again before it is run: it may have ended, parked or been put off meanwhile`()
        async throws
    {
        let first = gateways[0].turns
        try await talk.write("hello")
        for _ in 0..<3 { await first.step() }
        let ended = try await turn()
        #expect(ended.state == .ended(.answered))
        let asked = talk.model.requests.count
        // A claim that was read before the turn ended.
        await first.carryOnNow(ended.id)
        #expect(talk.model.requests.count == asked)
        #expect(try await turn() == ended)

        talk.model.play { _ throws(ModelFailure) in throw .later(after: 30, "busy") }
        talk.stage.clock.advance(seconds: 1)
        try await talk.write("again")
        for _ in 0..<3 { await first.step() }
        let later = try await turn()
        #expect(later.state == .ready && later.notBefore != nil)
        await first.carryOnNow(later.id)
        #expect(try await turn() == later, "it isn't its time yet")
        talk.stage.clock.advance(seconds: 31)
        await first.carryOnNow(later.id)
        #expect(try await turn().steps == later.steps + 1)
    }

    @Test func `a turn that ends while it is taken once more isn't begun again`() async throws {
        let (talk, store, turns) = (talk, stores[0], gateways[0].turns)
        let door = Door()
        door.close("model")
        talk.model.meanwhile { await door.pass("model") }
        try await talk.write("hello")
        await turns.sweep()
        await turns.admitting.wait()
        await turns.sweep()
        while talk.model.requests.isEmpty { await Task.yield() }
        let running = try await turn()
        #expect(running.state == .ready)
        let taken = Mutex<[TurnID]>([])
        store.whenTaken { found in
            taken.withLock { $0 += found }
            door.open("model")
            // It answers and ends, and this process is at nothing any more, before it hears what it took.
            await turns.running.wait()
        }
        await turns.sweep()
        await turns.running.wait()
        #expect(taken.withLock { $0 } == [running.id], "its own is taken again for as long as it runs")
        #expect(try await turn().state == .ended(.answered))
        #expect(talk.reception.timesAsked == 2, "once for the question, and once for the reply")
        #expect(talk.model.requests.count == 1)
    }

    @Test func `each message is answered once, in the order of its conversation, whoever runs its turn`() async throws {
        let clock = talk.stage.clock
        talk.model.play { request in
            clock.advance(seconds: 1)
            switch request.messages.last {
            case .user(let text)?: return Talk.reply(text)
            case .assistant, .results, nil: return Talk.reply("what?")
            }
        }
        for number in 0..<4 {
            for thread in 0..<10 { try await talk.write("\(thread)-\(number)", thread: "\(thread)") }
            talk.stage.clock.advance(seconds: 1)
        }
        try await settleAll()
        #expect(talk.words.count == 40)
        for thread in 0..<10 {
            #expect(talk.words.filter { $0.hasPrefix("\(thread)-") } == (0..<4).map { "\(thread)-\($0)" })
        }
        #expect(talk.model.requests.count == 40, "and asked once")
    }

    @Test func `a stop at one gateway ends a turn that another runs`() async throws {
        let (talk, gateways) = (talk, gateways)
        let isCancelled = Mutex(false)
        talk.model.meanwhile {
            try? await talk.write("stop")
            await gateways[1].turns.step()
            try? await gateways[0].turns.leaveEnded()
            isCancelled.withLock { $0 = Task.isCancelled }
        }
        try await talk.write("go")
        await gateways[0].turns.step()
        for gateway in gateways { await gateway.outbox.sweep() }
        let heard = isCancelled.withLock { $0 }
        #expect(heard, "the one that runs it hears of it")
        #expect(talk.words == ["Stopped."])
        #expect(try await turn().state == .ended(.stopped))
    }

    @Test func `a gateway that only hears that its turn was ended stops it at once`() async throws {
        let (talk, gateways) = (talk, gateways)
        let isCancelled = Mutex(false)
        talk.model.meanwhile {
            guard let turn = try? await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).first
            else { return }
            gateways[0].turns.leave([turn.id])
            isCancelled.withLock { $0 = Task.isCancelled }
        }
        try await talk.write("go")
        await gateways[0].turns.step()
        let heard = isCancelled.withLock { $0 }
        #expect(heard)
    }

    @Test func `a turn goes on elsewhere when its gateway is gone, which keeps and says nothing more`() async throws {
        let (talk, gateways, stores) = (talk, gateways, stores)
        let isFirst = Mutex(true)
        talk.model.meanwhile {
            guard
                isFirst.withLock({ first in
                    defer { first = false }; return first
                })
            else { return }
            stores[0].endLease()
            await gateways[1].turns.step()
        }
        try await talk.write("go")
        await gateways[0].turns.step()
        try await settleAll()
        #expect(talk.words == ["hello"])
        #expect(talk.model.requests.count == 2, "the first reply was lost with its gateway")
        #expect(try await turn().state == .ended(.answered))
    }

    @Test func `a living gateway's turn isn't taken, however long it lasts`() async throws {
        let (talk, gateways) = (talk, gateways)
        talk.model.meanwhile {
            talk.stage.clock.advance(seconds: 600)
            for _ in 0..<3 { await gateways[1].turns.step() }
        }
        try await talk.write("go")
        await gateways[0].turns.step()
        try await settleAll()
        #expect(talk.model.requests.count == 1)
        #expect(talk.words == ["hello"])
    }

    @Test func `an answer whose gateway died while it was sent isn't sent again by another`() async throws {
        try await talk.write("go")
        await gateways[0].turns.step()
        talk.delivery.door.close(Talk.account.name)
        let (gateways, stores) = (gateways, stores)
        let sending = Task { await gateways[0].outbox.sweep() }
        while try await talk.stage.store.outbox(of: try await turn().id).first?.state != .sending { await Task.yield() }
        await gateways[1].outbox.sweep()
        #expect(try await talk.stage.store.undelivered(in: Stage.organization, limit: 1).isEmpty, "it is being sent")
        stores[0].endLease()
        await gateways[1].outbox.sweep()
        talk.delivery.door.open(Talk.account.name)
        _ = await sending.value
        try await settleAll()
        #expect(talk.words == ["hello"], "once at the most")
        let said = try await talk.stage.store.outbox(of: try await turn().id)
        #expect(said.map(\.state) == [.unknown], "and nobody says that it arrived")
    }

    @Test func `a turn that waited goes on at whichever gateway hears of the answer first`() async throws {
        talk.plays("notes.send", ["to": "bob@acme.test", "text": "x"])
        talk.stage.upstream.answer(json: #"{"sent": true}"#)
        try await talk.write("tell bob")
        await gateways[0].turns.step()
        let card = try #require(try await talk.stage.desk.waiting(for: Stage.alice, in: Stage.organization).first)
        try await talk.stage.desk.approve(
            card.approval.id, by: Stage.alice, in: Stage.organization, shown: card.approval.digest)
        await talk.stage.runner.sweep()
        for _ in 0..<2 { await gateways[2].turns.step() }
        await gateways[1].outbox.sweep()
        await gateways[1].outbox.sweep()
        #expect(talk.words.last == #"got: {"sent":true}"#)
        #expect(talk.stage.upstream.seen.count { $0.request == "POST /notes.send" } == 1)
    }
}

import Authority
import Gate
import Logging
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

/// What becomes of an answer that its channel takes in parts, or not now.
struct DeliveryTests {
    @Test func `an answer that is put off isn't tried in vain, however often`() async throws {
        let talk = try Talk()
        try await talk.write("hi")
        for _ in 0..<20 {
            talk.delivery.next(.putOff(after: 60, "Slack takes no more messages for now"))
            try await talk.settle()
            talk.stage.clock.advance(seconds: 61)
        }
        #expect(talk.words.isEmpty)
        try await talk.settle()
        #expect(talk.words == ["hello"])
    }

    @Test func `while a channel takes nothing, nothing else of the account is tried, and of others everything is`()
        async throws
    {
        let talk = try Talk()
        let gateway = talk.gateway()
        func tries() async throws -> Int {
            try await talk.stage.leaves().count { $0["change"]?.stringValue == "message.sending" }
        }
        talk.delivery.next(.putOff(after: 60, "Slack takes no more messages for now"))
        try await talk.write("hi", thread: "1")
        try await talk.settle(gateway)
        #expect(talk.words.isEmpty)
        try await talk.write("hi", thread: "2")
        try await talk.settle(gateway)
        #expect(talk.words.isEmpty, "what waits elsewhere at the account waits as well")
        #expect(try await tries() == 1, "and isn't tried in vain")
        let other = ChannelAccountID(organization: Stage.organization, kind: .slack, name: "other")
        try await talk.write("hi", thread: "3", account: other)
        try await talk.settle(gateway)
        #expect(talk.said.map(\.account) == [other])
        talk.stage.clock.advance(seconds: 61)
        try await talk.settle(gateway)
        #expect(talk.said.map(\.account) == [other, Talk.account, Talk.account])
        #expect(try await tries() == 4)
    }

    @Test func `what can't be sent for hours is sent when it can, and after four hours it failed`() async throws {
        let talk = try Talk()
        func tryAgain(for seconds: Int64) async throws -> Int {
            var tries = 0
            let end = talk.stage.clock.world.now().adding(seconds: seconds)
            while talk.stage.clock.world.now() < end {
                talk.delivery.next(.retry(after: nil, "the way is blocked"))
                let before = try await state()?.attempts ?? 0
                try await talk.settle()
                tries += try await (state()?.attempts ?? 0) - before
                talk.stage.clock.advance(seconds: 10)
            }
            talk.delivery.forget()
            return tries
        }
        func state() async throws -> OutboxEntry? {
            guard let turn = try await talk.stage.store.turns(of: Stage.alice, in: Stage.organization, limit: 1).first
            else { return nil }
            return try await talk.stage.store.outbox(of: turn.id).first
        }
        try await talk.write("hi")
        let tries = try await tryAgain(for: 3 * 3_600)
        #expect(try await state()?.state == .waiting)
        #expect((18...40).contains(tries), "\(tries): less and less often, and every ten minutes at the least")
        talk.stage.clock.advance(seconds: 600)
        try await talk.settle()
        #expect(talk.words == ["hello"])

        try await talk.write("again")
        _ = try await tryAgain(for: 5 * 3_600)
        #expect(try await state()?.state == .failed)
        #expect(talk.words == ["hello"])
    }

    @Test func `nothing is tried, and no leaf says so, while the account is paused`() async throws {
        let talk = try Talk()
        let record = ChannelAccountRecord(
            account: ChannelAccount(id: Talk.account, isPaused: true), sealed: [],
            created: talk.stage.clock.world.now())
        try await talk.stage.store.commit(Transaction(changes: [ChannelChange.add(record)]))
        try await talk.write("hi")
        for _ in 0..<20 {
            try await talk.settle()
            talk.stage.clock.advance(seconds: 100)
        }
        #expect(try await talk.stage.leaves().allSatisfy { $0["change"]?.stringValue != "message.sending" })
        try await talk.stage.store.commit(Transaction(changes: [ChannelChange.pause(Talk.account, false)]))
        try await talk.settle()
        #expect(talk.words == ["hello"])
    }

    @Test(arguments: [
        ([200, 429, 200, 200], [1, 2, 2, 3], OutboxState.delivered), ([429, 200, 200, 200], [1, 1, 2, 3], .delivered),
        ([200, 200, 429, 429, 200], [1, 2, 3, 3, 3], .delivered), ([200, 404], [1, 2], .failed),
        ([200, 500], [1, 2], .unknown),
    ])
    func `what the channel took stands there, and the rest comes after it`(
        answers: [Int], asked: [Int], end: OutboxState
    ) async throws {
        let talk = try Talk()
        let transport = ScriptedTransport(answers)
        let account = ChannelAccount(id: Talk.account, connection: ConnectionID("con"))
        try await talk.stage.store.commit(
            Transaction(changes: [
                ChannelChange.add(
                    ChannelAccountRecord(account: account, sealed: [], created: talk.stage.clock.world.now()))
            ]))
        let delivery = ChannelDelivery(
            accounts: talk.stage.store, channels: [ThreePartChannel()], transport: transport,
            readership: FixedReaders())
        let outbox = OutboxRunner(
            store: talk.stage.store, payloads: talk.payloads, delivery: delivery, world: talk.stage.clock.world,
            bell: Bell(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let desk = OutboxDesk(
            commits: talk.stage.store, payloads: talk.payloads, world: talk.stage.clock.world, bell: Bell())
        try await desk.say(.words("long"), to: SenderID("s"), from: Talk.account, about: ApprovalID("x"), reply: [:])
        let entry = try #require(
            try await talk.stage.store.claimOutbox(at: talk.stage.clock.world.now(), limit: 1, each: 1).first)
        for _ in 0..<6 {
            await outbox.sweep()
            talk.stage.clock.advance(seconds: 4_000)
        }
        #expect(transport.asked == asked)
        #expect(try await talk.stage.store.outboxEntry(entry.id)?.state == end)
    }
}

/// A channel that says everything in three requests.
private struct ThreePartChannel: DeliveringChannel {
    let traits = ChannelTraits(
        kind: .slack, senders: .platform, readers: .asked, longest: 10, hasThreads: true, hasButtons: false,
        canEdit: false, knowsRepeats: false)

    func requests(for message: OutboundMessage, from account: ChannelAccount) -> [ChannelRequest] {
        (1...3).map { ChannelRequest(method: "POST", path: "/\($0)", body: .null) }
    }

    func outcome(of answer: ChannelAnswer, to request: ChannelRequest) -> DeliveryOutcome {
        switch answer.status {
        case 200: .delivered(request.path)
        case 429: .putOff(after: 1, "busy")
        case 404: .refused("gone")
        case _: .unknown("nobody knows")
        }
    }
}

private final class ScriptedTransport: ChannelTransport {
    private let state: Mutex<(answers: [Int], asked: [Int])>

    init(_ answers: [Int]) {
        state = Mutex((answers, []))
    }

    /// The parts, in the order in which they were sent.
    var asked: [Int] { state.withLock(\.asked) }

    func send(_ request: ChannelRequest, with connection: ConnectionID) async -> ChannelReply {
        state.withLock { state in
            state.asked.append(Int(request.path.dropFirst()) ?? 0)
            let status = state.answers.isEmpty ? 200 : state.answers.removeFirst()
            return .answered(ChannelAnswer(status: status, retryAfter: nil, body: []))
        }
    }
}

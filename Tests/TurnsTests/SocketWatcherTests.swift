import Authority
import Gate
import Logging
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

private let help = ChannelAccountID(organization: OrganizationID("acme"), kind: .slack, name: "help")

/// Words: `hello`, `closing`, `ended`, or an event.
private struct PlainSocket: SocketChannel {
    let traits = ChannelTraits(
        kind: .slack, senders: .platform, readers: .asked, longest: 100, hasThreads: true, hasButtons: true,
        canEdit: true, knowsRepeats: false)
    let opening = ChannelRequest(method: "POST", path: "/open", body: .null)

    func opening(_ answer: ChannelAnswer) -> SocketOpening { .address("") }

    func receive(_ text: [UInt8], for account: ChannelAccount, at now: Timestamp) -> SocketEvent {
        switch String(decoding: text, as: UTF8.self) {
        case "hello": .greeted
        case "closing": .closing
        case "ended": .ended("turned off", after: nil)
        case "rubbish": .refused(.malformed)
        case _: .told(.answered(.taken), acknowledgement: Array("ack ".utf8) + text)
        }
    }
}

/// Sockets that say what a test has written for each, and end then.
private final class ScriptedSockets: Sockets {
    struct State {
        var scripts: [[String]]
        var log: [String] = []
        var opened = 0
    }

    let state: Mutex<State>
    /// What each socket waits for before it ends: as many are open by then.
    let lastsUntil: Int

    init(_ scripts: [[String]], lastsUntil: Int = 0) {
        state = Mutex(State(scripts: scripts))
        self.lastsUntil = lastsUntil
    }

    var log: [String] { state.withLock(\.log) }

    func state(of record: ChannelAccountRecord) async throws -> String? { "there" }

    func open(
        _ record: ChannelAccountRecord, as channel: any SocketChannel,
        hear: @escaping @Sendable ([UInt8]) async -> SocketReaction
    ) async throws(SocketFailure) {
        let (number, script) = state.withLock { state in
            state.opened += 1
            state.log.append("open \(state.opened)")
            return (state.opened, state.scripts.isEmpty ? nil : state.scripts.removeFirst())
        }
        guard let script else {
            // Nothing comes any more, until it is cancelled.
            while !Task.isCancelled { await Task.yield() }
            throw SocketFailure("stopped")
        }
        for word in script {
            if word == "fails" { throw SocketFailure("it broke", after: 3) }
            switch await hear(Array(word.utf8)) {
            case .nothing: break
            case .answer(let text): note("\(number) \(String(decoding: text, as: UTF8.self))")
            case .finish:
                note("\(number) finishes")
                while state.withLock(\.opened) < lastsUntil, !Task.isCancelled { await Task.yield() }
            case .end(let failure): throw failure
            }
        }
        note("close \(number)")
    }

    private func note(_ line: String) { state.withLock { $0.log.append(line) } }
}

struct SocketWatcherTests {
    private let store = MemoryStore()
    private let standings = SocketStandings()

    private func record() -> ChannelAccountRecord {
        ChannelAccountRecord(
            account: ChannelAccount(id: help, settings: ["delivery": "socket"], connection: ConnectionID("c1")),
            sealed: [1], created: FakeWorld().world.now())
    }

    /// Keeps the account's sockets until so many were opened.
    private func keep(
        _ sockets: ScriptedSockets, until opened: Int,
        take: @escaping @Sendable (HookOutcome, ChannelAccountID) async -> HookReply = { _, _ in .taken }
    ) async -> [Duration] {
        let pauses = Mutex<[Duration]>([])
        let watcher = SocketWatcher(
            organization: help.organization, store: store, sockets: sockets, channels: [PlainSocket()], take: take,
            standings: standings, world: FakeWorld().world,
            pause: { pause in pauses.withLock { $0.append(pause) } }, jitter: { 1 },
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        standings.begin(help, at: FakeWorld().world.now())
        let task = Task { await watcher.keep(record(), PlainSocket()) }
        while sockets.state.withLock(\.opened) < opened { await Task.yield() }
        task.cancel()
        await task.value
        return pauses.withLock(\.self)
    }

    @Test func `an envelope is acknowledged when what it holds is stored, and not before`() async {
        let sockets = ScriptedSockets([["hello", "a", "b"]])
        let statuses = Mutex([503, 200])
        _ = await keep(sockets, until: 2) { _, _ in
            HookReply(status: statuses.withLock { $0.removeFirst() })
        }
        #expect(sockets.log == ["open 1", "1 ack b", "close 1", "open 2"])
    }

    @Test func `what can never be taken is acknowledged, so that it isn't told for ever`() async {
        let sockets = ScriptedSockets([["hello", "a"]])
        _ = await keep(sockets, until: 2) { _, _ in HookReply(status: HookRefusal.foreign.status) }
        #expect(sockets.log.contains("1 ack a"))
    }

    @Test func `the next socket is open before one closes whose end was announced`() async {
        let sockets = ScriptedSockets([["hello", "a", "closing", "b"], ["hello", "c"]], lastsUntil: 2)
        _ = await keep(sockets, until: 3)
        let log = sockets.log
        #expect(log.firstIndex(of: "open 2")! < log.firstIndex(of: "close 1")!)
        #expect(log.contains("1 ack b"), "what still comes is heard")
        #expect(log.filter { $0.hasPrefix("open") }.count == 3, "one for each that ended")
    }

    @Test func `two announcements of one end open one socket`() async {
        let sockets = ScriptedSockets([["hello", "closing", "closing"], ["hello"]], lastsUntil: 2)
        _ = await keep(sockets, until: 3)
        #expect(sockets.log.filter { $0.hasPrefix("open") } == ["open 1", "open 2", "open 3"])
    }

    @Test func `it waits as long as it is told, and else longer each time`() async {
        let pauses = await keep(ScriptedSockets([["fails"], [], [], ["hello"], ["ended"]]), until: 6)
        #expect(pauses.first == .seconds(4), "three as Slack said, and the jitter")
        #expect(Array(pauses.dropFirst().prefix(2)) == [.seconds(4), .seconds(8)])
        #expect(Array(pauses.dropFirst(3).prefix(2)) == [.seconds(2), .seconds(300)], "a greeting begins anew")
    }

    @Test func `what stands of an account's sockets is what is open`() async {
        let seen = Mutex<[Int]>([])
        let standings = standings
        _ = await keep(ScriptedSockets([["hello", "a", "hello", "b"], ["fails"]]), until: 3) { _, _ in
            seen.withLock { $0.append(standings.all[help]?.open ?? -1) }
            return .taken
        }
        #expect(seen.withLock(\.self) == [1, 1])
        #expect(standings.all[help]?.open == 0 && standings.all[help]?.reason == "it broke")
        #expect(standings.all[help]?.downSince != nil)
    }

    @Test func `only accounts that are told over a socket have one, and none while they are paused`() async throws {
        for (name, settings, isPaused) in [
            ("hook", [:], false), ("socket", ["delivery": "socket"], false), ("paused", ["delivery": "socket"], true),
        ] as [(String, JSONObject, Bool)] {
            let id = ChannelAccountID(organization: help.organization, kind: .slack, name: name)
            let account = ChannelAccount(
                id: id, settings: settings, connection: ConnectionID("c1"), isPaused: isPaused)
            try await store.commit(
                Transaction(changes: [
                    ChannelChange.add(
                        ChannelAccountRecord(account: account, sealed: [1], created: FakeWorld().world.now()))
                ]))
        }
        let sockets = ScriptedSockets([])
        let watcher = SocketWatcher(
            organization: help.organization, store: store, sockets: sockets, channels: [PlainSocket()],
            take: { _, _ in .taken }, standings: standings, world: FakeWorld().world,
            pause: { _ in await Task.yield() }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let task = Task { await watcher.run() }
        while sockets.log.isEmpty { await Task.yield() }
        #expect(standings.all.keys.map(\.name) == ["socket"])
        task.cancel()
        await task.value
        #expect(sockets.log == ["open 1"] && standings.all.isEmpty)
    }
}

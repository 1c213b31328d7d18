import Authority
import Gate
import Logging
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

/// Files that go with answers, on a channel to which they are brought first.
struct FileDeliveryTests {
    private let talk: Talk
    private let steps = Steps()
    private let outbox: OutboxRunner
    private let entry: OutboxID

    init() async throws {
        talk = try Talk()
        let (stage, world) = (talk.stage, talk.stage.clock.world)
        let account = ChannelAccount(id: Talk.account, connection: ConnectionID("con"))
        let record = ChannelAccountRecord(account: account, sealed: [], created: world.now())
        var file = OutboundFile(call: CallID("call_1"), name: "a.csv", mediaType: "text/csv", size: 2)
        file.bytes = [104, 105]
        let changes = try OutboxEntry.saying(
            .words("See."), to: nil, from: Talk.account, in: ConversationID(raw: "c"), reply: [:], turn: nil,
            with: [file], talk.payloads, world)
        try await stage.store.commit(
            Transaction(
                changes: [ChannelChange.add(record), try talk.payloads.kept(file.kept, id: file.payload)] + changes))
        entry = try #require(try await stage.store.claimOutbox(at: world.now(), limit: 1, each: 1).first).id
        let delivery = ChannelDelivery(
            accounts: stage.store, channels: [BroughtChannel()], transport: steps, uploads: steps,
            readership: FixedReaders())
        outbox = OutboxRunner(
            store: stage.store, payloads: talk.payloads, delivery: delivery, world: world, bell: Bell(),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func sweep() async throws -> OutboxEntry {
        await outbox.sweep()
        talk.stage.clock.advance(seconds: 4_000)
        return try #require(try await talk.stage.store.outboxEntry(entry))
    }

    @Test func `a file is brought before anything is said, after a leaf, and shown after the words`() async throws {
        #expect(try await sweep().state == .delivered)
        #expect(steps.taken == ["/place a.csv", "put hi", "/words See.", "/show h1"])
        let leaves = try await talk.stage.leaves().compactMap { $0["change"]?.stringValue }
        #expect(leaves.suffix(2) == ["files.sending", "message.sending"])
    }

    @Test(arguments: ["/place", "put"])
    func `what nobody sees yet is tried again, and nothing was said`(step: String) async throws {
        steps.fail(step, 500)
        let waiting = try await sweep()
        #expect(waiting.state == .waiting && waiting.attempts == 1)
        #expect(!steps.taken.contains("/words See."))
        #expect(try await sweep().state == .delivered)
        #expect(steps.taken.count { $0 == "/show h1" } == 1)
    }

    @Test func `a file that is never taken is left out, and the answer says so`() async throws {
        steps.fail("/place", 404)
        #expect(try await sweep().state == .delivered)
        #expect(steps.taken == ["/place a.csv", "/words See.\n\n(`a.csv` can't be sent here: gone)"])
    }

    @Test func `what was erased is left out as well`() async throws {
        try await talk.stage.store.commit(Transaction(changes: [ErasureChange.payloads(["call_1/file"])]))
        #expect(try await sweep().state == .delivered)
        #expect(steps.taken == ["/words See.\n\n(`a.csv` isn't there any more)"])
    }

    @Test func `words that were taken aren't said again, and the file goes where they are`() async throws {
        steps.fail("/show", 429)
        let waiting = try await sweep()
        #expect(waiting.state == .waiting && waiting.parts == 1 && waiting.external == "said-1")
        #expect(try await sweep().state == .delivered)
        #expect(steps.taken.count { $0 == "/words See." } == 1)
        #expect(steps.after == ["said-1", "said-1"])
    }

    @Test func `where nobody knows whether it is shown it isn't shown again`() async throws {
        steps.fail("/show", 500)
        #expect(try await sweep().state == .unknown)
        #expect(try await sweep().state == .unknown)
        #expect(steps.taken.count { $0 == "/show h1" } == 1)
    }

    @Test(arguments: [
        ("../../etc/passwd", "_.._etc_passwd"), ("a\r\nb", "ab"), ("gpj.\u{202E}exe", "gpj.exe"), ("", "file"),
        ("...", "file"), ("C:\\x", "C__x"), (String(repeating: "a", count: 300), String(repeating: "a", count: 150)),
        ("größe.csv", "größe.csv"),
    ])
    func `a file's name is one line and no path`(name: String, inert: String) {
        #expect(FileName.inert(name) == inert)
    }

    @Test(arguments: [
        ("text/CSV", "text/csv"), ("text/plain; charset=x", nil), ("text", nil), ("a/b/c", nil), ("text/\r\n", nil),
        ("/", nil), ("image/svg+xml", "image/svg+xml"),
    ])
    func `a type is one, without parameters`(text: String, type: String?) {
        #expect(FileName.mediaType(text) == type)
    }
}

/// Takes everything, and fails where it is told to, once.
private final class Steps: ChannelTransport, UploadTransport {
    private let state = Mutex<(taken: [String], after: [String], failing: [String: Int])>(([], [], [:]))

    var taken: [String] { state.withLock(\.taken) }
    /// What was known of the words where files were shown.
    var after: [String] { state.withLock(\.after) }

    func fail(_ step: String, _ status: Int) { state.withLock { $0.failing[step] = status } }

    func send(_ request: ChannelRequest, with connection: ConnectionID) async -> ChannelReply {
        state.withLock { state in
            state.taken.append("\(request.path) \(request.body["text"]?.stringValue ?? "")")
            if let after = request.body["after"]?.stringValue { state.after.append(after) }
            let status = state.failing.removeValue(forKey: request.path) ?? 200
            return .answered(ChannelAnswer(status: status, retryAfter: nil, body: []))
        }
    }

    func put(_ bytes: [UInt8], at address: String, with connection: ConnectionID) async -> ChannelReply {
        state.withLock { state in
            state.taken.append("put \(String(decoding: bytes, as: UTF8.self))")
            let status = state.failing.removeValue(forKey: "put") ?? 200
            return .answered(ChannelAnswer(status: status, retryAfter: nil, body: []))
        }
    }
}

private struct BroughtChannel: DeliveringChannel, UploadingChannel {
    let traits = ChannelTraits(
        kind: .slack, senders: .platform, readers: .asked, longest: 10, hasThreads: true, hasButtons: false,
        canEdit: false, knowsRepeats: false,
        carriesFiles: true)

    func requests(for message: OutboundMessage, from account: ChannelAccount) -> [ChannelRequest] {
        guard case .words(let text) = message.content else { return [] }
        let words = ChannelRequest(method: "POST", path: "/words", body: ["text": .string(text)])
        let handles = message.files.compactMap(\.handle)
        return [words]
            + handles.map { ChannelRequest(method: "POST", path: "/show", body: ["text": .string($0)]) }
    }

    func request(_ request: ChannelRequest, after said: String?) -> ChannelRequest? {
        guard request.path == "/show", let said, var body = request.body.objectValue else { return request }
        body["after"] = .string(said)
        return ChannelRequest(method: request.method, path: request.path, body: .object(body))
    }

    func outcome(of answer: ChannelAnswer, to request: ChannelRequest) -> DeliveryOutcome {
        switch answer.status {
        case 200: .delivered("said-1")
        case 429: .putOff(after: 1, "busy")
        case _: .unknown("nobody knows")
        }
    }

    func request(placing file: OutboundFile) -> ChannelRequest {
        ChannelRequest(method: "GET", path: "/place", body: ["text": .string(file.name)])
    }

    func place(_ answer: ChannelAnswer) -> UploadPlace {
        switch answer.status {
        case 200: .at(handle: "h1", address: "https://files/1")
        case 404: .failed(.refused("gone"))
        case _: .failed(.retry(after: nil, "busy"))
        }
    }

    func isPut(_ answer: ChannelAnswer) -> Bool { answer.status == 200 }
}

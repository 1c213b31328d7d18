import Authority
import Gate
import Logging
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

struct ReadershipTests {
    private let platform = Platform()
    private let store = MemoryStore()
    private let clock = FakeWorld()
    private let account = ChannelAccount(id: Talk.account, connection: ConnectionID("con"))
    private let readership: ChannelReadership

    init() {
        readership = ChannelReadership(
            channels: [Census()], transport: platform, commits: store, world: clock.world,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, patience: .seconds(60))
    }

    private func readers(_ peer: String = "C1") async -> PlaceReaders {
        await readership.readers(of: peer, for: account)
    }

    @Test func `insiders alone, or others too`() async throws {
        #expect(await readers() == .insiders)
        platform.change { $0.foreign = ["s2"] }
        clock.advance(seconds: 3_601)
        #expect(await readers() == .outsiders)
        platform.change { ($0.foreign, $0.isShared) = ([], true) }
        clock.advance(seconds: 3_601)
        #expect(await readers() == .outsiders)
        #expect(platform.asked.last == "/place/C1", "nobody is looked at where others share it")
    }

    @Test func `each asking has a leaf before it, and what was said holds for a minute`() async throws {
        #expect(await readers() == .insiders)
        let asked = platform.asked
        #expect(asked.prefix(2) == ["/place/C1", "/members/C1"] && Set(asked.dropFirst(2)) == ["/who/s1", "/who/s2"])
        #expect(await readers() == .insiders)
        #expect(platform.asked == asked)
        clock.advance(seconds: 61)
        #expect(await readers() == .insiders)
        #expect(platform.asked.count == asked.count + 2, "who they are holds for longer")
        let leaves = try await store.records(of: .organization(Stage.organization), from: 0, limit: 9).map {
            try JSON.parse($0.bytes)["change"]?.stringValue
        }
        #expect(leaves == ["readers.asked", "readers.asked"])
    }

    @Test func `whoever joins is seen at once where the platform tells of it`() async throws {
        #expect(await readers() == .insiders)
        platform.change {
            $0.members.append("s3"); $0.foreign = ["s3"]
        }
        #expect(await readers() == .insiders, "nobody told of it")
        readership.forget("C2", of: Talk.account)
        #expect(await readers() == .insiders)
        readership.forget("C1", of: Talk.account)
        #expect(await readers() == .outsiders)
    }

    @Test func `whoever joins while it is asked is seen too`() async throws {
        platform.meanwhile { [readership, platform] in
            platform.change {
                $0.members.append("s3"); $0.foreign = ["s3"]
            }
            readership.forget("C1", of: Talk.account)
        }
        #expect(await readers() == .outsiders)
    }

    @Test(arguments: ["/place/C1", "/members/C1", "/who/s2"])
    func `what isn't said is unknown, and asked again soon`(path: String) async throws {
        platform.change { $0.statuses[path] = 500 }
        guard case .unknown = await readers() else { return #expect(Bool(false)) }
        platform.change { $0.statuses = [:] }
        guard case .unknown = await readers() else { return #expect(Bool(false), "not at once") }
        clock.advance(seconds: 11)
        #expect(await readers() == .insiders)
    }

    @Test func `a platform that says it is too much is asked nothing until then`() async throws {
        platform.change { $0.statuses["/members/C1"] = 429 }
        guard case .unknown = await readers() else { return #expect(Bool(false)) }
        platform.change { $0.statuses = [:] }
        let asked = platform.asked.count
        clock.advance(seconds: 20)
        guard case .unknown = await readers() else { return #expect(Bool(false)) }
        guard case .unknown = await readers("C2") else { return #expect(Bool(false)) }
        #expect(platform.asked.count == asked)
        clock.advance(seconds: 40)
        #expect(await readers() == .insiders)
    }

    @Test func `a large place is known after some counts, and never asks for more than eighty at once`() async throws {
        platform.change { $0.members = (0..<200).map { "m\($0)" } }
        for _ in 0..<2 {
            guard case .unknown = await readers() else { return #expect(Bool(false)) }
            clock.advance(seconds: 11)
        }
        #expect(platform.asked.count == 2 * 82)
        #expect(await readers() == .insiders)
        platform.change { $0.members.append(contentsOf: (0..<2_000).map { "n\($0)" }) }
        clock.advance(seconds: 61)
        guard case .unknown = await readers() else { return #expect(Bool(false)) }
    }

    @Test func `without a connection or a channel that says it nobody knows`() async {
        guard case .unknown = await readership.readers(of: "C1", for: ChannelAccount(id: Talk.account)) else {
            return #expect(Bool(false))
        }
        let mail = ChannelAccountID(organization: Stage.organization, kind: .mail, name: "m")
        let other = ChannelAccount(id: mail, connection: ConnectionID("con"))
        guard case .unknown = await readership.readers(of: "C1", for: other) else { return #expect(Bool(false)) }
    }

    @Test(arguments: [PlaceReaders.insiders, .outsiders, .unknown("it is off")])
    func `what is for insiders goes to whoever asked alone when others read`(who: PlaceReaders) async throws {
        let record = ChannelAccountRecord(account: account, sealed: [], created: clock.world.now())
        try await store.commit(Transaction(changes: [ChannelChange.add(record)]))
        let channel = ListeningChannel()
        let delivery = ChannelDelivery(
            accounts: store, channels: [channel], transport: platform, readership: FixedReaders(who))
        func deliver(_ insiders: Narrowing?) async {
            _ = await delivery.deliver(
                OutboundMessage(
                    id: "m", account: Talk.account, reply: [:], insiders: insiders, content: .words("x")), after: 0)
        }
        await deliver(Narrowing(peer: "C1", asker: SenderID("s1")))
        #expect(channel.readers == [who == .insiders ? nil : SenderID("s1")])
        await deliver(nil)
        #expect(channel.readers.last == .some(nil), "what anybody may read still goes")
    }

    @Test(arguments: [
        (Labels.fresh, Audience.everybody), (Labels(integrity: .colleague, readers: .organization), .insiders),
        (Labels(integrity: .ownWords, readers: .account(of: Stage.alice)), .insiders),
        (Labels(integrity: .ownWords, readers: .only([Stage.alice])), .sender),
        (Labels(integrity: .ownWords, readers: .organization, classes: .contacts), .insiders),
    ])
    func `what rests on data is for insiders at the most`(labels: Labels, audience: Audience) {
        func of(_ kind: Place.PeerKind, hasOutsiders: Bool = false, isOpen: Bool = true) -> Audience {
            let place = Place(peer: Place.Peer(kind: kind, id: "C1"), hasOutsiders: hasOutsiders)
            return Audience.of(labels, in: place, isOpen: isOpen)
        }
        #expect(of(.channel) == audience && of(.group) == audience)
        #expect(of(.direct) == .everybody)
        #expect(of(.channel, hasOutsiders: true) == .sender)
    }

    @Test func `a turn's answer says whom it is for`() async throws {
        let talk = try Talk()
        talk.plays("notes.read")
        talk.stage.upstream.answer(json: "{}")
        try await talk.write("read it", place: .channel)
        try await talk.gateway().turns.settle()
        var messages: [OutboundMessage] = []
        for entry in try await talk.stage.store.claimOutbox(at: talk.stage.clock.world.now(), limit: 9, each: 9) {
            messages +=
                try await talk.payloads.open(entry.payload).flatMap(OutboundMessage.init(json:)).map { [$0] } ?? []
        }
        #expect(messages.map(\.insiders) == [Narrowing(peer: "C1", asker: SenderID("slack:T1/alice"))])
        #expect(messages.map(\.privately) == [nil])
    }
}

private final class Platform: ChannelTransport {
    struct State {
        var members = ["s1", "s2"]
        var foreign: Set<String> = []
        var isShared = false
        var statuses: [String: Int] = [:]
        var asked: [String] = []
        var meanwhile: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    func change(_ edit: @Sendable (inout sending State) -> Void) { state.withLock { edit(&$0) } }

    /// Once, when it is asked about somebody.
    func meanwhile(_ work: @escaping @Sendable () -> Void) { state.withLock { $0.meanwhile = work } }

    var asked: [String] { state.withLock(\.asked) }

    func send(_ request: ChannelRequest, with connection: ConnectionID) async -> ChannelReply {
        let (answer, work) = state.withLock { state -> (ChannelAnswer, (@Sendable () -> Void)?) in
            state.asked.append(request.path)
            let status = state.statuses[request.path] ?? 200
            let body: JSON =
                request.path.hasPrefix("/place/")
                ? ["shared": .bool(state.isShared)]
                : request.path.hasPrefix("/members/")
                    ? .array(state.members.map { .string($0) })
                    : ["foreign": .bool(state.foreign.contains(String(request.path.dropFirst(5))))]
            let work = request.path.hasPrefix("/who/") ? state.meanwhile : nil
            if work != nil { state.meanwhile = nil }
            return (ChannelAnswer(status: status, retryAfter: status == 429 ? 40 : nil, body: body.bytes()), work)
        }
        work?()
        return .answered(answer)
    }
}

private struct Census: CensusChannel {
    let traits = ChannelTraits(
        kind: .slack, senders: .platform, readers: .asked, longest: 100, hasThreads: true, hasButtons: true,
        canEdit: true, knowsRepeats: false)

    private static func get(_ path: String) -> ChannelRequest { ChannelRequest(method: "GET", path: path, body: .null) }

    func request(aboutPlace peer: String) -> ChannelRequest? { Self.get("/place/\(peer)") }

    func place(_ answer: ChannelAnswer) -> CensusAnswer<(name: String, isShared: Bool)> {
        guard answer.status == 200, let body = try? JSON.parse(answer.body) else { return .refused("no") }
        return .found(("c", body["shared"]?.boolValue ?? true))
    }

    func request(aboutMembersOf peer: String, from mark: String?) -> ChannelRequest { Self.get("/members/\(peer)") }

    func members(
        _ answer: ChannelAnswer, of account: ChannelAccount
    ) -> CensusAnswer<(senders: [SenderID], next: String?)> {
        guard answer.status == 200, let body = try? JSON.parse(answer.body) else { return .refused("no") }
        return .found((body.arrayValue?.compactMap(\.stringValue).map { SenderID($0) } ?? [], nil))
    }

    func isGuest(_ answer: ChannelAnswer, for account: ChannelAccount) -> Bool { false }

    func request(about sender: SenderID) -> ChannelRequest? { Self.get("/who/\(sender)") }

    func entry(_ answer: ChannelAnswer, about sender: SenderID, for account: ChannelAccount) -> DirectoryEntry? {
        guard answer.status == 200, let isForeign = (try? JSON.parse(answer.body))?["foreign"]?.boolValue else {
            return nil
        }
        return DirectoryEntry(
            sender: sender, standing: SenderStanding(proof: .platform, isForeign: isForeign), isDeactivated: false,
            address: nil)
    }
}

/// Notes for whom each message is that it is asked to say.
private final class ListeningChannel: DeliveringChannel {
    let traits = ChannelTraits(
        kind: .slack, senders: .platform, readers: .asked, longest: 100, hasThreads: true, hasButtons: true,
        canEdit: true, knowsRepeats: false)
    private let heard = Mutex<[SenderID?]>([])

    var readers: [SenderID?] { heard.withLock(\.self) }

    func requests(for message: OutboundMessage, from account: ChannelAccount) -> [ChannelRequest] {
        heard.withLock { $0.append(message.privately) }
        return [ChannelRequest(method: "POST", path: "/say", body: .null)]
    }

    func outcome(of answer: ChannelAnswer, to request: ChannelRequest) -> DeliveryOutcome { .delivered("1") }
}

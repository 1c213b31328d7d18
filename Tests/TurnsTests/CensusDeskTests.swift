import Authority
import Gate
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

struct CensusDeskTests {
    private let store = MemoryStore()
    private let platform = Platform()
    private let desk: CensusDesk

    private static let place = SharedPlace(kind: "slack", account: "main", peer: "C1")

    init() async throws {
        desk = CensusDesk(
            accounts: store, channels: [PlainChannel()], transport: platform, senders: Proved(), commits: store,
            world: FakeWorld().world)
        try await add(Talk.account.name, in: Stage.organization, with: "con_1")
        try await add("bare", in: Stage.organization, with: nil)
        try await add("theirs", in: OrganizationID("beta"), with: "con_9")
    }

    private func add(_ name: String, in organization: OrganizationID, with connection: String?) async throws {
        let id = ChannelAccountID(organization: organization, kind: .slack, name: name)
        let account = ChannelAccount(id: id, connection: connection.map { ConnectionID($0) })
        let record = ChannelAccountRecord(account: account, sealed: [], created: Timestamp(microseconds: 0))
        try await store.commit(Transaction(changes: [ChannelChange.add(record)]))
    }

    private func count(_ place: SharedPlace = CensusDeskTests.place) async throws -> ChannelCensus {
        try await desk.count(place, in: Stage.organization)
    }

    private func refusal(_ place: SharedPlace = CensusDeskTests.place) async throws -> String {
        do {
            let census = try await count(place)
            Issue.record("it was counted: \(census)")
            return ""
        } catch let error as TurnsError {
            return error.message
        }
    }

    private func leaves() async throws -> [JSON] {
        try await store.records(of: .organization(Stage.organization), from: 0, limit: 99).map {
            try JSON.parse($0.bytes)
        }
    }

    @Test func `everybody is counted as what they are, and who is known by proof is named`() async throws {
        platform.say("/place/C1", "general,shared")
        platform.say("/members/C1", "alice,bob,robot,visitor,stranger,nobody")
        let census = try await count()
        #expect(
            census
                == ChannelCensus(
                    name: "general", isShared: true, members: 6, looked: 6, bots: 1, outsiders: 1, guests: 1,
                    known: [PersonID("alice"), PersonID("bob")]))
        #expect(
            census.sentence
                == "6 members: 2 known by proof, 1 guests, 1 of other organizations, 1 bots; it is shared with another organization"
        )
    }

    @Test func `it asks with the account's own connection alone, and a leaf says so before`() async throws {
        platform.say("/place/C1", "general")
        platform.say("/members/C1", "alice")
        let store = store
        let before = Mutex<[Int]>([])
        platform.whenAsked { before.withLock { $0.append(store.commits) } }
        _ = try await count()
        #expect(platform.asked == ["con_1 /place/C1", "con_1 /members/C1", "con_1 /people/alice"])
        // Three accounts were added, and then the leaf was written.
        let commits = before.withLock { $0 }
        #expect(commits == [4, 4, 4])
        let leaf = try #require(try await leaves().first)
        #expect(
            leaf["change"] == "channel.counted" && leaf["place"] == "slack/main/C1" && leaf["connection"] == "con_1")
    }

    @Test func `nobody is asked when the ledger can't be written`() async throws {
        store.fail(with: "the disk is full")
        await #expect(throws: CommitError.self) { try await count() }
        #expect(platform.asked.isEmpty)
    }

    @Test func `members come in pages, each from the mark of the one before`() async throws {
        platform.say("/place/C1", "general")
        platform.say("/members/C1", "alice,bob|two")
        platform.say("/members/C1?from=two", "visitor|three")
        platform.say("/members/C1?from=three", "robot")
        let census = try await count()
        #expect(census.members == 4 && census.bots == 1 && census.guests == 1)
        #expect(!census.isShared)
    }

    @Test func `a place whose pages don't end isn't counted`() async throws {
        platform.say("/place/C1", "general")
        platform.say("/members/C1", "alice|again")
        platform.say("/members/C1?from=again", "alice|again")
        #expect(try await refusal().hasSuffix("it has too many members to be counted"))
        #expect(platform.asked.count == 11)
    }

    @Test func `of many the first are looked at one by one, and it says so`() async throws {
        platform.say("/place/C1", "general")
        platform.say("/members/C1", (0..<100).map { "visitor\($0)" }.joined(separator: ","))
        let census = try await count()
        #expect(census.members == 100 && census.looked == CensusDesk.most && census.guests == CensusDesk.most)
        #expect(census.sentence.hasPrefix("of 100 members the first 80 were counted: "))
    }

    @Test(arguments: [
        ("slack/main/xyz", "it isn't a place there"), ("slack/other/C1", "there is no account"),
        ("slack/bare/C1", "there is no account"), ("slack/theirs/C1", "there is no account"),
        ("mail/main/C1", "isn't a place that can be counted"), ("pigeon/main/C1", "isn't a place that can be counted"),
    ])
    func `what can't be asked about isn't, and nobody is asked`(_ place: String, _ reason: String) async throws {
        #expect(try await refusal(try #require(SharedPlace(text: place))).contains(reason))
        #expect(platform.asked.isEmpty)
        #expect(try await leaves().isEmpty)
    }

    @Test(arguments: ["/place/C1", "/members/C1", "/people/alice"])
    func `what isn't answered, or answered with a refusal, leaves it uncounted`(_ path: String) async throws {
        platform.say("/place/C1", "general")
        platform.say("/members/C1", "alice")
        for reply in [ChannelReply.notSent("no way there"), .unknown("it got lost")] {
            platform.answer(path, reply)
            let said = try await refusal()
            #expect(said.hasPrefix("who reads in `slack/main/C1` can't be counted: "))
            #expect(said.hasSuffix("no way there") || said.hasSuffix("it got lost"))
        }
        platform.answer(path, .answered(ChannelAnswer(status: 403, retryAfter: nil, body: [])))
        #expect(try await refusal().contains("can't be counted"))
    }
}

/// Who is who is in the name.
private struct PlainChannel: CensusChannel {
    let traits = ChannelTraits(
        kind: .slack, senders: .platform, readers: .asked, longest: 10, hasThreads: true, hasButtons: false,
        canEdit: false, knowsRepeats: false)

    private func request(_ path: String) -> ChannelRequest { ChannelRequest(method: "GET", path: path, body: .null) }

    private func text(_ answer: ChannelAnswer) -> String? {
        answer.status == 200 ? String(decoding: answer.body, as: UTF8.self) : nil
    }

    func request(aboutPlace peer: String) -> ChannelRequest? { peer.hasPrefix("C") ? request("/place/\(peer)") : nil }

    func place(_ answer: ChannelAnswer) -> CensusAnswer<(name: String, isShared: Bool)> {
        guard let parts = text(answer)?.split(separator: ",") else { return .refused("it says nothing") }
        return .found((String(parts[0]), parts.count > 1))
    }

    func request(aboutMembersOf peer: String, from mark: String?) -> ChannelRequest {
        request("/members/\(peer)" + (mark.map { "?from=\($0)" } ?? ""))
    }

    func members(
        _ answer: ChannelAnswer, of account: ChannelAccount
    ) -> CensusAnswer<(senders: [SenderID], next: String?)> {
        guard let parts = text(answer)?.split(separator: "|").map(String.init) else {
            return .refused("it says nothing of members")
        }
        return .found((parts[0].split(separator: ",").map { SenderID("slack:T1/\($0)") }, parts.dropFirst().first))
    }

    func request(about sender: SenderID) -> ChannelRequest? {
        request("/people/\(sender.raw.split(separator: "/").last ?? "")")
    }

    func entry(_ answer: ChannelAnswer, about sender: SenderID, for account: ChannelAccount) -> DirectoryEntry? {
        guard let name = text(answer) else { return nil }
        let standing = SenderStanding(
            proof: .platform, isBot: name.hasPrefix("robot"), isForeign: !["alice", "bob", "nobody"].contains(name))
        return DirectoryEntry(sender: sender, standing: standing, isDeactivated: false, address: nil)
    }

    func isGuest(_ answer: ChannelAnswer, for account: ChannelAccount) -> Bool {
        text(answer)?.hasPrefix("visitor") ?? false
    }
}

/// Answers by path; about people with their own names.
private final class Platform: ChannelTransport {
    private struct State {
        var answers: [String: ChannelReply] = [:]
        var asked: [String] = []
        var whenAsked: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())

    var asked: [String] { state.withLock { $0.asked } }

    func whenAsked(_ work: @escaping @Sendable () -> Void) { state.withLock { $0.whenAsked = work } }

    func answer(_ path: String, _ reply: ChannelReply) { state.withLock { $0.answers[path] = reply } }

    func say(_ path: String, _ text: String) {
        answer(path, .answered(ChannelAnswer(status: 200, retryAfter: nil, body: Array(text.utf8))))
    }

    func send(_ request: ChannelRequest, with connection: ConnectionID) async -> ChannelReply {
        let (reply, work) = state.withLock { state in
            state.asked.append("\(connection) \(request.path)")
            return (state.answers[request.path], state.whenAsked)
        }
        work()
        let name = request.path.split(separator: "/").last.map(String.init) ?? ""
        return reply ?? .answered(ChannelAnswer(status: 200, retryAfter: nil, body: Array(name.utf8)))
    }
}

/// Alice and Bob are known, and never as bots or guests.
private struct Proved: Senders {
    func person(of sender: Sender, in organization: OrganizationID) async throws -> KnownSender? {
        guard case .external(let id, _) = sender, let name = id.raw.split(separator: "/").last.map(String.init),
            ["alice", "bob"].contains(name)
        else { return nil }
        return KnownSender(person: PersonID(name), epoch: EpochReading(scope: .home, value: 0))
    }
}

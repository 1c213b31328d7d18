import Authority
import Gate
import Synchronization
import Testing
import Turns
import Twins
import Wire

struct ChannelDeskTests {
    private let store = MemoryStore()
    private let acme = OrganizationID("acme")
    private let desk: ChannelDesk

    init() {
        let connections: [ConnectionFacts] = [
            .at("slack", "bot", .agent(AgentID("helper"))), .at("slack", "broken", .agent(AgentID("helper")), .broken),
            .at("slack", "person", .person(PersonID("alice"))), .at("gmail", "mail", .agent(AgentID("helper"))),
            .at("post", "box", .agent(AgentID("helper"))),
            .at("slack", "t1", .agent(AgentID("helper")), account: "T1/U0BOT"),
        ]
        desk = ChannelDesk(
            store: store, commits: store, sealing: FakeChannelSealing(), world: FakeWorld().world,
            connection: { id, _ in connections.first { $0.id == id } },
            app: { id, _ in id == ConnectionID("t1") ? "A1" : nil }, isMailbox: { $0 == ProviderID("post") },
            channel: { [.slack, .mail].contains($0) ? PlainChannel(kind: $0) : nil })
    }

    private func id(_ kind: ChannelKind = .slack, _ name: String = "help") -> ChannelAccountID {
        ChannelAccountID(organization: acme, kind: kind, name: name)
    }

    private func add(
        _ kind: ChannelKind = .slack, _ name: String = "help", settings: JSONObject = ["app": "A1"],
        connection: String? = "bot", unknown: ChannelAccount.Unknown = .refuse, bots: Set<SenderID> = [],
        matchesDirectory: Bool = false, secret: String = "hush"
    ) async throws(TurnsError) -> ChannelAccountRecord {
        var secret = Array(secret.utf8)
        return try await desk.add(
            ChannelAccount(
                id: id(kind, name), settings: settings, connection: connection.map { ConnectionID($0) },
                unknown: unknown, matchesDirectory: matchesDirectory, bots: bots), secret: &secret, by: "test")
    }

    private func refusal(
        _ body: () async throws(TurnsError) -> Void
    ) async -> String? {
        do throws(TurnsError) {
            try await body()
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `only a channel whose tenant has a directory is matched with it`() async throws {
        #expect(try await add(matchesDirectory: true).account.matchesDirectory)
        let refused = await refusal { () async throws(TurnsError) in
            _ = try await add(.mail, settings: [:], matchesDirectory: true, secret: "")
        }
        #expect(refused == "mail has no directory that says who a sender is")
    }

    @Test func `an account is set up with one leaf, and calls are judged anew`() async throws {
        let before = store.epoch(of: .organization(acme))
        let record = try await add(unknown: .link, bots: [SenderID("slack:T1/B1")])
        #expect(try await desk.account(id()) == record)
        #expect(store.epoch(of: .organization(acme)) == before + 1)
        let leaves = try await store.records(of: .organization(acme), from: 0, limit: 10).map {
            try JSON.parse($0.bytes)
        }
        #expect(leaves.map { $0["change"]?.stringValue } == ["channel.added"])
        #expect(leaves[0]["account"] == "slack/help" && leaves[0]["bots"] == ["slack:T1/B1"])
        #expect(!leaves[0].text.contains("hush"))
    }

    @Test func `a channel says itself what is wrong with a connection or a secret`() async throws {
        let refused = await refusal { () async throws(TurnsError) in _ = try await add(connection: "t1") }
        #expect(refused == "t1 T1/U0BOT A1")
        let token = await refusal { () async throws(TurnsError) in _ = try await add(secret: "token-1") }
        #expect(token == "token for hook")
        _ = try await add(settings: ["app": "A1", "delivery": "socket"], secret: "token-1")
    }

    @Test func `what each channel can do is declared, also for those that the gateway serves itself`() {
        #expect(desk.traits(of: .slack)?.kind == .slack)
        for kind in [ChannelKind.web, .api, .schedule] {
            #expect(desk.traits(of: kind)?.senders == .signedIn && desk.traits(of: kind)?.readers == .requester)
        }
    }

    @Test func `what the gateway serves itself has no settings`() async {
        let refused = await refusal { () async throws(TurnsError) in
            _ = try await add(.web, settings: ["team": "T1"], connection: nil, secret: "")
        }
        #expect(refused == "`team` is no setting of web")
    }

    @Test func `its secret checks what is signed, for this account alone`() async throws {
        let record = try await add()
        let signing = try #require(try desk.signing(of: record))
        let mac = FakeChannelSealing.mac(of: [1, 2], with: Array("hush".utf8))
        #expect(signing.isHMACSHA256(mac, of: [1, 2]))
        #expect(!signing.isHMACSHA256(mac, of: [1, 3]))
        let other = try await add(.slack, "other")
        let moved = ChannelAccountRecord(account: other.account, sealed: record.sealed, created: record.created)
        #expect(throws: TurnsError.self) { try desk.signing(of: moved) }
        let web = try await add(.web, settings: [:], connection: nil, secret: "")
        #expect(try desk.signing(of: web) == nil)
    }

    @Test func `what doesn't fit is refused, and nothing is written`() async throws {
        let before = store.commits
        let refusals: [(String, () async throws(TurnsError) -> Void)] = [
            ("can't be the name", { () async throws(TurnsError) in _ = try await add(.slack, "Help") }),
            ("can't be the name", { () async throws(TurnsError) in _ = try await add(.slack, "_help") }),
            ("can't be the name", { () async throws(TurnsError) in _ = try await add(.slack, "a/b") }),
            ("needs the secret", { () async throws(TurnsError) in _ = try await add(secret: "") }),
            ("nothing is signed", { () async throws(TurnsError) in _ = try await add(.web, connection: nil) }),
            ("needs a connection", { () async throws(TurnsError) in _ = try await add(connection: nil) }),
            ("needs no connection", { () async throws(TurnsError) in _ = try await add(.api, secret: "") }),
            ("no connection `none`", { () async throws(TurnsError) in _ = try await add(connection: "none") }),
            ("a person's own account", { () async throws(TurnsError) in _ = try await add(connection: "person") }),
            ("isn't in use", { () async throws(TurnsError) in _ = try await add(connection: "broken") }),
            ("is a connection to `gmail`", { () async throws(TurnsError) in _ = try await add(connection: "mail") }),
            ("`app` is missing", { () async throws(TurnsError) in _ = try await add(settings: [:]) }),
            ("is nobody at slack", { () async throws(TurnsError) in _ = try await add(bots: [SenderID("mail:x@y")]) }),
            (
                "has signed in",
                { () async throws(TurnsError) in
                    _ = try await add(.web, settings: [:], connection: nil, unknown: .guest, secret: "")
                }
            ),
        ]
        for (message, body) in refusals {
            let told = await refusal(body)
            #expect(told?.contains(message) == true, "\(message): \(told ?? "nothing was refused")")
        }
        #expect(store.commits == before)
        _ = try await add()
        #expect(
            await refusal { () async throws(TurnsError) in _ = try await add() }
                == "there is an account `slack/help` already")
    }

    @Test func `a paused account is resumed by itself, and all are paused at once`() async throws {
        _ = try await add()
        _ = try await add(.api, settings: [:], connection: nil, secret: "")
        #expect(try await desk.pause(id(), true, by: "test").account.isPaused)
        let commits = store.commits
        #expect(try await desk.pause(id(), true, by: "test").account.isPaused)
        #expect(store.commits == commits, "what is so already leaves nothing")
        #expect(try await !desk.pause(id(), false, by: "test").account.isPaused)
        try await desk.pauseAll(by: "test", in: acme)
        #expect(try await desk.accounts(in: acme).map(\.account.isPaused) == [true, true])
        #expect(try await !desk.pause(id(.api), false, by: "test").account.isPaused)
    }

    @Test func `what isn't there is neither paused nor removed`() async throws {
        #expect(await refusal { () async throws(TurnsError) in _ = try await desk.pause(id(), true, by: "t") } != nil)
        #expect(await refusal { () async throws(TurnsError) in try await desk.remove(id(), by: "t") } != nil)
        _ = try await add()
        try await desk.remove(id(), by: "test")
        #expect(try await desk.accounts(in: acme).isEmpty)
    }
}

/// Wants an `app`, knows one connection that doesn't do, and tokens that open sockets.
private struct PlainChannel: AccountChannel {
    let kind: ChannelKind

    var traits: ChannelTraits {
        ChannelTraits(
            kind: kind, senders: .platform, readers: .asked, longest: 1, hasThreads: false, hasButtons: false,
            canEdit: false, knowsRepeats: false)
    }

    func problem(in settings: JSONObject) -> String? {
        kind == .slack && settings["app"] == nil ? "`app` is missing" : nil
    }

    func problem(with secret: [UInt8], told delivery: ChannelAccount.Delivery) -> ChannelProblem? {
        let isToken = secret.starts(with: Array("token".utf8))
        return isToken == (delivery == .socket) ? nil : ChannelProblem("token for \(delivery.rawValue)", hint: "none")
    }

    func problem(with connection: AnsweringConnection, in settings: JSONObject) -> ChannelProblem? {
        guard let app = connection.app, settings["delivery"] == nil else { return nil }
        return ChannelProblem("\(connection.id) \(connection.account) \(app)", hint: "another")
    }
}

extension ConnectionFacts {
    fileprivate static func at(
        _ provider: String, _ id: String, _ owner: Owner, _ health: ConnectionHealth = .healthy,
        account: String = "a"
    ) -> ConnectionFacts {
        ConnectionFacts(
            id: ConnectionID(id), provider: ProviderID(provider), owner: owner, host: "https://h.example",
            account: account, scopes: [], health: health)
    }
}

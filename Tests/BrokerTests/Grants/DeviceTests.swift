import Authority
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Wire

@testable import Broker

/// What a device's code brings is shown, and kept on a yes alone.
struct DeviceTests {
    static let tokens = #"{"access_token": "access-1", "token_type": "Bearer", "expires_in": 3600, "#

    private static let device =
        #"{"device_code": "dc-1", "user_code": "AB-CD", "verification_uri": "https://id.depot.test/activate", "#
        + #""expires_in": 600, "interval": 5}"#

    /// Somebody has allowed it at the provider.
    static func allowed(
        _ stage: GrantStage, _ account: String = #"{"id": "acc-1", "email": "robot@acme.test"}"#, token: String = "1",
        scope: String = "base", replacing: Replaced = .theOnlyOne
    ) async throws -> (handle: String, offer: DeviceOffer) {
        stage.server.answer(200, DeviceTests.device)
        let wait = try await stage.desk.beginDevice(GrantStage.new(), scopes: [], replacing: replacing)
        stage.clock.advance(seconds: 5)
        stage.server.state.withLock { $0.account = account }
        stage.server.answer(
            200,
            #"{"access_token": "access-\#(token)", "token_type": "Bearer", "expires_in": 3600, "#
                + #""refresh_token": "refresh-\#(token)", "scope": "\#(scope)"}"#)
        guard case .offered(let handle, let offer) = try await stage.desk.askDevice(wait.handle, for: GrantStage.new())
        else { throw BrokerError(.invalid, "nothing is offered") }
        return (handle, offer)
    }

    static func yes(_ offer: DeviceOffer, _ account: String = "robot@acme.test", insteadOf: String? = nil) -> DeviceYes
    {
        DeviceYes(account: account, insteadOf: insteadOf, shown: offer.shown)
    }

    @Test func `a device is offered once somebody has allowed it, and connected on a yes`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.answer(200, DeviceTests.device)
        let wait = try await stage.desk.beginDevice(GrantStage.new(), scopes: [])
        #expect((wait.userCode, wait.wait) == ("AB-CD", 5))
        #expect(!wait.handle.contains("dc-1"))

        // Too soon: nobody is asked.
        guard case .waiting(let same, 5) = try await stage.desk.askDevice(wait.handle, for: GrantStage.new()) else {
            Issue.record("it waits")
            return
        }
        #expect(stage.server.asked.count == 1)
        stage.clock.advance(seconds: 5)
        stage.server.answer(400, #"{"error": "slow_down"}"#)
        guard case .waiting(let next, 10) = try await stage.desk.askDevice(same, for: GrantStage.new()) else {
            Issue.record("it waits longer")
            return
        }
        stage.clock.advance(seconds: 10)
        stage.server.answer(200, DeviceTests.tokens + #""refresh_token": "refresh-1", "scope": "base"}"#)
        guard case .offered(let handle, let offer) = try await stage.desk.askDevice(next, for: GrantStage.new()) else {
            Issue.record("it is offered")
            return
        }
        let asked = "/token grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=dc-1"
        #expect(stage.server.asked.last == asked)
        #expect(offer.account.id == "acc-1")
        #expect((offer.granted, offer.missing) == (["base"], ["items.read"]))
        #expect(try await stage.store.connections(in: GrantStage.acme, of: nil).isEmpty)
        // Asked again, the provider isn't, and it is the same offer.
        guard case .offered(_, let again) = try await stage.desk.askDevice(handle, for: GrantStage.new()) else {
            Issue.record("it is still offered")
            return
        }
        #expect(again.shown == offer.shown)
        #expect(stage.server.asked.last == asked && stage.server.asked.count == 3)

        let row = try await stage.desk.keepDevice(
            handle, for: GrantStage.new(), yes: DeviceTests.yes(offer, "acc-1"))
        #expect(row.kind == ConnectionDesk.grantKind)
        #expect(row.scopes == ["base"])
        #expect(try await stage.store.tokens(of: row.id)?.refresh != nil)
        let changes = try await stage.changes()
        #expect(changes.suffix(4) == ["connection.asked", "connection.probed", "connect.offered", "connection.added"])
        #expect(try await stage.leaves().last?["by"] == "test")
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.keepDevice(handle, for: GrantStage.new(), yes: DeviceTests.yes(offer, "acc-1"))
        }
        #expect(error?.message == "no account waits for an answer any more")
    }

    @Test func `a no gives the grant back`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let (handle, _) = try await DeviceTests.allowed(stage)
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        try await stage.desk.dropDevice(handle, for: GrantStage.new())
        #expect(
            stage.server.asked.suffix(2) == [
                "/revoke refresh_token refresh-1 as client-1", "/revoke access_token access-1 as client-1",
            ])
        #expect(try await stage.store.connections(in: GrantStage.acme, of: nil).isEmpty)
        let last = try #require(try await stage.leaves().last)
        #expect((last["change"], last["because"], last["by"]) == ("connect.ended", "dropped", "test"))
        await #expect(throws: BrokerError.self) { try await stage.desk.dropDevice(handle, for: GrantStage.new()) }
    }

    @Test func `an offer that nobody answers in time is given back`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let (handle, offer) = try await DeviceTests.allowed(stage)
        stage.clock.advance(seconds: ConnectFlow.offeredSeconds - 1)
        await stage.connecting(asking: stage.server).sweep()
        #expect(!stage.server.asked.contains { $0.hasPrefix("/revoke") })
        stage.clock.advance(seconds: 1)
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.keepDevice(handle, for: GrantStage.new(), yes: DeviceTests.yes(offer))
        }
        #expect(error?.message == "no account waits for an answer any more")
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        await stage.connecting(asking: stage.server).sweep()
        #expect(stage.server.asked.suffix(2).allSatisfy { $0.hasPrefix("/revoke") })
        #expect(try await stage.store.connections(in: GrantStage.acme, of: nil).isEmpty)
    }

    @Test func `a yes names the account that was shown, and what was shown`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let (handle, offer) = try await DeviceTests.allowed(stage)
        for yes in [
            DeviceTests.yes(offer, "other@acme.test"), DeviceTests.yes(offer, ""),
            DeviceYes(account: "acc-1", insteadOf: nil, shown: .sha256(of: [1])),
        ] {
            await #expect(throws: BrokerError.self) {
                try await stage.desk.keepDevice(handle, for: GrantStage.new(), yes: yes)
            }
        }
        #expect(try await stage.store.connections(in: GrantStage.acme, of: nil).isEmpty)
        _ = try await stage.desk.keepDevice(
            handle, for: GrantStage.new(), yes: DeviceTests.yes(offer, "Robot@acme.test"))
    }

    @Test func `another account takes a yes of its own, and the one before is ended`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let (first, one) = try await DeviceTests.allowed(stage, scope: "base items.read")
        let before = try await stage.desk.keepDevice(first, for: GrantStage.new(), yes: DeviceTests.yes(one))
        let (second, two) = try await DeviceTests.allowed(
            stage, #"{"id": "acc-2", "email": "clerk@acme.test"}"#, token: "2")
        #expect(two.replaces == before.id && two.before?.id == "acc-1" && two.lost == ["items.read"])
        for insteadOf in [nil, "somebody@acme.test"] {
            let error = await #expect(throws: BrokerError.self) {
                try await stage.desk.keepDevice(
                    second, for: GrantStage.new(),
                    yes: DeviceTests.yes(two, "clerk@acme.test", insteadOf: insteadOf))
            }
            #expect(error?.hint?.contains("--instead-of robot@acme.test") == true)
        }
        #expect(try await stage.store.connection(before.id)?.account == "acc-1")
        let row = try await stage.desk.keepDevice(
            second, for: GrantStage.new(), yes: DeviceTests.yes(two, "clerk@acme.test", insteadOf: "robot@acme.test"))
        #expect((row.id, row.account, row.generation) == (before.id, "acc-2", 2))
        #expect(try await stage.store.revocations(of: before.id).count == 1)
    }

    @Test func `the same account is renewed without another yes, and stays where it isn't kept`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let (first, one) = try await DeviceTests.allowed(stage)
        let before = try await stage.desk.keepDevice(first, for: GrantStage.new(), yes: DeviceTests.yes(one))
        let (dropped, _) = try await DeviceTests.allowed(stage, token: "2")
        try await stage.desk.dropDevice(dropped, for: GrantStage.new())
        // With the refresh token many providers would end the grant that works.
        #expect(!stage.server.asked.contains { $0.hasPrefix("/revoke") })
        let (second, two) = try await DeviceTests.allowed(stage, token: "3")
        #expect(two.before == nil && two.replaces == before.id)
        let row = try await stage.desk.keepDevice(second, for: GrantStage.new(), yes: DeviceTests.yes(two))
        #expect((row.id, row.generation) == (before.id, 2))
    }

    @Test func `of two connections it is said which is replaced`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let (first, one) = try await DeviceTests.allowed(stage)
        _ = try await stage.desk.keepDevice(first, for: GrantStage.new(), yes: DeviceTests.yes(one))
        let (second, two) = try await DeviceTests.allowed(
            stage, #"{"id": "acc-2", "email": "clerk@acme.test"}"#, token: "2", replacing: .none)
        #expect(two.replaces == nil && two.before == nil)
        let row = try await stage.desk.keepDevice(
            second, for: GrantStage.new(), yes: DeviceTests.yes(two, "clerk@acme.test"))
        let asked = stage.server.asked.count
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.beginDevice(GrantStage.new(), scopes: [])
        }
        #expect(error?.hint?.contains("--replaces") == true)
        await #expect(throws: BrokerError.self) {
            try await stage.desk.beginDevice(GrantStage.new(), scopes: [], replacing: .one(ConnectionID("con_9")))
        }
        #expect(stage.server.asked.count == asked)
        let (_, three) = try await DeviceTests.allowed(
            stage, #"{"id": "acc-2", "email": "clerk@acme.test"}"#, token: "3", replacing: .one(row.id))
        #expect(three.replaces == row.id)
    }

    @Test func `of two codes the later account waits, and the earlier is given back`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let (first, one) = try await DeviceTests.allowed(stage)
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        let (_, two) = try await DeviceTests.allowed(stage, #"{"id": "acc-2"}"#, token: "2")
        #expect(stage.server.asked.suffix(2).allSatisfy { $0.hasPrefix("/revoke") && $0.contains("-1 as") })
        await #expect(throws: BrokerError.self) {
            try await stage.desk.keepDevice(first, for: GrantStage.new(), yes: DeviceTests.yes(one))
        }
        #expect(two.account.id == "acc-2")
    }

    @Test func `the owner's own account takes their yes to sharing it`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let (handle, offer) = try await DeviceTests.allowed(stage, #"{"id": "acc-1", "email": "dana@acme.test"}"#)
        #expect(offer.isOwners)
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.keepDevice(
                handle, for: GrantStage.new(), yes: DeviceTests.yes(offer, "dana@acme.test"))
        }
        #expect(error?.hint?.contains("--shared-with-owner") == true)
        _ = try await stage.desk.keepDevice(
            handle, for: GrantStage.new().sharing(true), yes: DeviceTests.yes(offer, "dana@acme.test"))
        #expect(try await stage.changes().last == "connection.added-shared-with-owner")
    }

    @Test func `a handle answers for no other agent, and tokens lie sealed`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        let (handle, offer) = try await DeviceTests.allowed(stage)
        let other = GrantStage.new(.agent(AgentID("another")))
        await #expect(throws: BrokerError.self) {
            try await stage.desk.keepDevice(handle, for: other, yes: DeviceTests.yes(offer))
        }
        await #expect(throws: BrokerError.self) { try await stage.desk.dropDevice(handle, for: other) }
        let flow = try #require(
            try await stage.store.connectFlow(
                for: ConnectAim(
                    organization: GrantStage.acme, person: PersonID("dana"), owner: .agent(AgentID("robot")),
                    agent: AgentID("robot"), provider: GrantStage.depot)))
        #expect(!String(decoding: flow.stage.sealed, as: UTF8.self).contains("access-1"))
        #expect(!flow.stage.json.text.contains("access-1") && !flow.stage.json.text.contains("refresh-1"))
        // The agent's owner, in a browser, doesn't answer in the terminal's place.
        let dana = ConnectVisitor(organization: GrantStage.acme, person: PersonID("dana"), session: "web_1")
        #expect(throws: ConnectRefusal.anotherBrowser) {
            _ = try flow.offer(by: dana, shown: nil, at: stage.clock.world.now())
        }
        for leaf in try await stage.leaves() { #expect(!leaf.text.contains("access-1")) }
    }

    @Test func `a flow is another agent's in nobody's hands`() async throws {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.answer(200, DeviceTests.device)
        let wait = try await stage.desk.beginDevice(GrantStage.new(), scopes: [])
        stage.clock.advance(seconds: 5)
        for (handle, new) in [
            (wait.handle, GrantStage.new(.agent(AgentID("another")))),
            (String(wait.handle.dropLast(2)), GrantStage.new()),
            ("AAAA", GrantStage.new()), ("", GrantStage.new()),
        ] {
            await #expect(throws: BrokerError.self) { try await stage.desk.askDevice(handle, for: new) }
        }
        #expect(stage.server.asked.count == 1)
    }

    @Test(arguments: [
        ("access_denied", "somebody refused it at `depot`"), ("expired_token", "nobody allowed it in time"),
    ])
    func `a flow ends when it is refused or over`(_ code: String, _ message: String) async throws {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.answer(200, DeviceTests.device)
        let wait = try await stage.desk.beginDevice(GrantStage.new(), scopes: [])
        stage.clock.advance(seconds: 5)
        stage.server.answer(400, #"{"error": "\#(code)"}"#)
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.askDevice(wait.handle, for: GrantStage.new())
        }
        #expect(error?.message == message)
    }

    @Test func `a device that turns out to be a person's isn't an agent's, and its tokens are given back`() async throws
    {
        let stage = try GrantStage()
        try await stage.register()
        stage.server.answer(200, DeviceTests.device)
        let wait = try await stage.desk.beginDevice(GrantStage.new(), scopes: [])
        stage.clock.advance(seconds: 5)
        stage.server.state.withLock { $0.account = #"{"id": "acc-1", "email": "alice@acme.test"}"# }
        stage.server.answer(200, DeviceTests.tokens + #""refresh_token": "refresh-1"}"#)
        stage.server.state.withLock { $0.outcomes = [.revoked, .revoked] }
        await #expect(throws: BrokerError.self) { try await stage.desk.askDevice(wait.handle, for: GrantStage.new()) }
        #expect(try await stage.store.connections(in: GrantStage.acme, of: nil).isEmpty)
        #expect(
            stage.server.asked.suffix(2) == [
                "/revoke refresh_token refresh-1 as client-1", "/revoke access_token access-1 as client-1",
            ])
    }
}

import Authority
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Wire

@testable import Broker

@Suite struct `Secrets of our apps are rotated` {
    private let drive = ProviderID("drive")

    private func rotate(_ stage: TokenStage, to secret: String, ends: Timestamp? = nil) async throws {
        var bytes = Array(secret.utf8)
        let record = try await stage.apps.rotate(
            drive, in: TokenStage.acme, secret: &bytes, ends: ends, by: "test")
        #expect(record.isRotating && bytes.allSatisfy { $0 == 0 })
    }

    private func secrets(_ stage: TokenStage) async throws -> [String] {
        let app = try await stage.apps.app(at: drive, in: TokenStage.acme)
        return ([app] + app.before).compactMap { $0.secret?.withBytes { String(decoding: $0, as: UTF8.self) } }
    }

    /// Renews once.
    private func renew(_ stage: TokenStage, _ server: StrictServer) async throws {
        stage.clock.advance(seconds: 3_400)
        _ = try await stage.keeper(server).renewDue()
    }

    @Test func `the new one is used at once, and the old one kept until the provider answers to the new one`()
        async throws
    {
        let (stage, server) = (try await TokenStage(), StrictServer())
        _ = try await stage.connect()
        try await rotate(stage, to: "second")
        #expect(try await secrets(stage) == ["second", "app-secret"])
        server.state.withLock { $0.secrets = ["app-secret", "second"] }
        try await renew(stage, server)
        server.state.withLock { #expect($0.shown == ["second"]) }
        #expect(try await secrets(stage) == ["second"], "it is proven, and the one before is gone")
        let changes = try await stage.changes()
        #expect(changes.filter { $0.hasPrefix("app.secret") } == ["app.secret.rotated", "app.secret.proven"])
        try await renew(stage, server)
        #expect(try await stage.changes().filter { $0 == "app.secret.proven" }.count == 1)
    }

    @Test func `one that the provider doesn't take leaves everything working by the one before`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let record = try await stage.connect()
        try await rotate(stage, to: "wrong")
        server.state.withLock { $0.secrets = ["app-secret", "right"] }
        try await renew(stage, server)
        server.state.withLock { #expect($0.shown == ["wrong", "app-secret"] && $0.reuses == 0) }
        #expect(try await stage.tokens(record).failure == nil)
        #expect(try await secrets(stage) == ["wrong", "app-secret"], "it isn't proven")
        try await rotate(stage, to: "right")
        #expect(try await secrets(stage) == ["right", "app-secret"], "what was never proven is dropped")
        try await renew(stage, server)
        #expect(try await secrets(stage) == ["right"])
    }

    @Test func `a secret that nobody gave isn't rotated to`() async throws {
        let stage = try await TokenStage()
        for (secret, at) in [("app-secret", drive), ("", drive), ("x", ProviderID("nowhere"))] {
            var bytes = Array(secret.utf8)
            await #expect(throws: BrokerError.self) {
                try await stage.apps.rotate(at, in: TokenStage.acme, secret: &bytes, ends: nil, by: "test")
            }
        }
        var none: [UInt8] = []
        _ = try await stage.apps.add(
            drive, in: TokenStage.acme, clientID: "public", authentication: ClientAuthentication.none, secret: &none,
            replaces: true, by: "test")
        var bytes = Array("x".utf8)
        let error = await #expect(throws: BrokerError.self) {
            try await stage.apps.rotate(drive, in: TokenStage.acme, secret: &bytes, ends: nil, by: "test")
        }
        #expect(error?.message == "`public` is a public client and has no secret")
    }

    @Test func `of an end it is told 30, 7 and 1 days before and at it, each once, until there is another`()
        async throws
    {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let day: Int64 = 86_400
        try await rotate(stage, to: "second", ends: stage.clock.world.now().adding(seconds: 40 * day))
        let desk = HealthDesk(
            store: stage.store, commits: stage.store, connections: stage.desk, keeper: stage.keeper(server),
            organization: TokenStage.acme,
            settings: HealthSettings(person: { _ in nil }, webhook: { nil }, link: { "" }, told: {}),
            world: stage.clock.world)
        func events() async throws -> [String] {
            try await stage.store.records(of: .organization(TokenStage.acme), from: 0, limit: 99).compactMap {
                let leaf = try JSON.parse($0.bytes)
                guard leaf["subject"] == "app/drive" else { return nil }
                return "\(leaf["state"]?.stringValue ?? "") \(leaf["code"]?.stringValue ?? "")"
            }
        }
        for days in [Int64(5), 6, 1, 20, 4, 2, 1, 1, 3] {
            stage.clock.advance(seconds: days * day)
            for _ in 0..<2 { try await desk.sweep() }
        }
        #expect(try await events() == ["expiring 30", "expiring 7", "expiring 1", "operator_action 0"])
        try await rotate(stage, to: "third", ends: stage.clock.world.now().adding(seconds: 90 * day))
        try await desk.sweep()
        #expect(try await events().last == "active ")
        _ = try await stage.apps.remove(drive, in: TokenStage.acme, by: "test")
        #expect(try await stage.apps.ends(in: TokenStage.acme).isEmpty)
    }

    @Test func `a schedule is told of before it is due, ends nothing, and begins again with each secret`() async throws
    {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let day: Int64 = 86_400
        let end = try await stage.apps.schedule(drive, in: TokenStage.acme, every: 90, by: "test")
        #expect(end?.ends == stage.clock.world.now().adding(seconds: 90 * day) && end?.isScheduled == true)
        let desk = HealthDesk(
            store: stage.store, commits: stage.store, connections: stage.desk, keeper: stage.keeper(server),
            organization: TokenStage.acme,
            settings: HealthSettings(person: { _ in nil }, webhook: { nil }, link: { "" }, told: {}),
            world: stage.clock.world)
        func events() async throws -> [String] {
            try await stage.store.records(of: .organization(TokenStage.acme), from: 0, limit: 99).compactMap {
                let leaf = try JSON.parse($0.bytes)
                guard leaf["subject"] == "app/drive" else { return nil }
                return "\(leaf["state"]?.stringValue ?? "") \(leaf["cause"]?.stringValue ?? "") "
                    + (leaf["code"]?.stringValue ?? "")
            }
        }
        for days in [Int64(61), 21, 1, 5, 1, 1, 40] {
            stage.clock.advance(seconds: days * day)
            for _ in 0..<2 { try await desk.sweep() }
        }
        #expect(
            try await events() == [
                "expiring rotation_due 7", "expiring rotation_due 1", "expiring rotation_due 0",
            ], "thirty days before is no news of ninety")
        try await rotate(stage, to: "second", ends: nil)
        try await desk.sweep()
        #expect(try await events().last == "active works ")
        let next = try #require(try await stage.apps.ends(in: TokenStage.acme)[.app(drive)])
        #expect(next.every == 90 && next.ends == stage.clock.world.now().adding(seconds: 90 * day))

        let soon = stage.clock.world.now().adding(seconds: 10 * day)
        try await rotate(stage, to: "third", ends: soon)
        let said = try #require(try await stage.apps.ends(in: TokenStage.acme)[.app(drive)])
        #expect(said.ends == soon && !said.isScheduled && said.every == 90)
        let without = try await stage.apps.schedule(drive, in: TokenStage.acme, every: nil, by: "test")
        #expect(without?.ends == soon && without?.every == nil, "what the provider said stays")
        for days in [Int64(0), -1, 3_651] {
            await #expect(throws: BrokerError.self) {
                try await stage.apps.schedule(drive, in: TokenStage.acme, every: days, by: "test")
            }
        }
    }
}

@Suite struct `Keys of service accounts are rotated` {
    private static let answer = #"{"access_token": "access-1", "token_type": "Bearer", "expires_in": 3600}"#

    private func standing(_ stage: GrantStage, _ id: ConnectionID) async throws -> ConnectionStanding {
        try #require(try await stage.connections.standing(of: id, in: GrantStage.acme)).standing
    }

    @Test func `the old key stays until the provider has given a token for the new one`() async throws {
        let stage = try GrantStage()
        stage.server.answer(200, Self.answer)
        let row = try await stage.desk.add(
            GrantStage.account(), as: nil, GrantStage.new(), scopes: ["x"],
            ends: stage.clock.world.now().adding(seconds: 20 * 86_400))
        #expect(try await standing(stage, row.id).cause == .secretEnds)
        let before = try #require(try await stage.store.tokens(of: row.id))
        stage.server.answer(400, #"{"error": "invalid_grant"}"#)
        await #expect(throws: BrokerError.self) {
            try await stage.desk.rotate(row.id, to: try GrantStage.account(), for: GrantStage.new(), ends: nil)
        }
        #expect(try await stage.store.tokens(of: row.id) == before)
        stage.server.answer(200, Self.answer)
        let scheduled = try await stage.connections.schedule(row.id, in: GrantStage.acme, every: 30, by: "test")
        #expect(scheduled?.isScheduled == false, "its provider ends it before")
        let rotated = try await stage.desk.rotate(
            row.id, to: try GrantStage.account(), for: GrantStage.new(), ends: nil)
        #expect(rotated.id == row.id && rotated.generation == row.generation + 1 && rotated.scopes == row.scopes)
        #expect(try await stage.store.tokens(of: row.id)?.refresh != before.refresh)
        #expect(try await standing(stage, row.id).state == .active)
        #expect(try await stage.changes().last == "connection.reconnected")
        stage.clock.advance(seconds: 24 * 86_400)
        let due = try await standing(stage, row.id)
        #expect(due.state == .expiring && due.cause == .rotationDue)
        _ = try await stage.connections.schedule(row.id, in: GrantStage.acme, every: nil, by: "test")
        #expect(try await standing(stage, row.id).state == .active)
        #expect(try await stage.store.secretEnds(in: GrantStage.acme).isEmpty)
    }

    @Test func `nothing else is put in its place`() async throws {
        let stage = try GrantStage()
        stage.server.answer(200, Self.answer)
        let row = try await stage.desk.add(GrantStage.account(), as: nil, GrantStage.new(), scopes: ["x"])
        let other = try ServiceAccountKey(
            file: JSON.object([
                "type": "service_account", "private_key_id": "kid-2", "private_key": .string(GrantStage.key),
                "client_email": "other@acme.iam.gserviceaccount.com",
            ]).text, place: "key.json")
        let error = await #expect(throws: BrokerError.self) {
            try await stage.desk.rotate(row.id, to: other, for: GrantStage.new(), ends: nil)
        }
        #expect(error?.code == .refused)
        let stranger = GrantStage.new(.agent(AgentID("stranger")))
        await #expect(throws: BrokerError.self) {
            try await stage.desk.rotate(row.id, to: try GrantStage.account(), for: stranger, ends: nil)
        }
        _ = try await stage.connections.revoke(row.id, in: GrantStage.acme, by: "test")
        await #expect(throws: BrokerError.self) {
            try await stage.desk.rotate(row.id, to: try GrantStage.account(), for: GrantStage.new(), ends: nil)
        }
        #expect(stage.server.asked.count == 1, "none of them was asked for")
    }
}

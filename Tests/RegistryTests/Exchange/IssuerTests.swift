import Authority
import Gate
import Registry
import Testing
import Twins
import Wire

/// Which issuers an organization takes the word of.
struct IssuerTests {
    private func refusal(_ stage: ExchangeStage, _ new: NewTokenIssuer) async -> RegistryError? {
        do throws(RegistryError) {
            _ = try await stage.stage.desk.addIssuer(new, by: OAuthStage.operating, in: OAuthStage.acme)
            return nil
        } catch { return error }
    }

    @Test func `what can't be found or would be unsafe isn't kept`() async throws {
        let stage = try await ExchangeStage()
        let (id, lab) = (stage.builder.client.id, "https://lab.example")
        stage.publish(stage.key, of: lab)
        let open = try await stage.stage.register()
        for (new, code) in [
            (ExchangeStage.new("Bad Name", at: lab, for: id), .invalid),
            (ExchangeStage.new("lab", at: "lab.example", for: id), .invalid),
            (ExchangeStage.new("lab", at: lab, for: id, subject: "email"), .invalid),
            (ExchangeStage.new("lab", at: lab, for: id, algorithms: ["HS256"]), .invalid),
            (ExchangeStage.new("lab", at: lab, for: id, algorithms: ["none"]), .invalid),
            (ExchangeStage.new("lab", at: OAuthStage.issuer, for: id), .invalid),
            (ExchangeStage.new("lab", at: "https://nowhere.example", for: id), .refused),
            (ExchangeStage.new("lab", at: lab, for: OAuthClientID("app_none")), .unknown),
            (ExchangeStage.new("lab", at: lab, for: open.client.id), .refused),
            (ExchangeStage.new("corp", at: lab, for: id), .exists),
            (ExchangeStage.new("lab", at: ExchangeStage.corp, for: id), .exists),
        ] as [(NewTokenIssuer, RegistryError.Code)] {
            #expect(await refusal(stage, new)?.code == code, "\(new)")
        }
        #expect(await refusal(stage, ExchangeStage.new("lab", at: lab, for: id)) == nil)
        #expect(try await stage.stage.desk.issuers(in: OAuthStage.acme).map(\.name) == ["corp", "lab"])
        #expect(try await stage.stage.changes().last == "issuer.added")
    }

    @Test func `an issuer that names another one's keys isn't believed`() async throws {
        let stage = try await ExchangeStage()
        let configuration = "https://lab.example/.well-known/openid-configuration"
        let documents: [JSON] = [
            ["issuer": .string(ExchangeStage.corp), "jwks_uri": .string("\(ExchangeStage.corp)/keys")],
            ["issuer": "https://lab.example", "jwks_uri": "http://lab.example/keys"],
            ["issuer": "https://lab.example"],
        ]
        for document in documents {
            stage.stage.box.put(document, at: configuration)
            stage.stage.clock.advance(seconds: 10)
            let new = ExchangeStage.new("lab", at: "https://lab.example", for: stage.builder.client.id)
            #expect(await refusal(stage, new)?.code == .refused)
        }
    }

    @Test func `how it stands with each is said`() async throws {
        let stage = try await ExchangeStage()
        var state = try #require(try await stage.stage.desk.issuerStates(in: OAuthStage.acme).first)
        #expect(state.keys == 1 && state.idle.isEmpty && state.hasLogins)
        _ = try await stage.stage.desk.revoke(stage.builder.client.id, by: OAuthStage.operating, in: OAuthStage.acme)
        stage.stage.box.put([:], at: "\(ExchangeStage.corp)/keys")
        state = try #require(try await stage.stage.desk.issuerStates(in: OAuthStage.acme).first)
        #expect(state.keys == nil && !state.problem.isEmpty)
        #expect(state.idle.map(\.name) == [ExchangeStage.audience])
    }

    @Test func `of an exchange and a removal at once the removal holds`() async throws {
        for _ in 0..<20 {
            let stage = try await ExchangeStage()
            let token = try stage.token()
            async let removed: Void = stage.stage.desk.removeIssuer(
                "corp", by: OAuthStage.operating, in: OAuthStage.acme)
            async let exchanged = try? stage.exchange(token)
            let issued = await exchanged
            try await removed
            if let issued { #expect(try await stage.stage.holder(of: issued.access) == nil) }
            #expect(await RegistryTests.refusal { try await stage.exchange(token) } == .invalidRequest)
        }
    }

    @Test func `many people's first tokens at once are all served`() async throws {
        let stage = try await ExchangeStage()
        let tokens = try (0..<40).map { try stage.token(of: $0.isMultiple(of: 2) ? "alice-1" : "bob-1") }
        let served = await withTaskGroup(of: Bool.self) { group in
            for token in tokens { group.addTask { (try? await stage.exchange(token)) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(served == 40)
        #expect(
            try await stage.stage.desk.grants(of: nil, by: stage.builder.client.id, in: OAuthStage.acme).count == 2)
    }
}

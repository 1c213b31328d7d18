import Authority
import Gate
import Registry
import Testing
import Twins
import Wire

/// Clients by document, by their own registration, and by an administrator's.
struct OAuthClientTests {
    private let id = OAuthClientID("https://app.example/client.json")

    private func document(_ name: String = "App", _ redirect: String = OAuthStage.callback) -> JSON {
        ["client_id": .string(id.raw), "client_name": .string(name), "redirect_uris": [.string(redirect)]]
    }

    private var bare: RegisteredClient {
        RegisteredClient(
            client: OAuthClient(
                id: id, organization: OAuthStage.acme, origin: .document, name: "", redirects: [],
                authentication: .none, secret: nil, ceiling: .all, isRevoked: false,
                created: Timestamp(microseconds: 0)), secret: nil)
    }

    @Test func `a client is known by the document at its URL`() async throws {
        let stage = try await OAuthStage()
        stage.box.put(document(), at: id.raw)
        let question = try await stage.question(id)
        #expect(question.request.client.name == "App")
        #expect(question.request.client.host == "app.example")
        #expect(try await stage.desk.clients(in: OAuthStage.acme).isEmpty, "looking keeps nothing")
        let issued = try await stage.redeem(try await stage.code(id), bare)
        #expect(try await stage.holder(of: issued.access) != nil)
        #expect(try await stage.desk.clients(in: OAuthStage.acme).map(\.id) == [id])
    }

    @Test func `a document is kept for a while, and a failure never`() async throws {
        let stage = try await OAuthStage()
        #expect(await refusal { try await stage.question(id) } == .invalidClient)
        stage.box.put(document(), at: id.raw, cache: "max-age=120")
        _ = try await stage.question(id)
        _ = try await stage.question(id)
        #expect(stage.box.fetches == 2)
        stage.clock.advance(seconds: 120)
        stage.box.put(document("New"), at: id.raw, cache: "no-store")
        #expect(try await stage.question(id).request.client.name == "New")
        _ = try await stage.question(id)
        #expect(stage.box.fetches == 4)
    }

    @Test func `an answer that isn't the document is none`() async throws {
        let stage = try await OAuthStage()
        for (status, type) in [
            (302, "application/json"), (404, "application/json"), (200, "text/html"), (201, "application/json"),
        ] {
            stage.box.put(document(), at: id.raw, status: status, type: type)
            #expect(await refusal { try await stage.question(id) } == .invalidClient)
        }
        stage.box.put(document(), at: id.raw, type: "application/client+json; charset=utf-8")
        #expect(await refusal { try await stage.question(id) } == nil)
    }

    @Test func `a place that the document dropped is no place any more`() async throws {
        let stage = try await OAuthStage()
        stage.box.put(document(), at: id.raw, cache: "no-store")
        let question = try await stage.question(id)
        stage.box.put(document("App", "https://evil.example/cb"), at: id.raw)
        let found = await refusal { try await stage.question(id) }
        #expect(found == .invalidRequest)
        #expect(question.request.answer.redirect.text == OAuthStage.callback)
    }

    @Test func `a client can be shut out before it ever came`() async throws {
        let stage = try await OAuthStage()
        stage.box.put(document(), at: id.raw)
        _ = try await stage.desk.revoke(id, by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(await refusal { try await stage.question(id) } == .unauthorizedClient)
        #expect(stage.box.fetches == 0, "nobody asks it anything")
    }

    @Test func `a client can be bounded before it ever came`() async throws {
        let stage = try await OAuthStage()
        stage.box.put(document(), at: id.raw, cache: "no-store")
        _ = try await stage.desk.setCeiling([.read], of: id, by: OAuthStage.operating, in: OAuthStage.acme)
        #expect(stage.box.fetches == 0, "nobody asks it anything")
        #expect(try await stage.changes().last == "client.ceiling")
        #expect(try await stage.question(id).effects == [.read])
        #expect(try await stage.redeem(try await stage.code(id), bare).effects == [.read])
        let clients = try await stage.desk.clients(in: OAuthStage.acme)
        #expect(clients.map(\.ceiling) == [[.read]] && clients.map(\.name) == ["App"])
        await #expect(throws: RegistryError.self) {
            try await stage.desk.setCeiling(
                [.read], of: OAuthClientID("nobody"), by: OAuthStage.operating, in: OAuthStage.acme)
        }
    }

    @Test func `a document's client keeps the ceiling that it was given`() async throws {
        let stage = try await OAuthStage()
        stage.box.put(document(), at: id.raw, cache: "no-store")
        _ = try await stage.redeem(try await stage.code(id), bare)
        _ = try await stage.desk.setCeiling([.read], of: id, by: OAuthStage.operating, in: OAuthStage.acme)
        stage.box.put(document("Renamed"), at: id.raw, cache: "no-store")
        #expect(try await stage.question(id).effects == [.read])
        _ = try await stage.redeem(try await stage.code(id), bare)
        #expect(try await stage.desk.clients(in: OAuthStage.acme).map(\.ceiling) == [[.read]])
        #expect(try await stage.desk.clients(in: OAuthStage.acme).map(\.name) == ["Renamed"])
    }

    @Test func `a client that registers itself can do nothing but ask`() async throws {
        let stage = try await OAuthStage()
        let body: JSON = [
            "client_name": "Own", "redirect_uris": [.string(OAuthStage.callback)],
            "token_endpoint_auth_method": "client_secret_post", "software_id": "x",
        ]
        let made = try await stage.desk.registerItself(body.bytes())
        #expect(made.secret?.hasPrefix("dpy_cs_") == true)
        #expect(made.client.origin == .dynamic)
        let leaves = try await stage.changes()
        #expect(!leaves.contains("client.registered"), "it leaves nothing in the ledger")
        let issued = try await stage.redeem(try await stage.code(made.client.id), made)
        #expect(try await stage.holder(of: issued.access) != nil)
    }

    @Test(arguments: [
        ("{}", "invalid_redirect_uri"), ("[]", "invalid_client_metadata"), ("{", "invalid_client_metadata"),
        (#"{"redirect_uris":["http://evil.example/cb"]}"#, "invalid_redirect_uri"),
        (#"{"redirect_uris":["cursor://cb"]}"#, "invalid_redirect_uri"),
        (
            #"{"redirect_uris":["https://a.example/cb"],"token_endpoint_auth_method":"private_key_jwt"}"#,
            "invalid_client_metadata"
        ),
        (
            #"{"redirect_uris":["https://a.example/cb"],"grant_types":["client_credentials"]}"#,
            "invalid_client_metadata"
        ),
    ])
    func `a registration that isn't one is refused`(_ body: String, _ code: String) async throws {
        let stage = try await OAuthStage()
        #expect(await refusal { try await stage.desk.registerItself(Array(body.utf8)) }?.rawValue == code)
    }

    @Test func `registrations that nobody needs are forgotten, the oldest first`() async throws {
        let stage = try await OAuthStage()
        let body: JSON = ["redirect_uris": [.string(OAuthStage.callback)]]
        let used = try await stage.desk.registerItself(body.bytes())
        _ = try await stage.code(used.client.id)
        for _ in 0..<(OAuthDesk.mostUnused + 5) {
            stage.clock.advance(seconds: 1)
            _ = try await stage.desk.registerItself(body.bytes())
        }
        let clients = try await stage.desk.clients(in: OAuthStage.acme)
        #expect(clients.count == OAuthDesk.mostUnused + 1)
        #expect(clients.first?.id == used.client.id)
    }

    @Test func `an administrator registers a client with places that are ones`() async throws {
        let stage = try await OAuthStage()
        for redirects in [[], ["http://app.example/cb"], ["https://app.example/cb#x"]] {
            await #expect(throws: RegistryError.self) {
                try await stage.desk.register(
                    name: "App", redirects: redirects, isConfidential: false, ceiling: .all, by: OAuthStage.operating,
                    in: OAuthStage.acme)
            }
        }
        #expect(try await stage.register().secret == nil)
        #expect(try await stage.register(confidential: true).secret?.hasPrefix("dpy_cs_") == true)
        #expect(try await stage.changes().suffix(2) == ["client.registered", "client.registered"])
    }

    @Test func `credentials come in one way`() throws {
        func read(_ form: String, _ headers: [String] = []) -> ClientCredentials? {
            try? ClientCredentials(try OAuthParameters(form), authorization: headers)
        }
        func basic(_ text: String) -> String { "Basic " + Base64.encode(Array(text.utf8)) }
        #expect(read("client_id=a")?.id.raw == "a")
        #expect(read("", [basic("a%3Ab:s")])?.id.raw == "a:b")
        #expect(read("client_id=a", [basic("a:s")])?.id.raw == "a")
        #expect(read("") == nil)
        #expect(read("client_id=b", [basic("a:s")]) == nil)
        #expect(read("client_id=a&client_secret=s", [basic("a:s")]) == nil)
        #expect(read("", [basic("a:s"), basic("a:s")]) == nil)
        #expect(read("client_id=a", ["Bearer x"]) == nil)
        #expect(read("", ["Basic !!!"]) == nil)
        #expect(read("", [basic("nocolon")]) == nil)
    }
}

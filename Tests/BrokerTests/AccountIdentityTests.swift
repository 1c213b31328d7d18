import Authority
import Definition
import Gate
import OAuth
import Testing
import Twins
import Vault
import Wire

@testable import Broker

/// Who an account is: by what is never given to anybody else. Addresses are.
struct AccountIdentityTests {
    /// A provider of the bundled ones that answers by path.
    private struct Answers: UnaskedErrands {
        let bodies: [String: (status: Int, body: JSON)]

        func probeAccount(
            _ step: Step, at origin: String, with credential: borrowing Credential
        ) async throws(UpstreamFailure) -> UpstreamAnswer {
            guard let answer = bodies[step.path] else { return UpstreamAnswer(status: 404, headers: [], body: []) }
            return UpstreamAnswer(status: answer.status, headers: [], body: answer.body.bytes())
        }
    }

    private func account(
        at provider: String, _ bodies: [String: (status: Int, body: JSON)]
    ) async throws -> UpstreamAccount {
        let shelf = try ProviderShelf(try BundledProviders.read())
        let manifest = try #require(shelf.manifest(of: ProviderID(provider)))
        var bytes = Array("t0ken".utf8)
        return try await AccountLookup(manifest: manifest, errands: Answers(bodies: bodies)).account(
            of: Credential(placement: .bearer, secret: Secret(consuming: &bytes)))
    }

    private static func outlook(_ tenant: String?, _ object: String, mail: String) -> [String: (Int, JSON)] {
        var bodies: [String: (Int, JSON)] = [
            "/v1.0/me": (200, ["id": .string(object), "displayName": "Alice", "mail": .string(mail)])
        ]
        bodies["/v1.0/organization"] = tenant.map { (200, ["value": [["id": .string($0)]]]) } ?? (403, [:])
        return bodies
    }

    @Test func `at Microsoft it is tenant and object id, and an address is for showing`() async throws {
        let alice = try await account(at: "outlook", Self.outlook("t-1", "o-1", mail: "alice@acme.test"))
        #expect(alice.id == "t-1/o-1" && alice.former == "o-1")
        #expect(alice.email == "alice@acme.test" && !alice.isVouched)
        let elsewhere = try await account(at: "outlook", Self.outlook("t-2", "o-1", mail: "alice@acme.test"))
        #expect(elsewhere.id != alice.id)
        await #expect(throws: BrokerError.self) {
            try await account(at: "outlook", Self.outlook(nil, "o-1", mail: "alice@acme.test"))
        }
    }

    @Test func `at Google it is the subject, and only a token that names none is known by its address`() async throws {
        for (provider, path, body) in [
            ("gmail", "/gmail/v1/users/me/profile", ["emailAddress": "dana@acme.test"] as JSON),
            ("calendar", "/calendar/v3/calendars/primary", ["id": "dana@acme.test"]),
        ] {
            let dana = try await account(
                at: provider, [path: (200, body), "/v1/userinfo": (200, ["sub": "10440"])])
            #expect(dana.id == "10440" && dana.email == "dana@acme.test" && dana.isVouched && !dana.isByAddress)
            let service = try await account(at: provider, [path: (200, body), "/v1/userinfo": (401, [:])])
            #expect(service.id == "dana@acme.test" && service.isByAddress)
            // Nobody knows then, and a guess would be another account.
            await #expect(throws: BrokerError.self) {
                try await account(at: provider, [path: (200, body), "/v1/userinfo": (503, [:])])
            }
        }
    }

    @Test func `at Slack it is workspace and user, at Notion workspace and person, or its own bot`() async throws {
        let slack = try await account(
            at: "slack",
            [
                "/api/auth.test": (200, ["ok": true, "team_id": "T1", "user_id": "U7", "user": "alice"]),
                "/api/users.info": (200, ["ok": true, "user": ["profile": ["email": "alice@acme.test"]]]),
            ])
        #expect(slack.id == "T1/U7" && slack.former == nil && slack.email == "alice@acme.test" && slack.isVouched)
        let person: JSON = ["type": "user", "user": ["id": "u-1", "person": ["email": "carol@acme.test"]]]
        let notion = try await account(
            at: "notion", ["/v1/users/me": (200, ["id": "b-1", "bot": ["owner": person, "workspace_id": "w-1"]])])
        #expect(notion.id == "w-1/u-1" && notion.former == "b-1")
        let bot = try await account(
            at: "notion", ["/v1/users/me": (200, ["id": "b-1", "bot": ["owner": ["type": "workspace"]]])])
        #expect(bot.id == "b-1/b-1" && bot.former == "b-1")
    }

    private func allowed(
        _ account: UpstreamAccount, subjects: [ProviderID: String] = [:], at provider: String = "outlook",
        on stage: VaultStage
    ) async throws -> Bool {
        let alice = PersonClaim(person: PersonID("alice"), email: "alice@acme.test", subjects: subjects)
        let new = NewConnection(
            organization: VaultStage.acme, owner: .person(alice.person), provider: ProviderID(provider),
            agentOwner: nil, isSharedWithOwner: false, people: [alice], by: "test", under: [])
        do throws(BrokerError) {
            try await stage.desk.allow(account, for: new)
            return true
        } catch {
            #expect(error.hint?.contains("--subject \(provider)=\(account.id)") ?? false)
            return false
        }
    }

    @Test func `mail in a tenant says nothing of whose account it is, its recorded ids do`() async throws {
        let stage = try VaultStage()
        let outlook = ProviderID("outlook")
        let account = UpstreamAccount(
            id: "t-1/o-1", former: "o-1", email: "alice@acme.test", isVouched: false, name: nil, scopes: nil)
        let reused = UpstreamAccount(
            id: "t-1/o-2", former: "o-2", email: "alice@acme.test", isVouched: false, name: nil, scopes: nil)
        #expect(try await !allowed(account, on: stage), "anybody writes any address in a tenant of their own")
        for recorded in ["t-1/o-1", "o-1"] {
            #expect(try await allowed(account, subjects: [outlook: recorded], on: stage), "\(recorded)")
            #expect(try await !allowed(reused, subjects: [outlook: recorded], on: stage), "\(recorded)")
        }
        #expect(try await !allowed(account, subjects: [outlook: "alice@acme.test"], on: stage))
    }

    @Test func `where an id is recorded, an address alone doesn't count any more`() async throws {
        let stage = try VaultStage()
        let gmail = ProviderID("gmail")
        let first = UpstreamAccount(id: "117", email: "alice@acme.test", name: nil, scopes: nil)
        let reused = UpstreamAccount(id: "118", email: "alice@acme.test", name: nil, scopes: nil)
        let other = UpstreamAccount(id: "119", email: "alice.private@acme.test", name: nil, scopes: nil)
        #expect(try await allowed(first, at: "gmail", on: stage))
        #expect(try await allowed(first, subjects: [gmail: "117"], at: "gmail", on: stage))
        #expect(try await !allowed(reused, subjects: [gmail: "117"], at: "gmail", on: stage))
        #expect(try await !allowed(other, at: "gmail", on: stage))
        for account in [first, other] {
            #expect(
                try await allowed(account, subjects: [gmail: "Alice.Private@acme.test"], at: "gmail", on: stage),
                "a recorded address is one more")
        }
    }

    @Test func `who has it connected already keeps it, whatever its address is by now`() async throws {
        let stage = try VaultStage()
        let record = try await stage.connect("alice", secret: "s3cret")
        let renamed = UpstreamAccount(id: record.account, email: "alice.reyes@acme.test", name: nil, scopes: nil)
        #expect(try await allowed(renamed, at: "gmail", on: stage))
        #expect(
            try await !allowed(
                UpstreamAccount(id: "elsewhere", email: "alice.reyes@acme.test", name: nil, scopes: nil), at: "gmail",
                on: stage))
    }
}

import Crypto
import CryptoExtras
import Testing
import Wire

@testable import OAuth

struct ServiceAccountTests {
    private static let file: JSONObject = [
        "type": "service_account", "project_id": "acme", "private_key_id": "kid-1",
        "private_key": .string(SampleKeys.rsa + "\n"), "client_email": "robot@acme.iam.gserviceaccount.com",
        "client_id": "1234", "token_uri": "https://evil.example/token",
    ]

    private static func account(_ file: JSONObject = file) throws -> ServiceAccountKey {
        try ServiceAccountKey(file: JSON.object(file).text, place: "key.json")
    }

    private static func delegate() throws -> DelegatedSubject {
        try DelegatedSubject("assistant@acme.test", allowed: ["assistant@acme.test"], people: ["alice@acme.test"])
    }

    @Test func `the assertion has exactly Google's claims`() throws {
        let request = try TokenRequest.serviceAccount(
            ServiceAccountTests.account(), as: ServiceAccountTests.delegate(),
            scopes: ["https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/calendar"],
            now: SampleForm.now)
        let fields = SampleForm.fields(request)
        #expect(fields.count == 2)
        #expect(fields[0] == "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer")
        let parts = try SampleForm.parts(try SampleForm.value("assertion", request))
        #expect(parts.header == ["alg": "RS256", "typ": "JWT", "kid": "kid-1"])
        #expect(
            parts.claims == [
                "iat": 1_790_000_000, "exp": 1_790_003_600, "iss": "robot@acme.iam.gserviceaccount.com",
                "aud": "https://oauth2.googleapis.com/token",
                "scope": "https://www.googleapis.com/auth/gmail.readonly https://www.googleapis.com/auth/calendar",
                "sub": "assistant@acme.test",
            ])
        let key = try _RSA.Signing.PublicKey(derRepresentation: SampleKeys.key().publicKey)
        #expect(
            key.isValidSignature(
                .init(rawRepresentation: parts.signature), for: parts.signed, padding: .insecurePKCS1v1_5))
    }

    @Test func `an account acts as itself when it is nobody`() throws {
        let request = try TokenRequest.serviceAccount(
            ServiceAccountTests.account(), as: nil, scopes: ["a"], now: SampleForm.now)
        #expect(try SampleForm.parts(try SampleForm.value("assertion", request)).claims["sub"] == nil)
    }

    @Test func `without a scope nothing is asked for`() {
        #expect(throws: GrantFault.noScope) {
            _ = try TokenRequest.serviceAccount(ServiceAccountTests.account(), as: nil, scopes: [], now: 0)
        }
    }

    /// One thing wrong with a file.
    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let place: String
        let change: @Sendable (inout JSONObject) -> Void

        init(_ name: String, _ place: String, _ change: @escaping @Sendable (inout JSONObject) -> Void) {
            (testDescription, self.place, self.change) = (name, place, change)
        }
    }

    @Test(
        arguments: [
            Wrong("another kind", "key.json") { $0["type"] = "authorized_user" },
            Wrong("no kind", "key.json") { $0["type"] = JSON?.none },
            Wrong("no account", "key.json#client_email") { $0["client_email"] = JSON?.none },
            Wrong("an account that is none", "key.json#client_email") { $0["client_email"] = "robot" },
            Wrong("no key id", "key.json#private_key_id") { $0["private_key_id"] = "" },
            Wrong("no key", "key.json#private_key") { $0["private_key"] = 7 },
            Wrong("a key cut off", "key.json#private_key") {
                $0["private_key"] = .string(String(SampleKeys.rsa.dropLast(9)))
            },
            Wrong("a key of another kind", "key.json#private_key") { $0["private_key"] = .string(SampleKeys.ec) },
        ])
    func `a file that isn't a service account's key is refused by place`(_ wrong: Wrong) throws {
        var file = ServiceAccountTests.file
        wrong.change(&file)
        let fault = #expect(throws: KeyFault.self) { try ServiceAccountTests.account(file) }
        #expect(fault?.place == wrong.place)
    }

    @Test(
        arguments: [
            (#"{"installed": {}}"#, "an OAuth client's file"), (#"{"web": {}}"#, "an OAuth client's file"),
            (#"{"type": "authorized_user"}"#, "a person's own credential"),
            (#"{"type": "external_account"}"#, "a federated identity's configuration"), ("{}", "another file"),
        ])
    func `a file that somebody took for the key is told by what it is`(_ text: String, _ what: String) {
        let fault = #expect(throws: KeyFault.self) { try ServiceAccountKey(file: text, place: "key.json") }
        #expect(fault?.message == "it is \(what), not the key of a service account")
    }

    @Test func `an account is kept and shows nothing of its key`() throws {
        let account = try ServiceAccountTests.account()
        let again = try #require(ServiceAccountKey(stored: account.stored))
        #expect(again.stored == account.stored)
        #expect(ServiceAccountKey(stored: ["email": "a@b.test", "key_id": "k", "key": "AAAA"]) == nil)
        var dumped = ""
        dump(account, to: &dumped)
        #expect(dumped == "- the service account `robot@acme.iam.gserviceaccount.com`\n")
    }
}

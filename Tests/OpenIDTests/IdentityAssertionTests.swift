import Testing
import Wire

@testable import OpenID

/// An identity provider's leave for a client: each rule broken in turn.
struct IdentityAssertionTests {
    private static let ours = "https://deputy.test"

    private static func claims() -> JSONObject {
        [
            "iss": .string(SampleProvider.issuer), "sub": "248289761001", "aud": .string(ours), "client_id": "app_1",
            "jti": "j-1", "exp": .number(JSONNumber(SampleProvider.now + 300)),
            "iat": .number(JSONNumber(SampleProvider.now)), "resource": "https://deputy.test/mcp/helper",
            "scope": "read send",
        ]
    }

    private static func assertion(
        now: Int64 = SampleProvider.now, type: String? = "oauth-id-jag+jwt", byAnother: Bool = false,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) throws(TokenRefusal) -> IdentityAssertion {
        var (header, claims) = (SampleProvider.header(.es256), claims())
        header["typ"] = type.map { .string($0) }
        change(&claims)
        return try IdentityAssertion(
            SampleProvider.sign(.es256, header, claims, byAnother: byAnother), from: SubjectTokenTests.source,
            keys: SampleProvider.keys, audience: ours, client: "app_1", now: now)
    }

    private static func refusal(
        now: Int64 = SampleProvider.now, type: String? = "oauth-id-jag+jwt", byAnother: Bool = false,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) -> TokenRefusal? {
        do {
            _ = try assertion(now: now, type: type, byAnother: byAnother, change)
            return nil
        } catch { return error }
    }

    @Test func `an honest one says who, for which client and where`() throws {
        let assertion = try Self.assertion()
        #expect(assertion.subject == "248289761001" && assertion.id == "j-1")
        #expect(assertion.resource == "https://deputy.test/mcp/helper" && assertion.scope == "read send")
        #expect(assertion.until == SampleProvider.now + 360)
        #expect(Self.refusal(type: "application/OAUTH-ID-JAG+JWT") == nil)
        #expect(Self.refusal { $0["aud"] = [.string(Self.ours)] } == nil)
        #expect(Self.refusal { $0["scope"] = JSON?.none } == nil)
    }

    @Test func `its type is its own`() {
        for type in [nil, "JWT", "at+jwt", "id-jag+jwt", "logout+jwt"] as [String?] {
            #expect(Self.refusal(type: type) == .type)
        }
    }

    @Test func `each claim that is wrong or missing is refused for what it is`() {
        #expect(Self.refusal { $0["iss"] = "https://evil.example" } == .issuer)
        #expect(Self.refusal { $0["sub"] = JSON?.none } == .subject)
        #expect(Self.refusal { $0["aud"] = .string(Self.ours + "/") } == .audience)
        #expect(Self.refusal { $0["aud"] = .string(Self.ours + "/oauth/token") } == .audience)
        #expect(Self.refusal { $0["aud"] = [.string(Self.ours), "https://other.example"] } == .audience)
        #expect(Self.refusal { $0["aud"] = [.string(Self.ours), .string(Self.ours)] } == .audience)
        #expect(Self.refusal { $0["aud"] = [] } == .audience)
        #expect(Self.refusal { $0["aud"] = JSON?.none } == .audience)
        #expect(Self.refusal { $0["client_id"] = "app_2" } == .client)
        #expect(Self.refusal { $0["client_id"] = ["app_1"] } == .client)
        #expect(Self.refusal { $0["client_id"] = JSON?.none } == .client)
        #expect(Self.refusal { $0["jti"] = JSON?.none } == .id)
        #expect(Self.refusal { $0["jti"] = "" } == .id)
        #expect(Self.refusal { $0["exp"] = JSON?.none } == .expired)
        #expect(Self.refusal { $0["iat"] = JSON?.none } == .issued)
        #expect(Self.refusal { $0["iat"] = .number(JSONNumber(SampleProvider.now + 61)) } == .issued)
        #expect(Self.refusal { $0["resource"] = JSON?.none } == .resource)
        #expect(Self.refusal { $0["resource"] = ["https://a.example", "https://b.example"] } == .resource)
        #expect(Self.refusal { $0["scope"] = ["read"] } == .malformed)
        #expect(Self.refusal { $0["cnf"] = ["jkt": "x"] } == .restricted)
        #expect(Self.refusal { $0["act"] = 1 } == .actor)
        #expect(Self.refusal(byAnother: true) == .signature)
    }

    @Test func `it holds for a moment, and not for long`() {
        #expect(Self.refusal(now: SampleProvider.now + 359) == nil)
        #expect(Self.refusal(now: SampleProvider.now + 360) == .expired)
        #expect(Self.refusal { $0["exp"] = .number(JSONNumber(SampleProvider.now + 3_661)) } == .expired)
    }
}

import Testing
import Wire

@testable import OpenID

struct LogoutTokenTests {
    private func refusal(
        now: Int64 = SampleProvider.now, type: String? = "logout+jwt", _ change: (inout JSONObject) -> Void
    ) -> TokenRefusal? {
        var claims: JSONObject = [
            "iss": .string(SampleProvider.issuer), "sub": "248289761001", "aud": .string(SampleProvider.clientID),
            "iat": .number(JSONNumber(SampleProvider.now)), "exp": .number(JSONNumber(SampleProvider.now + 120)),
            "jti": "bWJq", "sid": "08a5019c", "events": ["http://schemas.openid.net/event/backchannel-logout": [:]],
        ]
        change(&claims)
        var header = SampleProvider.header(.es256)
        header["typ"] = type.map { .string($0) }
        do {
            _ = try LogoutToken(
                SampleProvider.sign(.es256, header, claims), from: SampleProvider.client, keys: SampleProvider.keys,
                now: now)
            return nil
        } catch { return error }
    }

    @Test func `a logout of a subject, of a session or of both is taken`() {
        #expect(refusal { _ in } == nil)
        #expect(refusal { $0["sid"] = JSON?.none } == nil)
        #expect(refusal { $0["sub"] = JSON?.none } == nil)
        #expect(refusal(type: "JWT") { _ in } == nil)
        #expect(refusal { $0["exp"] = JSON?.none } == nil, "older providers leave the end out")
    }

    @Test func `what isn't a logout of somebody, now, for us, is refused`() {
        #expect(refusal { ($0["sid"], $0["sub"]) = (JSON?.none, JSON?.none) } == .subject)
        #expect(refusal { $0["events"] = JSON?.none } == .event)
        #expect(refusal { $0["events"] = ["http://schemas.openid.net/event/another": [:]] } == .event)
        #expect(refusal { $0["nonce"] = "n" } == .event, "an ID token isn't a logout")
        #expect(refusal { $0["jti"] = JSON?.none } == .event)
        #expect(refusal { $0["iss"] = "https://evil.example" } == .issuer)
        #expect(refusal { $0["aud"] = "another" } == .audience)
        #expect(refusal(type: "at+jwt") { _ in } == .type)
        #expect(refusal(now: SampleProvider.now + 180) { _ in } == .expired)
        #expect(refusal(now: SampleProvider.now + 360) { $0["exp"] = JSON?.none } == .expired)
        #expect(
            refusal(now: SampleProvider.now + 3_600) { $0["exp"] = .number(JSONNumber(SampleProvider.now + 9_000)) }
                == .expired, "an old one may be forgotten, so it isn't taken again")
    }

    @Test func `a logout isn't an ID token`() {
        var header = SampleProvider.header(.es256)
        header["typ"] = "logout+jwt"
        #expect(SampleProvider.refusal(of: SampleProvider.sign(.es256, header)) == .type)
    }
}

import Crypto
import Testing
import Wire

@testable import OpenID

/// Tokens that clients bring to exchange: each rule broken in turn.
struct SubjectTokenTests {
    static let audience = "api://notes"
    static let source = TokenSource(
        issuer: SampleProvider.issuer, algorithms: Set(SigningAlgorithm.allCases), subject: "sub")

    static func claims(_ kind: SubjectToken.Kind) -> JSONObject {
        var claims: JSONObject = [
            "iss": .string(SampleProvider.issuer), "sub": "248289761001", "aud": .string(audience),
            "exp": .number(JSONNumber(SampleProvider.now + 300)), "iat": .number(JSONNumber(SampleProvider.now)),
        ]
        if kind == .accessToken { (claims["jti"], claims["client_id"]) = ("t-1", "builder") }
        return claims
    }

    static func header(_ kind: SubjectToken.Kind, _ algorithm: SigningAlgorithm = .es256) -> JSONObject {
        var header = SampleProvider.header(algorithm)
        header["typ"] = kind == .idToken ? "JWT" : "at+jwt"
        return header
    }

    static func token(
        _ text: String, as kind: SubjectToken.Kind, from source: TokenSource = source,
        keys: KeySet = SampleProvider.keys,
        now: Int64 = SampleProvider.now
    ) throws(TokenRefusal) -> SubjectToken {
        try SubjectToken(text, as: kind, from: source, audiences: [audience, "api://other"], keys: keys, now: now)
    }

    static func refusal(
        _ kind: SubjectToken.Kind = .idToken, _ algorithm: SigningAlgorithm = .es256, source: TokenSource = source,
        keys: KeySet = SampleProvider.keys, now: Int64 = SampleProvider.now, byAnother: Bool = false,
        _ change: (inout JSONObject) -> Void = { _ in }, header: (inout JSONObject) -> Void = { _ in }
    ) -> TokenRefusal? {
        var (head, claims) = (Self.header(kind, algorithm), claims(kind))
        header(&head)
        change(&claims)
        do {
            _ = try token(
                SampleProvider.sign(algorithm, head, claims, byAnother: byAnother), as: kind, from: source, keys: keys,
                now: now)
            return nil
        } catch { return error }
    }

    @Test(arguments: SubjectToken.Kind.allCases, SigningAlgorithm.allCases)
    func `an honest token is taken, of either kind and signature`(
        _ kind: SubjectToken.Kind, _ algorithm: SigningAlgorithm
    ) throws {
        #expect(Self.refusal(kind, algorithm) == nil)
        let token = try Self.token(
            SampleProvider.sign(algorithm, Self.header(kind, algorithm), Self.claims(kind)), as: kind)
        #expect(token.subject == "248289761001" && token.expires == SampleProvider.now + 300)
        #expect(token.id == (kind == .accessToken ? "t-1" : nil) && token.history.isEmpty && token.permitted == nil)
    }

    @Test(arguments: SubjectToken.Kind.allCases)
    func `each claim that is wrong is refused for what it is`(_ kind: SubjectToken.Kind) {
        #expect(Self.refusal(kind) { $0["iss"] = "https://evil.example" } == .issuer)
        #expect(Self.refusal(kind) { $0["iss"] = JSON?.none } == .issuer)
        #expect(Self.refusal(kind) { $0["aud"] = "api://notes/" } == .audience)
        #expect(Self.refusal(kind) { $0["aud"] = JSON?.none } == .audience)
        #expect(Self.refusal(kind) { $0["aud"] = [] } == .audience)
        #expect(Self.refusal(kind) { $0["aud"] = ["api://notes", 1] } == .audience)
        #expect(Self.refusal(kind) { $0["sub"] = JSON?.none } == .subject)
        #expect(Self.refusal(kind) { $0["sub"] = "" } == .subject)
        #expect(Self.refusal(kind) { $0["sub"] = 7 } == .subject)
        #expect(Self.refusal(kind) { $0["exp"] = JSON?.none } == .expired)
        #expect(Self.refusal(kind) { $0["exp"] = "soon" } == .expired)
        #expect(Self.refusal(kind) { $0["iat"] = JSON?.none } == .issued)
        #expect(Self.refusal(kind) { $0["iat"] = .number(JSONNumber(SampleProvider.now + 61)) } == .issued)
        #expect(Self.refusal(kind) { $0["nbf"] = .number(JSONNumber(SampleProvider.now + 61)) } == .issued)
        #expect(Self.refusal(kind) { $0["cnf"] = ["jkt": "x"] } == .restricted)
        #expect(Self.refusal(kind) { $0["authorization_details"] = [["type": "mail"]] } == .restricted)
        #expect(Self.refusal(kind) { $0["jti"] = .string(String(repeating: "j", count: 256)) } == .id)
    }

    @Test func `a token is dead when it says so, whatever clocks may differ by`() {
        #expect(Self.refusal(now: SampleProvider.now + 299) == nil)
        #expect(Self.refusal(now: SampleProvider.now + 300) == .expired)
        #expect(Self.refusal(now: SampleProvider.now + 330) == .expired)
    }

    @Test func `of several audiences an ID token says which one asked, and an access token needs not`() {
        let both: JSON = ["api://notes", "api://mail"]
        #expect(Self.refusal { $0["aud"] = ["api://notes"] } == nil)
        #expect(Self.refusal { $0["aud"] = both } == .authorizedParty)
        #expect(Self.refusal { ($0["aud"], $0["azp"]) = (both, "api://notes") } == nil)
        #expect(Self.refusal { ($0["aud"], $0["azp"]) = (both, "api://mail") } == .authorizedParty)
        #expect(Self.refusal { $0["azp"] = "api://mail" } == .authorizedParty)
        #expect(Self.refusal(.accessToken) { ($0["aud"], $0["azp"]) = (both, "builder") } == nil)
        #expect(Self.refusal(.accessToken) { $0["aud"] = ["api://mail", "api://calendar"] } == .audience)
    }

    @Test func `one kind of token is never taken for another`() {
        for type in ["at+jwt", "logout+jwt", "oauth-id-jag+jwt", "dpop+jwt", "secevent+jwt"] {
            #expect(Self.refusal(header: { $0["typ"] = .string(type) }) == .type)
        }
        for type in [nil, "JWT", "oauth-id-jag+jwt", "logout+jwt"] as [String?] {
            #expect(Self.refusal(.accessToken, header: { $0["typ"] = type.map { .string($0) } }) == .type)
        }
        #expect(Self.refusal(.accessToken, header: { $0["typ"] = "application/at+jwt" }) == nil)
        #expect(Self.refusal { $0["events"] = ["x": [:]] } == .type, "a logout without a type")
        for name in ["jti", "client_id"] {
            #expect(Self.refusal(.accessToken) { $0[name] = JSON?.none } == .type, "RFC 9068 wants \(name)")
        }
    }

    @Test func `no algorithm but the registered ones`() {
        for name in ["none", "None", "HS256", "HS512", "RS512", "es256", ""] {
            #expect(Self.refusal(header: { $0["alg"] = .string(name) }) == .algorithm)
        }
        #expect(Self.refusal(header: { $0["alg"] = JSON?.none }) == .algorithm)
        let only = TokenSource(issuer: SampleProvider.issuer, algorithms: [.rs256], subject: "sub")
        #expect(Self.refusal(source: only) == .algorithm)
        #expect(Self.refusal(.idToken, .rs256, source: only) == nil)
        // The RSA key of RS256 signs PS256, and says so.
        #expect(
            Self.refusal(.idToken, .ps256, header: { $0["kid"] = .string(SampleProvider.keyID(.rs256)) }) == .unknownKey
        )
    }

    @Test func `a public key as an HMAC secret signs nothing`() {
        let head: JSONObject = ["alg": "HS256", "typ": "JWT", "kid": .string(SampleProvider.keyID(.es256))]
        let text =
            Base64.encodeURL(JSON.object(head).bytes()) + "."
            + Base64.encodeURL(JSON.object(Self.claims(.idToken)).bytes())
        let secret = SymmetricKey(data: SampleProvider.p256.publicKey.x963Representation)
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: secret)
        #expect(throws: TokenRefusal.algorithm) {
            try Self.token(text + "." + Base64.encodeURL(Array(code)), as: .idToken)
        }
        #expect(throws: TokenRefusal.malformed) { try Self.token("e30.e30", as: .idToken) }
    }

    @Test func `the key is the issuer's own, whatever the header says of it`() throws {
        #expect(Self.refusal(byAnother: true) == .signature)
        for kid in ["../../dev/null", "key-ES256\u{0}", "' OR 1=1", "key-es256"] {
            #expect(Self.refusal(header: { $0["kid"] = .string(kid) }) == .unknownKey)
        }
        #expect(Self.refusal(header: { $0["kid"] = 1 }) == .malformed)
        let attacker = P256.Signing.PrivateKey()
        let point = Array(attacker.publicKey.x963Representation)
        let jwk: JSON = [
            "kty": "EC", "crv": "P-256", "x": .string(Base64.encodeURL(point[1..<33])),
            "y": .string(Base64.encodeURL(point[33...])),
        ]
        var head = Self.header(.idToken)
        (head["jwk"], head["jku"], head["x5u"]) = (jwk, "https://evil.example/keys", "https://evil.example/cert")
        let text =
            Base64.encodeURL(JSON.object(head).bytes()) + "."
            + Base64.encodeURL(JSON.object(Self.claims(.idToken)).bytes())
        let signature = Array(try attacker.signature(for: Array(text.utf8)).rawRepresentation)
        #expect(throws: TokenRefusal.signature) {
            try Self.token(text + "." + Base64.encodeURL(signature), as: .idToken)
        }
        #expect(Self.refusal(header: { $0["crit"] = ["x"] }) == .malformed)
    }

    @Test func `another claim names the person where the issuer is registered so`() throws {
        let source = TokenSource(issuer: SampleProvider.issuer, algorithms: [.es256], subject: "oid")
        #expect(Self.refusal(source: source) == .subject)
        var claims = Self.claims(.idToken)
        claims["oid"] = "0-1-2"
        let token = try Self.token(
            SampleProvider.sign(.es256, Self.header(.idToken), claims), as: .idToken, from: source)
        #expect(token.subject == "0-1-2" && token.name == "248289761001")
    }

    @Test func `who acted before is history, the latest first`() throws {
        var claims = Self.claims(.accessToken)
        claims["act"] = ["sub": "planner", "scope": "all", "act": ["client_id": "web", "iss": "https://a.example"]]
        let token = try Self.token(
            SampleProvider.sign(.es256, Self.header(.accessToken), claims), as: .accessToken)
        #expect(token.history.map(\.subject) == ["planner", nil] && token.history.map(\.client) == [nil, "web"])
        #expect(
            TokenActor.claim(token.history)
                == ["sub": "planner", "act": ["iss": "https://a.example", "client_id": "web"]])
        #expect(Self.refusal { $0["act"] = "planner" } == .actor)
        #expect(Self.refusal { $0["act"] = [:] } == .actor)
        #expect(Self.refusal { $0["act"] = ["sub": ""] } == .actor)
        let long = (0..<9).reduce(["sub": "first"] as JSON) { before, _ in ["sub": "next", "act": before] }
        #expect(Self.refusal { $0["act"] = long } == .actor)
    }

    @Test func `who may act is read whole, or the token isn't taken`() throws {
        var claims = Self.claims(.idToken)
        claims["may_act"] = ["sub": "https://deputy.test/mcp/helper"]
        let token = try Self.token(SampleProvider.sign(.es256, Self.header(.idToken), claims), as: .idToken)
        #expect(token.permitted?.subject == "https://deputy.test/mcp/helper")
        #expect(Self.refusal { $0["may_act"] = ["sub": "x", "only_on": "mondays"] } == .actor)
        #expect(Self.refusal { $0["may_act"] = ["x"] } == .actor)
        #expect(Self.refusal { $0["may_act"] = .null } == .actor)
    }
}

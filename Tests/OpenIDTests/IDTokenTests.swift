import CryptoExtras
import Testing
import Wire

@testable import OpenID

struct IDTokenTests {
    /// One lie in an otherwise honest token.
    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let refusal: TokenRefusal
        let tell: @Sendable (inout JSONObject, inout JSONObject) -> Void

        init(
            _ name: String, _ refusal: TokenRefusal,
            _ tell: @escaping @Sendable (_ header: inout JSONObject, _ claims: inout JSONObject) -> Void
        ) {
            (testDescription, self.refusal, self.tell) = (name, refusal, tell)
        }
    }

    private static func seconds(_ offset: Int64) -> JSON { .number(JSONNumber(SampleProvider.now + offset)) }

    static let lies = [
        Lie("another issuer", .issuer) { $1["iss"] = "https://evil.example" },
        Lie("the issuer with a slash more", .issuer) { $1["iss"] = .string(SampleProvider.issuer + "/") },
        Lie("the issuer in capitals", .issuer) { $1["iss"] = .string(SampleProvider.issuer.uppercased()) },
        Lie("no issuer", .issuer) { $1["iss"] = JSON?.none },
        Lie("another audience", .audience) { $1["aud"] = "somebody-else" },
        Lie("no audience", .audience) { $1["aud"] = JSON?.none },
        Lie("an empty list of audiences", .audience) { $1["aud"] = [] },
        Lie("an audience that isn't a text", .audience) { $1["aud"] = ["deputy", 1] },
        Lie("two audiences without the party", .authorizedParty) {
            $1["aud"] = ["deputy", "another"]
            $1["azp"] = JSON?.none
        },
        Lie("two audiences for the other party", .authorizedParty) {
            $1["aud"] = ["deputy", "another"]
            $1["azp"] = "another"
        },
        Lie("one audience for another party", .authorizedParty) { $1["azp"] = "another" },
        Lie("a party that isn't a text", .authorizedParty) { $1["azp"] = .null },
        Lie("another nonce", .nonce) { $1["nonce"] = "another" },
        Lie("no nonce", .nonce) { $1["nonce"] = JSON?.none },
        Lie("past its time", .expired) { $1["exp"] = seconds(-61) },
        Lie("no end", .expired) { $1["exp"] = JSON?.none },
        Lie("an end that is a text", .expired) { $1["exp"] = .string("\(SampleProvider.now + 300)") },
        Lie("an end in milliseconds", .expired) { $1["exp"] = .number(JSONNumber((SampleProvider.now + 300) * 1000)) },
        Lie("an end without end", .expired) { $1["exp"] = try? JSON.parse("1e99") },
        Lie("before its time", .issued) { $1["nbf"] = seconds(61) },
        Lie("a beginning that is a text", .issued) { $1["nbf"] = "now" },
        Lie("issued in the future", .issued) { $1["iat"] = seconds(61) },
        Lie("issued before it was asked for", .issued) { $1["iat"] = seconds(-66) },
        Lie("never issued", .issued) { $1["iat"] = JSON?.none },
        Lie("another access token's", .accessToken) { $1["at_hash"] = "77QmUPtjPfzWtF2AnpK9RQ" },
        Lie("an access token's that isn't a text", .accessToken) { $1["at_hash"] = true },
        Lie("no subject", .subject) { $1["sub"] = JSON?.none },
        Lie("an empty subject", .subject) { $1["sub"] = "" },
        Lie("a subject that is a number", .subject) { $1["sub"] = 248_289_761_001 },
        Lie("a subject without end", .subject) { $1["sub"] = .string(String(repeating: "a", count: 256)) },
        Lie("a subject of two lines", .subject) { $1["sub"] = "a\nb" },
        Lie("no algorithm", .algorithm) { header, _ in header["alg"] = JSON?.none },
        Lie("the algorithm none", .algorithm) { header, _ in header["alg"] = "none" },
        Lie("the algorithm None", .algorithm) { header, _ in header["alg"] = "None" },
        Lie("a symmetric algorithm", .algorithm) { header, _ in header["alg"] = "HS256" },
        Lie("an algorithm that isn't taken", .algorithm) { header, _ in header["alg"] = "RS512" },
        Lie("an unknown key", .unknownKey) { header, _ in header["kid"] = "another" },
        Lie("a key by another's kind", .unknownKey) { header, _ in
            header["kid"] = .string(header["alg"] == "ES256" ? "key-RS256" : "key-ES256")
        },
        Lie("a key's id that isn't a text", .malformed) { header, _ in header["kid"] = 7 },
        Lie("an access token", .type) { header, _ in header["typ"] = "at+jwt" },
        Lie("a logout", .type) { header, _ in header["typ"] = "logout+jwt" },
        Lie("an extension", .malformed) { header, _ in header["crit"] = ["exp"] },
    ]

    @Test(arguments: SigningAlgorithm.allCases)
    func `an honest token says who signed in`(_ algorithm: SigningAlgorithm) throws {
        let token = try IDToken(
            SampleProvider.sign(algorithm), from: SampleProvider.client, keys: SampleProvider.keys,
            nonce: SampleProvider.nonce, accessToken: SampleProvider.accessToken, askedAt: SampleProvider.now,
            now: SampleProvider.now)
        #expect(token.issuer == SampleProvider.issuer)
        #expect(token.subject == "248289761001")
        #expect(token.session == "08a5019c-17e1-4977")
    }

    @Test(arguments: SigningAlgorithm.allCases, lies)
    func `one lie is enough, and it is named`(_ algorithm: SigningAlgorithm, _ lie: Lie) {
        var (header, claims) = (SampleProvider.header(algorithm), SampleProvider.claims(algorithm))
        lie.tell(&header, &claims)
        #expect(SampleProvider.refusal(of: SampleProvider.sign(algorithm, header, claims)) == lie.refusal)
    }

    /// Each half of the cases must come about: a generator that never tells the truth would pass with nothing believed.
    @Test func `of generated tokens exactly the honest ones are believed`() {
        var generator = SystemRandomNumberGenerator()
        var (honest, refused): (Int, [TokenRefusal: Int]) = (0, [:])
        for _ in 0..<1_500 {
            let algorithm = SigningAlgorithm.allCases.randomElement(using: &generator)!
            var (header, claims) = (SampleProvider.header(algorithm), SampleProvider.claims(algorithm))
            if Bool.random(using: &generator) { header["typ"] = JSON?.none }
            if Bool.random(using: &generator) { claims["aud"] = [.string(SampleProvider.clientID)] }
            if Bool.random(using: &generator) { claims["azp"] = .string(SampleProvider.clientID) }
            if Bool.random(using: &generator) { claims["nbf"] = Self.seconds(Int64.random(in: -900...60)) }
            if Bool.random(using: &generator) { claims["at_hash"] = JSON?.none }
            claims["exp"] = Self.seconds(Int64.random(in: -59...86_400))
            claims["iat"] = Self.seconds(Int64.random(in: -65...60))
            var told = Set<TokenRefusal>()
            for lie in Self.lies.shuffled(using: &generator).prefix([0, 0, 1, 2, 3].randomElement()!) {
                lie.tell(&header, &claims)
                told.insert(lie.refusal)
            }
            let byAnother = told.isEmpty && Int.random(in: 0..<3, using: &generator) == 0
            let refusal = SampleProvider.refusal(
                of: SampleProvider.sign(algorithm, header, claims, byAnother: byAnother))
            if byAnother {
                #expect(refusal == .signature)
            } else if told.isEmpty {
                #expect(refusal == nil)
                honest += 1
            } else {
                // Two lies may be told about one thing: the later is the one that stands.
                #expect(refusal != nil)
            }
            if let refusal { refused[refusal, default: 0] += 1 }
        }
        print("honest: \(honest); refused:", refused.map { "\($0.key.rawValue) \($0.value)" }.sorted())
        #expect(honest > 300)
        #expect(refused.values.reduce(0, +) > 300)
        #expect(refused.count >= 10)
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `a token in which one character differs isn't believed`(_ algorithm: SigningAlgorithm) {
        let token = Array(SampleProvider.sign(algorithm).utf8)
        for place in stride(from: 0, to: token.count, by: 7) {
            var altered = token
            altered[place] = altered[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(SampleProvider.refusal(of: String(decoding: altered, as: UTF8.self)) != nil)
        }
    }

    @Test func `the public key as a shared secret signs nothing`() throws {
        var header = SampleProvider.header(.rs256)
        header["alg"] = "HS256"
        let text =
            Base64.encodeURL(JSON.object(header).bytes()) + "."
            + Base64.encodeURL(JSON.object(SampleProvider.claims(.rs256)).bytes())
        let secret = Array(SampleProvider.rsa.publicKey.pemRepresentation.utf8)
        let token = text + "." + Base64.encodeURL(Digest.hmac(of: Array(text.utf8), key: secret).bytes)
        #expect(SampleProvider.refusal(of: token) == .algorithm)
    }

    @Test func `what the provider doesn't sign with isn't taken`() {
        let client = TokenClient(
            issuer: SampleProvider.issuer, clientID: SampleProvider.clientID, algorithms: [.es256])
        #expect(SampleProvider.refusal(of: SampleProvider.sign(.rs256), from: client) == .algorithm)
        #expect(SampleProvider.refusal(of: SampleProvider.sign(.es256), from: client) == nil)
    }

    @Test func `the same key with the other padding isn't taken`() {
        var header = SampleProvider.header(.rs256)
        header["alg"] = "PS256"
        #expect(SampleProvider.refusal(of: SampleProvider.sign(.rs256, header)) == .unknownKey)
        header["kid"] = .string(SampleProvider.keyID(.ps256))
        #expect(SampleProvider.refusal(of: SampleProvider.sign(.rs256, header)) == .signature)
    }

    @Test(arguments: [
        "", ".", "..", "a.b", "a.b.c.d", "a.b.c.d.e", "e30.e30.", "e30.e30.AA", "e30=.e30.AA",
        String(repeating: "a", count: 70_000),
    ])
    func `what isn't a token isn't one`(_ text: String) {
        #expect([.malformed, .algorithm].contains(SampleProvider.refusal(of: text)))
    }

    @Test func `a claim that comes twice is none`() {
        let claims = Array(#"{"iss":"https://id.example/realms/acme","sub":"alice","sub":"mallory"}"#.utf8)
        let token = SampleProvider.sign(.es256).split(separator: ".")
        #expect(
            SampleProvider.refusal(of: "\(token[0]).\(Base64.encodeURL(claims)).\(token[2])") == .malformed)
    }

    @Test func `clocks may differ by a minute and no more`() {
        let token = SampleProvider.sign(.es256)
        #expect(SampleProvider.refusal(of: token, now: SampleProvider.now + 359) == nil)
        #expect(SampleProvider.refusal(of: token, now: SampleProvider.now + 360) == .expired)
        #expect(SampleProvider.refusal(of: token, now: SampleProvider.now - 60) == nil)
        #expect(SampleProvider.refusal(of: token, now: SampleProvider.now - 61) == .issued)
    }

    @Test func `a token that names an access token needs it`() {
        #expect(SampleProvider.refusal(of: SampleProvider.sign(.es256), accessToken: nil) == .accessToken)
    }
}

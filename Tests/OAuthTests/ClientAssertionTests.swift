import Crypto
import CryptoExtras
import Testing
import Wire

@testable import OAuth

struct ClientAssertionTests {
    private static let id = AssertionID(Array(0..<16))

    private static func certified() throws -> ClientKey {
        try ClientKey(pem: SampleKeys.rsa + "\n" + SampleKeys.rsaCertificate, id: nil, place: "c.pem")
    }

    @Test func `a certificate's assertion has exactly what Entra takes`() throws {
        let server = try SampleForm.server()
        let assertion = ClientAssertion(
            clientID: "client-1", audience: try AssertionAudience(.tokenEndpoint, of: server),
            key: try ClientAssertionTests.certified())
        let fields = try assertion.fields(try #require(ClientAssertionTests.id), now: SampleForm.now)
        #expect(fields.map(\.name) == ["client_id", "client_assertion_type", "client_assertion"])
        #expect(fields[0].value == "client-1")
        #expect(fields[1].value == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        let parts = try SampleForm.parts(fields[2].value)
        #expect(
            parts.header
                == ["alg": "PS256", "typ": "JWT", "x5t#S256": "AXEA9O6iPxXo8zurofxul6bq9tFA84UxDar-8u_9Fq4"])
        #expect(
            parts.claims == [
                "aud": "https://id.example/tenant/token", "iss": "client-1", "sub": "client-1",
                "jti": "00010203-0405-4607-8809-0a0b0c0d0e0f", "nbf": 1_790_000_000, "iat": 1_790_000_000,
                "exp": 1_790_000_300,
            ])
        let key = try _RSA.Signing.PublicKey(derRepresentation: assertion.key.publicKey)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: parts.signature)
        #expect(key.isValidSignature(signature, for: parts.signed, padding: .PSS))
        #expect(!key.isValidSignature(signature, for: parts.signed, padding: .insecurePKCS1v1_5))
    }

    @Test func `an assertion by key names the key, and the server by its name alone`() throws {
        let assertion = ClientAssertion(
            clientID: "client-1", audience: try AssertionAudience(.issuer, of: try SampleForm.server()),
            key: try ClientKey(pem: SampleKeys.ec, id: "key-7", place: "k.pem"))
        let parts = try SampleForm.parts(
            try assertion.signed(try #require(ClientAssertionTests.id), now: SampleForm.now).text)
        #expect(parts.header == ["alg": "ES256", "typ": "JWT", "kid": "key-7"])
        // One text, and not a list.
        #expect(parts.claims["aud"] == "https://id.example/tenant")
    }

    @Test(arguments: [nil, "", "id.example", "https://id.example/?tenant=1", "https://id.example/#a"] as [String?])
    func `a server without a valid name gets no assertion made out to one`(_ issuer: String?) throws {
        let server = try SampleForm.server(issuer: issuer)
        #expect(throws: GrantFault.noIssuer) { try AssertionAudience(.issuer, of: server) }
    }

    @Test(arguments: [1_709_208_000, 2_082_758_401] as [Int64])
    func `a certificate outside of its time signs nothing`(_ now: Int64) throws {
        let assertion = ClientAssertion(
            clientID: "client-1", audience: try AssertionAudience(.tokenEndpoint, of: try SampleForm.server()),
            key: try ClientAssertionTests.certified())
        #expect(throws: GrantFault.certificate) { try assertion.fields(.fresh(), now: now) }
    }

    @Test(arguments: [nil, "key-7"])
    func `a key is kept with the name that the server knows it by`(_ id: String?) throws {
        let key = try ClientKey(pem: SampleKeys.ec, id: id, place: "k.pem")
        #expect(key.name == .id(id ?? key.key.thumbprint))
        #expect(try #require(ClientKey(stored: key.stored)).stored == key.stored)
        let certified = try ClientAssertionTests.certified()
        #expect(try #require(ClientKey(stored: certified.stored)).stored == certified.stored)
        #expect(ClientKey(stored: ["key": "AAAA", "id": "k"]) == nil)
    }

    @Test func `a key with a certificate has no other name`() {
        #expect(throws: KeyFault.self) {
            try ClientKey(pem: SampleKeys.rsa + "\n" + SampleKeys.rsaCertificate, id: "key-7", place: "c.pem")
        }
    }

    @Test func `every assertion has an id of its own`() {
        #expect(Set((0..<100).map { _ in AssertionID.fresh().text }).count == 100)
        #expect(AssertionID([1]) == nil)
    }
}

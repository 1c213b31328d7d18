import Crypto
import CryptoExtras
import Testing
import Wire

@testable import OAuth

@Suite struct `What an app asks about its own certificates` {
    private static let object = "11111111-2222-3333-4444-555555555555"
    private static let now: Int64 = 1_795_000_000

    private func graph() throws -> GraphKeys {
        let base = try #require(Endpoint("https://graph.test/v1.0", secure: true))
        let keys = OwnKeys(interface: .microsoftGraph, base: base, scopes: [])
        return try #require(GraphKeys(keys, objectID: Self.object))
    }

    @Test func `a certificate that we make is one that we read, for the years that it was made for`() throws {
        for (from, until) in [
            (Self.now, Self.now + 86_400), (951_782_400, 951_868_800), (2_524_607_999, 2_524_608_000),
        ] {
            let made = try CertifiedKey.made(named: "deputy", from: Int64(from), until: Int64(until))
            #expect(made.certificate.notBefore == Int64(from) && made.certificate.notAfter == Int64(until))
            let again = try CertifiedKey(made.key, ClientCertificate(der: made.certificate.der, place: ""), place: "")
            #expect(again.certificate.thumbprint == made.certificate.thumbprint)
        }
    }

    @Test func `a proof is signed by the key, for the directory, in the application's name, for minutes`() throws {
        let key = try CertifiedKey.made(named: "deputy", from: Self.now, until: Self.now + 86_400)
        let request = try graph().removing(Self.object, provedBy: key, now: Self.now)
        #expect(request.method == .post)
        #expect(request.endpoint.url == "https://graph.test/v1.0/applications/\(Self.object)/removeKey")
        let proof = try #require(try JSON.parse(request.body)["proof"]?.stringValue)
        let parts = proof.split(separator: ".").map(String.init)
        let claims = try JSON.parse(try #require(Base64.decodeURL(parts[1])))
        #expect(claims["aud"]?.stringValue == "00000002-0000-0000-c000-000000000000")
        #expect(claims["iss"]?.stringValue == Self.object && claims["nbf"]?.integerValue == Self.now)
        let seconds = try #require(claims["exp"]?.integerValue) - Self.now
        #expect((1...600).contains(seconds))
        let header = try JSON.parse(try #require(Base64.decodeURL(parts[0])))
        #expect(header["alg"]?.stringValue == "RS256")
        #expect(header["x5t"]?.stringValue == Base64.encodeURL(key.certificate.sha1))
        let signing = try _RSA.Signing.PublicKey(derRepresentation: key.key.publicKey)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try #require(Base64.decodeURL(parts[2])))
        #expect(
            signing.isValidSignature(
                signature, for: Array("\(parts[0]).\(parts[1])".utf8), padding: .insecurePKCS1v1_5))
    }

    @Test func `ids of a directory are taken, and nothing else that would be put into a path`() {
        #expect(GraphKeys.isID(Self.object) && GraphKeys.isID(Self.object.uppercased()))
        for text in [
            "", "deputy", Self.object + "/x", Self.object.dropLast() + "g", Self.object.replacing("-", with: ""),
        ] {
            #expect(!GraphKeys.isID(String(text)), "\(text)")
        }
    }

    @Test func `an app asks its own directory, and not everybody's`() throws {
        let endpoint = try #require(Endpoint("https://login.test/organizations/oauth2/v2.0/token", secure: true))
        let server = AuthorizationServer(
            issuer: nil, namesItself: false, authorization: endpoint, token: endpoint, revocation: nil,
            introspection: nil, device: nil, authentication: .post, dialect: TokenDialect(), parameters: [:],
            scopes: [], refresh: RefreshRules())
        #expect(server.isOfEveryTenant)
        let own = try #require(server.inTenant(Self.object))
        #expect(own.token.url == "https://login.test/\(Self.object)/oauth2/v2.0/token" && !own.isOfEveryTenant)
        #expect(own.inTenant("other")?.token == own.token, "one that has a directory keeps it")
    }
}

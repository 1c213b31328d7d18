import Testing

@testable import OAuth

struct ClientCertificateTests {
    @Test func `a certificate is known by the digest of its bytes and holds for its time`() throws {
        let rsa = try CertifiedKey(pem: SampleKeys.rsaCertificate + "\n" + SampleKeys.rsa, place: "c.pem").certificate
        #expect(rsa.thumbprint == "AXEA9O6iPxXo8zurofxul6bq9tFA84UxDar-8u_9Fq4")
        #expect((rsa.notBefore, rsa.notAfter) == (1_709_208_001, 2_082_758_400))
        let ec = try CertifiedKey(pem: SampleKeys.ecOld + "\n" + SampleKeys.ecCertificate, place: "c.pem").certificate
        #expect(ec.thumbprint == "DHHkflA5TqJ8f58HDOtlRPcbQlk-vPHUgNfPZ391IwI")
        #expect((ec.notBefore, ec.notAfter) == (1_577_836_800, 2_713_910_399))
    }

    @Test(
        arguments: [
            (SampleKeys.rsa + "\n" + SampleKeys.ecCertificate, "its certificate is another key's"),
            (SampleKeys.rsa, "it has no certificate"),
            (SampleKeys.ecCertificate, "it has no private key"),
        ])
    func `a key and a certificate have to belong together`(_ pem: String, _ message: String) {
        let fault = #expect(throws: KeyFault.self) { try CertifiedKey(pem: pem, place: "c.pem") }
        #expect(fault?.message == message)
    }

    @Test func `what is cut off or altered isn't a certificate`() throws {
        let der = try CertifiedKey(pem: SampleKeys.rsa + "\n" + SampleKeys.rsaCertificate, place: "c.pem").certificate
            .der
        for length in [0, 1, 20, der.count / 2, der.count - 1] {
            #expect(throws: KeyFault.self) { try ClientCertificate(der: Array(der.prefix(length)), place: "c.pem") }
        }
        #expect(throws: KeyFault.self) { try ClientCertificate(der: der + [0], place: "c.pem") }
    }
}

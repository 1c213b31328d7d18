import Crypto
import Testing
import Wire

@testable import OAuth

struct AssertionKeyTests {
    @Test func `RS256 signs as RFC 7515 appendix A.2 has it`() throws {
        let signed =
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
            + "Ijp0cnVlfQ"
        let signature = try SampleKeys.key().signature(over: Array(signed.utf8), .rs256)
        #expect(
            Base64.encodeURL(signature)
                == "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJd"
                + "bF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN93"
                + "83LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhW"
                + "kWywlVmtVrBp0igcN_IoypGlUPQGe77Rw")
    }

    @Test func `ES256 signs in the 64 bytes of RFC 7518 section 3-4`() throws {
        let key = try SampleKeys.key(SampleKeys.ec)
        let signature = try key.signature(over: Array("abc".utf8), .es256)
        #expect(signature.count == 64)
        let x = try #require(Base64.decodeURL("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"))
        let y = try #require(Base64.decodeURL("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        let known = try P256.Signing.PublicKey(x963Representation: [4] + x + y)
        #expect(known.isValidSignature(try .init(rawRepresentation: signature), for: Array("abc".utf8)))
    }

    @Test(arguments: [(SampleKeys.rsa, SampleKeys.rsaOld), (SampleKeys.ec, SampleKeys.ecOld)])
    func `a key is the same in every form that it is written in`(_ new: String, _ old: String) throws {
        let (new, old) = (try SampleKeys.key(new), try SampleKeys.key(old))
        #expect(new.thumbprint == old.thumbprint)
        #expect(new.bytes == old.bytes)
        #expect(AssertionKey(bytes: new.bytes)?.thumbprint == new.thumbprint)
        #expect(AssertionKey(bytes: Array(new.bytes.dropLast())) == nil)
    }

    @Test func `a key signs only as its kind does`() throws {
        let (rsa, ec) = (try SampleKeys.key(), try SampleKeys.key(SampleKeys.ec))
        #expect(rsa.algorithms == [.ps256, .rs256])
        #expect(ec.algorithms == [.es256])
        #expect(throws: GrantFault.algorithm(.es256)) { try rsa.signature(over: [1], .es256) }
        #expect(throws: GrantFault.algorithm(.rs256)) { try ec.signature(over: [1], .rs256) }
        #expect(throws: GrantFault.algorithm(.ps256)) { try ec.signature(over: [1], .ps256) }
    }

    @Test(
        arguments: [
            (SampleKeys.weak, "its RSA key has 1024 bits, and fewer than 2048 protect nothing"),
            (SampleKeys.p384, "its private key isn't RSA and isn't on P-256"),
            (SampleKeys.encrypted, "its private key is encrypted with a passphrase"),
            (SampleKeys.rsaCertificate, "it has no private key"),
            ("", "it has no private key"),
            (SampleKeys.rsa + "\n" + SampleKeys.ec, "it has more than one private key"),
            (String(SampleKeys.rsa.dropLast(40)), "its PEM can't be read"),
            (
                SampleKeys.ec.replacing("PRIVATE", with: "PUBLIC"),
                "it has a `PUBLIC KEY`, which is neither a private key nor a certificate"
            ),
            (String(repeating: "a", count: 70_000), "it is too large for a key file"),
        ])
    func `a file that has no key to sign with is refused by name`(_ pem: String, _ message: String) {
        let fault = #expect(throws: KeyFault.self) { try AssertionKey(pem: pem, place: "/etc/deputy/key.pem") }
        #expect(fault?.place == "/etc/deputy/key.pem")
        #expect(fault?.message == message)
        #expect(fault?.description.hasPrefix("`/etc/deputy/key.pem`: ") == true)
    }

    @Test func `a key shows nothing of itself`() throws {
        let key = try SampleKeys.key()
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "a key that signs assertions")
        #expect(dumped == "- a key that signs assertions\n")
    }
}

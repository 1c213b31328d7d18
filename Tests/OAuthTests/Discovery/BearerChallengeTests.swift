import OAuth
import Testing
import Wire

@Suite struct BearerChallengeTests {
    @Test func `metadata and scopes are read among other challenges`() throws {
        let challenge = try #require(
            BearerChallenge(
                #"Basic realm="a, b", bearer error="invalid_token", scope="mcp:read mcp:write", resource_metadata="https://t.example/.well-known/oauth-protected-resource/mcp""#
            ))
        #expect(challenge.metadata == "https://t.example/.well-known/oauth-protected-resource/mcp")
        #expect(challenge.scopes == ["mcp:read", "mcp:write"])
        #expect(challenge.error == "invalid_token")
    }

    @Test func `a challenge without parameters is one, and no scope isn't an empty list`() throws {
        #expect(try #require(BearerChallenge("Bearer")).scopes == nil)
        #expect(try #require(BearerChallenge(#"Bearer scope="""#)).scopes == [])
        #expect(try #require(BearerChallenge(#"Negotiate abc==, Bearer error=x"#)).error == "x")
        #expect(try #require(BearerChallenge(#"Bearer error="a\"b""#)).error == #"a"b"#)
    }

    @Test(arguments: [
        "", "Basic realm=x", #"scope="a""#, #"Bearer scope="a", scope="b""#, #"Bearer scope="a"#,
        "Bearer scope=\"a\u{7}\"",
        #"Bearer scope="a \\ b""#, "Bearer " + String(repeating: "x", count: 9_000),
    ])
    func `nothing is guessed of what can't be read`(header: String) {
        #expect(BearerChallenge(header) == nil)
    }
}

@Suite struct `What a resource wants of the owner's next sign-in` {
    private static func challenge(_ claims: String) -> BearerChallenge? {
        BearerChallenge(
            #"Bearer realm="", authorization_uri="https://login.test/authorize", error="insufficient_claims", claims="\#(claims)""#
        )
    }

    @Test func `claims are read from base64, of either alphabet, and come back as they were`() throws {
        let claims = #"{"access_token":{"nbf":{"essential":true,"value":"1604106651~?"}}}"#
        let bytes = Array(claims.utf8)
        for text in [Base64.encode(bytes), Base64.encodeURL(bytes)] {
            let challenge = try #require(Self.challenge(text))
            #expect(challenge.wantsSignIn && challenge.claims == claims)
        }
    }

    @Test(arguments: ["", "!", "bm8=", "WzFd"]) func `what is no object of claims is passed by`(text: String) throws {
        let challenge = try #require(Self.challenge(text))
        #expect(challenge.wantsSignIn && challenge.claims == nil)
    }

    @Test func `more than an address holds is passed by, and another error wants no sign-in`() throws {
        let long = Base64.encode(Array(#"{"a":"\#(String(repeating: "b", count: 2_000))"}"#.utf8))
        #expect(try #require(Self.challenge(long)).claims == nil)
        #expect(BearerChallenge(#"Bearer error="invalid_token""#)?.wantsSignIn == false)
    }
}

import OAuth
import Testing

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

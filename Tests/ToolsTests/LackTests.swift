import Authority
import Definition
import Gate
import Testing
import Wire

@testable import Tools

/// How each provider says that a credential lacks a permission.
struct LackTests {
    static func refusal(
        _ provider: String, _ status: Int, _ body: String, _ headers: [(name: String, value: String)] = []
    ) throws -> ProviderRefusal {
        let shelf = try ProviderShelf(try BundledProviders.read())
        let manifest = try #require(shelf.manifest(of: ProviderID(provider)))
        let executor = ManifestExecutor(tool: try #require(manifest.tools.first), manifest: manifest)
        return executor.refusal(
            UpstreamAnswer(status: status, headers: headers.map { Step.Header($0.name, $0.value) }, body: []),
            try JSON.parse(Array(body.utf8)))
    }

    @Test func `Slack names what is needed`() throws {
        let body = #"{"ok": false, "error": "missing_scope", "needed": "groups:history, im:history", "provided": "x"}"#
        #expect(try LackTests.refusal("slack", 200, body).lack == .named(["groups:history", "im:history"]))
        #expect(try LackTests.refusal("slack", 200, #"{"ok": false, "error": "missing_scope"}"#).lack == .unnamed)
        #expect(try LackTests.refusal("slack", 200, #"{"ok": false, "error": "channel_not_found"}"#).lack == nil)
    }

    @Test(arguments: [0, 1, 2])
    func `Google says it in a detail, and its challenge lists alternatives`(_ place: Int) throws {
        let others = Array(repeating: #"{"@type": "other"}, "#, count: place).joined()
        let body =
            #"{"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no", "details": ["# + others
            + #"{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}"#
        let challenge = #"Bearer error="insufficient_scope", scope="a b""#
        for provider in ["gmail", "calendar"] {
            #expect(
                try LackTests.refusal(provider, 403, body, [(name: "www-authenticate", value: challenge)]).lack
                    == .unnamed)
            let plain = #"{"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no"}}"#
            #expect(try LackTests.refusal(provider, 403, plain).lack == nil)
            #expect(
                try LackTests.refusal(provider, 403, plain, [(name: "www-authenticate", value: challenge)]).lack
                    == .challenge(challenge))
        }
    }

    @Test func `Graph says it by a code or a sentence, and a plain no isn't read as that`() throws {
        func error(_ code: String, _ message: String) -> String {
            #"{"error": {"code": "\#(code)", "message": "\#(message)"}}"#
        }
        let said = "Missing scope permissions on the request. API requires one of 'A, B'. Scopes on the request 'C'"
        #expect(try LackTests.refusal("outlook", 403, error("Forbidden", said)).lack == .unnamed)
        #expect(
            try LackTests.refusal("outlook", 403, error("ErrorInsufficientPermissionsInAccessToken", "x")).lack
                == .unnamed)
        #expect(try LackTests.refusal("outlook", 403, error("ErrorAccessDenied", "Access is denied.")).lack == nil)
    }

    @Test func `whoever says nothing of its own is read by its challenge, in a 403 alone`() throws {
        let header = [(name: "www-authenticate", value: #"Bearer error="insufficient_scope""#)]
        #expect(try LackTests.refusal("notion", 403, "{}", header).lack == .challenge(header[0].value))
        #expect(try LackTests.refusal("notion", 401, "{}", header).lack == nil)
        #expect(try LackTests.refusal("notion", 403, "{}").lack == nil)
    }
}

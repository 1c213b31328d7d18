import AsyncHTTPClient
import Wire

/// An editor makes an assistant wider, and each of its users is asked.
extension Story {
    func widening(_ client: HTTPClient) async throws -> [StoryStep] {
        let message: JSONObject = [
            "channel": .string(acme.id("channels", "general")), "text": .string("Hello \(nonce)"),
        ]
        // A conversation of its own: in the other one Alice's salary was looked up, and that never leaves.
        let token = try await world.token(of: "alice")
        func posting() async throws -> JSON {
            try await DemoClient(url: url, token: token, version: .november2025)
                .call(DemoWorld.postTool, at: "onboarding", message)
        }
        let bob = PageClient(url: url, client: client)
        try await bob.signIn(by: try await link(for: "bob"))
        let refused = try await step("Bob may use the onboarding agent, and can't change it") { result in
            let answer = try await edit(bob, denying: [])
            let text = answer["error"]?["message"]?.stringValue ?? answer.text
            result.expect(text.contains("no right to edit"), "he should be refused: \(text)")
            return text
        }
        _ = try await post(["agents", "onboarding", "shares"], ["with": "person:bob", "rights": ["edit"]])
        let asked = try await step(
            "Once he is its editor, he lets it post to Slack: Alice's next use shows her the difference"
        ) { result in
            let edited = try await edit(bob, denying: [])
            result.expect(
                edited["allowedTools"]?.text.contains(DemoWorld.postTool) == true, "it should be wider: \(edited.text)")
            let answer = try await posting()
            let text = answer["content"]?[0]?["text"]?.stringValue ?? answer.text
            result.expect(
                answer["structuredContent"]?["error"]?["rule"]?.stringValue == "credential.agreement",
                "it should wait for her agreement: \(text)")
            return text
        }
        let alice = PageClient(url: url, client: client)
        try await alice.signIn(by: try await link(for: "alice"))
        let agreed = try await step("Alice agrees on her own page: from then on it asks her for each message") {
            result in
            let page = try await alice.open("/agreements")
            result.expect(page.text.contains("send at slack"), "the page should show what is new")
            let fields = ["csrf", "shown"].map { ($0, page.field($0, of: "/agreements/onboarding") ?? "") }
            _ = try await alice.submit("/agreements/onboarding", fields)
            let answer = try await posting()
            result.expect(kind(of: answer) == "approval_required", "it should ask her now: \(answer.text)")
            return "needs approval by alice"
        }
        _ = try await edit(bob, denying: [DemoWorld.postTool])
        _ = try await post(["agents", "onboarding", "unshare"], ["with": "person:bob", "rights": ["edit"]])
        return [refused, asked, agreed]
    }

    /// What a person's own edit is answered, over HTTP and in their own session.
    private func edit(_ person: PageClient, denying tools: [String]) async throws -> JSON {
        let csrf = try await person.ask("/session").read()["csrf"]?.stringValue ?? ""
        let body: JSON = ["deny": .array(tools.map { .string($0) })]
        let page = try await person.submit(
            "/agents/onboarding/edit", [("csrf", csrf), ("body", body.text)], isForTerminal: true)
        return try JSON.parse(Array(page.text.utf8))
    }
}

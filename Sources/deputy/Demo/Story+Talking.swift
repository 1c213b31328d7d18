import AsyncHTTPClient
import Wire

/// People write to an assistant on its page. Nobody's model answers: the planner makes the call that is written out.
extension Story {
    func playTalking() async throws -> [StoryStep] {
        let call: JSON = ["page_id": .string(acme.id("pages", "alice_onboarding"))]
        let words = "/call notion.get_page \(call.text)"
        return try await withPages { client in
            let read = try await step(
                "Alice writes to the onboarding assistant on its page: its turn reads Notion as Alice",
                journal: ["notion.pages.retrieve alice 200"]
            ) { told in
                let answer = try await answer(to: words, by: "alice", client)
                told.expect(!answer.contains("refused"), "she should be told what her page says: \(answer)")
                return "permitted, and answered to her alone"
            }
            let refused = try await step(
                "Bob writes the same words: his turn asks as Bob, and Notion refuses",
                journal: ["notion.pages.retrieve bob 404"]
            ) { told in
                let answer = try await answer(to: words, by: "bob", client)
                told.expect(answer.contains("object_not_found"), "he should be told that Notion refused: \(answer)")
                return "the provider refused (object_not_found), and his turn says so"
            }
            return [read, refused]
        }
    }

    /// What somebody reads on the page once their message is answered.
    private func answer(to words: String, by person: String, _ client: HTTPClient) async throws -> String {
        let browser = PageClient(url: url, client: client)
        try await browser.signIn(by: try await link(for: person))
        let path = "/chats/onboarding.demo-\(nonce)"
        let page = try await browser.open(path)
        let fields = ["csrf", "event"].map { ($0, page.field($0, of: path) ?? "") }
        _ = try await browser.submit(path, fields + [("text", words)])
        for _ in 0..<400 {
            let text = try await browser.open(path).text
            if let start = text.firstRange(of: "<div class=\"theirs"),
                let end = text[start.upperBound...].firstRange(of: "</ol>")
            {
                return String(text[start.upperBound..<end.lowerBound])
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return "nothing within twenty seconds"
    }
}

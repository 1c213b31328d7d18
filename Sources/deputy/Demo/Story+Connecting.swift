import Foundation
import Gateway
import Wire

/// Carol connects her Notion in the browser, and the call that waits for it goes on.
extension Story {
    func playConnecting() async throws -> [StoryStep] {
        var call = WaitingCall(
            client: DemoClient(url: url, token: world.tokens["carol"] ?? "", version: .july2026),
            tool: "notion.search", agent: "onboarding", arguments: ["query": "handbook"])
        let asked = try await step(
            "Carol has no Notion yet: her assistant's call is answered with a link to connect it, and waits"
        ) { told in
            try await call.ask()
            told.expect(call.link?.contains("/connect/") == true, "there should be a link: \(call.answer.text)")
            return "input required: Connect your account on Deputy's page, \(call.link ?? "nowhere")"
        }
        guard let link = call.link else { return [asked] }
        return try await [asked] + (isByHand ? [byHand(link, call)] : byItself(link, call))
    }

    /// As her browser would do it.
    private func byItself(_ link: String, _ call: WaitingCall) async throws -> [StoryStep] {
        try await withPages { client in
            let carol = PageClient(url: url, client: client)
            try await carol.signIn(by: try await self.link(for: "carol"))
            let offered = try await step(
                "She opens it in her browser and agrees at Notion: whose account came back is shown, and nothing kept",
                journal: [
                    "notion.oauth.authorize nobody 200", "notion.oauth.authorize carol 303",
                    "notion.oauth.token carol 200", "notion.users.me carol 200",
                ]
            ) { told in
                let offer = try await carol.agree(at: link, as: "carol")
                told.expect(offer.text.contains("carol@acme.test"), "the page should show whose account it is")
                return "is asking Carol whether to keep this account"
            }
            let goneOn = try await step(
                "She keeps it: the call that waited goes on, and Notion sees Carol's own token",
                journal: ["notion.search carol 200"]
            ) { told in
                async let answer = call.comeBack()
                try await carol.keep(at: link)
                let result = try await answer
                told.expect(kind(of: result) == "done", "the call should go on: \(result.text)")
                return "permitted"
            }
            return [offered, goneOn]
        }
    }

    /// Whoever sits at the terminal does it, or says that they would rather not.
    private func byHand(_ link: String, _ call: WaitingCall) async throws -> StoryStep {
        let login = try await self.link(for: "carol")
        print(
            """

              Be Carol, in a browser of your own. Her call waits meanwhile.
                1. Sign in:           \(login)
                2. Connect Notion:    \(link)
                   On Notion's page choose carol@acme.test.
              Or press Enter, and the demo does it.

            """)
        FileHandleOutput.flush()
        let clicking = Task {
            await EnterKey.pressed()
            guard !Task.isCancelled else { return }
            try await withPages { client in
                let carol = PageClient(url: url, client: client)
                try await carol.signIn(by: try await self.link(for: "carol"))
                _ = try await carol.agree(at: link, as: "carol")
                try await carol.keep(at: link)
            }
        }
        defer { clicking.cancel() }
        let before = try await acme.journal(since: 0).last?.number ?? 0
        let answer = try await call.goOn { kind(of: $0) == "connection_required" }
        let entries = try await acme.journal(since: before).filter { $0.number > before }
        var complaints: [String] = []
        if kind(of: answer) != "done" { complaints.append("the call should go on: \(answer.text)") }
        if !entries.contains(where: { "\($0.call) \($0.owner) \($0.status)" == "notion.search carol 200" }) {
            complaints.append("Notion should see Carol's own token")
        }
        return StoryStep(
            title: "Carol has connected it: the call that waited goes on, and Notion sees Carol's own token",
            decision: "permitted", journal: entries.map(\.text), complaints: complaints)
    }
}

extension PageClient {
    /// From a link to connect an account over the service's page, and back to Deputy's.
    ///
    /// - Parameter account: whom acme's page is told to be.
    func agree(at link: String, as account: String) async throws -> Page {
        let begun = try await open(link)
        let form = link.split(separator: "/").last.map(String.init) ?? link
        let there = try await submit(link, [("csrf", begun.field("csrf", of: form) ?? "")])
        let query = there.url.split(separator: "?", maxSplits: 1).last.map(String.init) ?? ""
        let fields = query.split(separator: "&").compactMap { pair -> (String, String)? in
            let parts = pair.split(separator: "=", maxSplits: 1).map { PercentEncoding.decode(String($0)) ?? "" }
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
        let place = there.url.prefix { $0 != "?" }
        return try await submit(String(place), fields + [("account", account), ("decision", "allow")])
    }

    /// Says yes to the account that came back.
    func keep(at link: String) async throws {
        let offer = try await open(link)
        let fields = ["csrf", "shown"].map { ($0, offer.field($0, of: "/answer") ?? "") }
        _ = try await submit(link + "/answer", fields + [("answer", "keep")])
    }
}

/// Whoever sits at the terminal.
private enum EnterKey {
    static func pressed() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                _ = readLine()
                continuation.resume()
            }
        }
    }
}

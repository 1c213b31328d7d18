import Authority
import Channels
import Testing
import Turns
import Wire

/// What Slack alone knows of an account that is set up.
struct SlackAccountTests {
    private func problem(_ settings: JSONObject, account: String = "T1/U0BOT", app: String? = "A1") -> String? {
        SlackChannel().problem(
            with: AnsweringConnection(id: ConnectionID("t1"), account: account, app: app), in: settings)?.sentence
    }

    @Test func `what an app is told is answered with its own token`() {
        #expect(
            problem(["app": "A2", "team": "T1"]) == "`t1` was made through the app `A1`, and not through `A2`")
        #expect(problem(["app": "A1", "team": "T1"]) == nil)
        #expect(problem(["app": "A2"], account: "a", app: nil) == nil)
    }

    @Test func `a bot's own workspace is the account's, and a grid's is any of its`() {
        #expect(problem(["app": "A1", "team": "T1"]) == nil)
        #expect(problem(["app": "A1", "team": "T2", "enterprise": "E1"]) == nil)
        #expect(
            problem(["app": "A1", "team": "T2"])
                == "`t1` is `T1/U0BOT` at Slack, which isn't in the workspace `T2`")
    }

    @Test(arguments: [("xapp-1", true), ("hush", false), ("", false)])
    func `a token opens sockets, and a signing secret doesn't`(secret: String, isToken: Bool) {
        let bytes = Array(secret.utf8)
        #expect((SlackChannel().problem(with: bytes, told: .socket) == nil) == isToken)
        #expect((SlackChannel().problem(with: bytes, told: .hook) == nil) == !isToken)
    }
}

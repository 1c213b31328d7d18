import Authority
import Channels
import Testing
import Turns
import Wire

@Suite struct `Buttons in Slack` {
    static let press: JSONObject = [
        "type": "block_actions", "api_app_id": "A1", "team": ["id": "T1", "domain": "acme"], "enterprise": nil,
        "user": ["id": "U7", "username": "alice", "team_id": "T1"],
        "container": ["type": "message", "message_ts": "1795000000.000200", "channel_id": "D1", "is_ephemeral": false],
        "channel": ["id": "D1", "name": "directmessage"], "trigger_id": "1.2.3",
        "response_url": "https://hooks.slack.com/actions/T1/1/2",
        "actions": [
            [
                "action_id": "deputy.approve", "block_id": "b", "type": "button", "value": "apv_1",
                "action_ts": "1795000000.1",
            ]
        ],
    ]

    private func changed(_ more: JSONObject) -> HookRequest {
        var press = Self.press
        for (key, value) in more.members { press[key] = value }
        return Slack.form(.object(press))
    }

    @Test(arguments: [("deputy.approve", ButtonPress.Choice.approve), ("deputy.deny", .deny)])
    func `a press names the approval and whoever pressed, and nothing that gives anything`(
        _ action: String, _ choice: ButtonPress.Choice
    ) {
        let outcome = Slack.receive(changed(["actions": [["action_id": .string(action), "value": "apv_1"]]]))
        #expect(
            outcome
                == .pressed(
                    ButtonPress(
                        account: Slack.accountID, sender: SenderID("slack:T1/U7"), isBot: false, approval: "apv_1",
                        choice: choice,
                        shown: "D1/1795000000.000200", reply: ["channel": "D1", "user": "U7"]), .taken))
    }

    @Test func `a stranger's press is a stranger's`() {
        guard case .pressed(let press, _) = Slack.receive(changed(["user": ["id": "U9", "team_id": "T2"]])) else {
            Issue.record("not a press")
            return
        }
        #expect(press.sender == SenderID("slack:T2/U9"))
    }

    @Test func `what isn't ours is taken and ignored`() {
        let other: [JSONObject] = [
            ["actions": [["action_id": "vote", "value": "yes"]]], ["actions": []], ["type": "view_submission"],
            ["type": "shortcut"], ["actions": [["action_id": "deputy.open"]]],
        ]
        for more in other { #expect(Slack.receive(changed(more)) == .answered(.taken)) }
    }

    @Test func `another app's or workspace's press is foreign`() {
        for more in [["api_app_id": "A2"], ["api_app_id": nil], ["team": ["id": "T2"]], ["team": nil]] as [JSONObject] {
            #expect(Slack.receive(changed(more)) == .refused(.foreign))
        }
    }

    @Test func `a press without an approval, a place or somebody is malformed`() {
        let long = String(repeating: "a", count: 300)
        let broken: [JSONObject] = [
            ["actions": [["action_id": "deputy.approve"]]], ["actions": [["action_id": "deputy.deny", "value": ""]]],
            ["actions": [["action_id": "deputy.deny", "value": .string(long)]]], ["actions": nil], ["user": nil],
            ["channel": nil, "container": nil], ["container": ["message_ts": "now"]], ["type": nil],
        ]
        for more in broken { #expect(Slack.receive(changed(more)) == .refused(.malformed), "\(more)") }
    }

    @Test func `the form has one payload, and it is JSON`() {
        let type = "application/x-www-form-urlencoded"
        let good = PercentEncoding.encode(JSON.object(Self.press).text)
        for body in [
            "", "payload=", "payload=%7B", "payload=%ZZ", "command=%2Fgo", "payload=\(good)&payload=\(good)",
            "payload=%FF",
        ] {
            #expect(Slack.receive(Slack.signed(Array(body.utf8), type: type)) == .refused(.malformed))
        }
        let spaced = good.replacing("%20", with: "+")
        guard case .pressed = Slack.receive(Slack.signed(Array("a=b&payload=\(spaced)".utf8), type: type)) else {
            Issue.record("not a press")
            return
        }
    }
}

import Authority
import Channels
import Testing
import Turns
import Wire

@Suite struct `Slack over a socket` {
    private let account = ChannelAccount(
        id: Slack.accountID,
        settings: ["app": "A1", "team": "T1", "user": "UB0T", "bot": "B1", "delivery": "socket"])

    private func heard(_ message: JSON) -> SocketEvent {
        SlackChannel().receive(message.bytes(), for: account, at: Slack.now)
    }

    private func envelope(_ type: String, _ payload: JSON, id: JSON = "e1") -> JSON {
        ["type": .string(type), "envelope_id": id, "payload": payload, "accepts_response_payload": false]
    }

    @Test func `a greeting counts only for the account's own app`() {
        #expect(heard(["type": "hello", "num_connections": 1, "connection_info": ["app_id": "A1"]]) == .greeted)
        let other: [JSON] = [["type": "hello"], ["type": "hello", "connection_info": ["app_id": "A2"]]]
        for message in other {
            #expect(heard(message) == .ended("the token is another app's than this account's", after: nil))
        }
    }

    @Test func `what Slack says of a socket's end says whether another is opened, and when`() {
        for reason in ["warning", "refresh_requested", "something new"] {
            #expect(heard(["type": "disconnect", "reason": .string(reason)]) == .closing)
        }
        #expect(
            heard(["type": "disconnect", "reason": "link_disabled"])
                == .ended("Socket Mode was turned off for the app", after: nil))
        guard case .ended(_, after: 30?) = heard(["type": "disconnect", "reason": "too_many_websockets"]) else {
            Issue.record("it opens one more at once")
            return
        }
    }

    @Test func `an event is the same message by either way, and is acknowledged by its envelope`() {
        let body = Slack.callback(Slack.wrote())
        let posted = Slack.receive(body)
        #expect(
            heard(envelope("events_api", body)) == .told(posted, acknowledgement: Array(#"{"envelope_id":"e1"}"#.utf8)))
        guard case .messages(let messages, _) = posted else {
            Issue.record("it is no message")
            return
        }
        #expect(messages.map(\.event) == ["D1/1795000000.000100"])
    }

    @Test func `a press is the same by either way`() {
        let press = JSON.object(`Buttons in Slack`.press)
        guard case .told(.pressed(let pressed, .taken), _) = heard(envelope("interactive", press)) else {
            Issue.record("not a press")
            return
        }
        #expect(pressed.approval == "apv_1" && pressed.sender == SenderID("slack:T1/U7"))
    }

    @Test func `what can't be taken is acknowledged and starts nothing`() {
        let cases: [(String, JSON, HookOutcome)] = [
            ("events_api", Slack.callback(Slack.wrote(), ["api_app_id": "A2"]), .refused(.foreign)),
            ("events_api", Slack.callback(Slack.wrote(), ["authorizations": [["team_id": "T2"]]]), .refused(.foreign)),
            ("events_api", ["type": "event_callback", "api_app_id": "A1", "team_id": "T1"], .refused(.malformed)),
            ("events_api", "text", .refused(.malformed)), ("interactive", [], .refused(.malformed)),
            ("slash_commands", ["command": "/ask", "text": "hi"], .answered(.taken)),
            ("something_new", ["a": 1], .answered(.taken)),
        ]
        for (type, payload, outcome) in cases {
            #expect(
                heard(envelope(type, payload)) == .told(outcome, acknowledgement: Array(#"{"envelope_id":"e1"}"#.utf8)),
                "\(type)")
        }
    }

    @Test func `what has no envelope is never acknowledged`() {
        #expect(heard(["type": "something"]) == .ignored)
        let long = JSON.string(String(repeating: "e", count: 201))
        for id in ["", long] as [JSON] {
            #expect(heard(envelope("events_api", Slack.callback(Slack.wrote()), id: id)) == .refused(.malformed))
        }
        for text in ["", "{", "[]", "1", #"{"type":1}"#, "\u{0}"] {
            #expect(SlackChannel().receive(Array(text.utf8), for: account, at: Slack.now) == .refused(.malformed))
        }
        #expect(
            SlackChannel().receive([UInt8](repeating: 0x20, count: 1 << 20 + 1), for: account, at: Slack.now)
                == .refused(.tooLarge))
    }

    @Test func `what Slack answers to the question for a socket`() {
        func answered(_ status: Int, _ body: JSON, retryAfter: Int? = nil) -> SocketOpening {
            SlackChannel().opening(ChannelAnswer(status: status, retryAfter: retryAfter, body: body.bytes()))
        }
        #expect(
            answered(200, ["ok": true, "url": "wss://wss.slack.com/link/?ticket=1"])
                == .address("wss://wss.slack.com/link/?ticket=1"))
        #expect(answered(200, ["ok": true]) == .later(after: nil, "Slack gave no address"))
        #expect(
            answered(429, ["ok": false, "error": "ratelimited"], retryAfter: 7)
                == .later(after: 7, "Slack opens no more sockets for now"))
        #expect(answered(500, nil) == .later(after: nil, "Slack answers 500"))
        for code in ["invalid_auth", "not_allowed_token_type", "missing_scope", "token_revoked"] {
            guard case .refused = answered(200, ["ok": false, "error": .string(code)]) else {
                Issue.record("`\(code)` is tried again by itself")
                continue
            }
        }
    }

    @Test func `how an account is told is one of two`() throws {
        #expect(account.delivery == .socket && Slack.account.delivery == .hook)
        var settings = account.settings
        for wrong in ["post", 1, nil] as [JSON] {
            settings["delivery"] = wrong
            #expect(throws: SlackSettingsProblem.self) { try SlackSettings(settings) }
        }
    }
}

import Channels
import Testing
import Turns
import Wire

@Suite struct `What becomes of it in Slack` {
    private let post = ChannelRequest(method: "POST", path: "/api/chat.postMessage", body: ["channel": "U7"])
    private let glance = ChannelRequest(method: "POST", path: "/api/chat.postEphemeral", body: ["channel": "C1"])
    private let update = ChannelRequest(method: "POST", path: "/api/chat.update", body: ["channel": "D1"])

    private func outcome(
        _ body: JSON, status: Int = 200, retryAfter: Int? = nil, to request: ChannelRequest? = nil
    ) -> DeliveryOutcome {
        SlackChannel().outcome(
            of: ChannelAnswer(status: status, retryAfter: retryAfter, body: body.bytes()), to: request ?? post)
    }

    @Test func `what was taken is known by its conversation and time`() {
        #expect(
            outcome(["ok": true, "channel": "D1", "ts": "1795000000.000300"]) == .delivered("D1/1795000000.000300"))
        #expect(
            outcome(["ok": true, "message_ts": "1795000000.000300"], to: glance) == .delivered("C1/1795000000.000300"))
        guard case .unknown = outcome(["ok": true]) else {
            Issue.record("known")
            return
        }
    }

    @Test(arguments: [
        "channel_not_found", "not_in_channel", "is_archived", "user_not_in_channel", "account_inactive", "invalid_auth",
        "not_authed", "token_revoked", "missing_scope", "msg_too_long", "restricted_action", "messages_tab_disabled",
    ])
    func `what will never go is refused with a sentence that isn't the code`(_ code: String) {
        guard case .refused(let sentence) = outcome(["ok": false, "error": .string(code)]) else {
            Issue.record("not refused")
            return
        }
        #expect(!sentence.isEmpty && !sentence.contains(code))
    }

    @Test func `a code nobody knows is shown only if it looks like one`() {
        #expect(outcome(["ok": false, "error": "some_new_code"]) == .refused("Slack refused with `some_new_code`"))
        #expect(outcome(["ok": false, "error": "<a href='x'>"]) == .refused("Slack refused without a reason"))
        #expect(outcome(["ok": false]) == .refused("Slack refused without a reason"))
    }

    @Test func `what came too fast goes again when Slack says`() {
        #expect(outcome([:], status: 429, retryAfter: 30) == .putOff(after: 30, "Slack takes no more messages for now"))
        #expect(
            outcome(["ok": false, "error": "ratelimited"], retryAfter: 2)
                == .putOff(after: 2, "Slack takes no more messages for now"))
        guard case .retry(nil, _) = outcome(["ok": false, "error": "token_expired"]) else {
            Issue.record("not again")
            return
        }
    }

    @Test func `where nobody knows it isn't sent again, but a change is`() {
        let doubtful: [(JSON, Int)] = [
            ([:], 500), ([:], 503), ([:], 302), ("<!doctype html>", 200), (["ok": "yes"], 200),
            (["ok": false, "error": "internal_error"], 200), (["ok": false, "error": "fatal_error"], 200),
        ]
        for (body, status) in doubtful {
            for request in [post, glance] {
                guard case .unknown = outcome(body, status: status, to: request) else {
                    Issue.record("\(status) \(body) is known")
                    continue
                }
            }
            guard case .retry = outcome(body, status: status, to: update) else {
                Issue.record("\(status) \(body) isn't changed again")
                continue
            }
        }
    }

    @Test func `other refusals by status are final`() {
        #expect(outcome([:], status: 404) == .refused("Slack refused with status 404"))
    }

    @Test(arguments: 0..<200) func `no answer crashes it`(_ seed: UInt64) {
        var source = Seeded(state: seed)
        let bytes = (0..<Int.random(in: 0..<60, using: &source)).map { _ in UInt8.random(in: 0...255, using: &source) }
        let answer = ChannelAnswer(
            status: Int.random(in: 100..<600, using: &source), retryAfter: nil, body: bytes)
        if case .delivered = SlackChannel().outcome(of: answer, to: post) { Issue.record("delivered") }
    }
}

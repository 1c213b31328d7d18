import Authority
import Channels
import Testing
import Turns
import Wire

@Suite struct `What Slack tells` {
    @Test func `a challenge is echoed as text`() {
        let outcome = Slack.receive(["type": "url_verification", "token": "old", "challenge": "3eZbrw1a"])
        #expect(outcome == .answered(HookReply(status: 200, body: Array("3eZbrw1a".utf8))))
        #expect(Slack.receive(["type": "url_verification"]) == .refused(.malformed))
        let long = String(repeating: "a", count: 5000)
        #expect(Slack.receive(["type": "url_verification", "challenge": .string(long)]) == .refused(.malformed))
    }

    @Test func `a direct message is addressed, private and answered where it stands`() throws {
        let message = try #require(Slack.message(Slack.wrote("what's on?")))
        #expect(message.account == Slack.accountID)
        #expect(message.event == "D1/1795000000.000100")
        #expect(message.place == Place(peer: Place.Peer(kind: .direct, id: "D1"), team: "T1"))
        #expect(message.place.isPrivate)
        #expect(message.sender == .external(SenderID("slack:T1/U7"), SenderStanding(proof: .platform)))
        #expect(message.text == "what's on?")
        #expect(message.sent == Timestamp(microseconds: 1_795_000_000_000_100))
        #expect(message.isAddressed)
        #expect(message.reply == ["channel": "D1", "user": "U7"])
    }

    @Test func `a direct message in a thread is answered there`() {
        let message = Slack.message(Slack.wrote(channel: "D1", ["thread_ts": "1794000000.000001"]))
        #expect(message?.place.thread == "1794000000.000001")
        #expect(message?.reply["thread"] == "1794000000.000001")
    }

    @Test func `a mention in a channel starts a thread`() throws {
        let message = try #require(
            Slack.message(Slack.wrote("<@UB0T> what's new?", channel: "C1", ["type": "app_mention"])))
        #expect(
            message.place == Place(peer: Place.Peer(kind: .channel, id: "C1"), thread: "1795000000.000100", team: "T1"))
        #expect(message.text == "what's new?")
        #expect(message.isAddressed)
        #expect(
            message.reply == ["channel": "C1", "user": "U7", "thread": "1795000000.000100", "begun": false])
    }

    @Test func `a message told twice is one, in either order`() {
        let text = "<@UB0T> hi"
        let told = Slack.message(Slack.wrote(text, channel: "C1"), in: ["event_id": "Ev1"])
        let mentioned = Slack.message(
            Slack.wrote(text, channel: "C1", ["type": "app_mention", "channel_type": nil]), in: ["event_id": "Ev2"])
        #expect(told != nil)
        #expect(told == mentioned)
    }

    @Test func `what is delivered again is the same event`() {
        #expect(Slack.message(Slack.wrote()) == Slack.message(Slack.wrote()))
        #expect(
            Slack.message(Slack.wrote(["ts": "1795000000.000101"]))?.event
                != Slack.message(Slack.wrote())?.event)
    }

    @Test func `what others say in a channel isn't addressed, and never stands in for what is`() {
        let overheard = Slack.message(Slack.wrote("to nobody", channel: "C1"))
        #expect(overheard?.isAddressed == false)
        let mention = Slack.message(Slack.wrote("to nobody", channel: "C1", ["type": "app_mention"]))
        #expect(mention?.isAddressed == true)
        #expect(overheard?.event != mention?.event)
    }

    @Test(arguments: ["G1", "C1"]) func `a group of few is addressed, under its id`(_ channel: String) {
        let message = Slack.message(Slack.wrote("hi", channel: channel, ["channel_type": "mpim"]))
        #expect(message?.isAddressed == true)
        #expect(message?.place.isPrivate == false)
        #expect(message?.place.peer == Place.Peer(kind: channel == "G1" ? .group : .channel, id: channel))
        #expect(message?.place.thread == "1795000000.000100")
    }

    @Test(arguments: ["file_share", "thread_broadcast", "bot_message"])
    func `kinds that somebody wrote are messages`(_ subtype: String) {
        #expect(Slack.message(Slack.wrote(["subtype": .string(subtype)])) != nil)
    }

    @Test(arguments: [
        "message_changed", "message_deleted", "message_replied", "channel_join", "channel_leave", "channel_topic",
        "channel_purpose", "channel_name", "channel_archive", "channel_unarchive", "channel_posting_permissions",
        "group_join", "group_leave", "group_topic", "me_message", "bot_add", "bot_remove", "pinned_item",
        "ekm_access_denied",
        "reminder_add", "file_comment", "tombstone", "joiner_notification", "huddle_thread", "assistant_app_thread", "",
        "a kind to come",
    ])
    func `every other kind starts nothing`(_ subtype: String) {
        for channel in ["D1", "C1"] {
            let event = Slack.wrote("<@UB0T> hi", channel: channel, ["subtype": .string(subtype)])
            #expect(Slack.receive(Slack.callback(event)) == .messages([], .taken))
        }
    }

    @Test func `edits, hidden ones and other events start nothing`() {
        let quiet: [JSONObject] = [
            Slack.wrote(
                "<@UB0T> hi", channel: "C1",
                ["type": "app_mention", "edited": ["user": "U7", "ts": "1795000001.000000"]]),
            Slack.wrote(["hidden": true]), ["type": "reaction_added", "user": "U7"], ["type": "app_home_opened"],
            ["type": "team_join", "user": ["id": "U9"]],
        ]
        for event in quiet { #expect(Slack.receive(Slack.callback(event)) == .messages([], .taken)) }
    }

    @Test func `who reads somewhere has changed, where Slack says so of a conversation`() {
        for type in ["member_joined_channel", "member_left_channel", "channel_shared", "channel_unshared"] {
            let event: JSONObject = ["type": .string(type), "user": "U9", "channel": "C1", "channel_type": "C"]
            #expect(Slack.receive(Slack.callback(event)) == .moved("C1", .taken))
            #expect(Slack.receive(Slack.callback(event, ["api_app_id": "A2"])) == .refused(.foreign))
        }
        #expect(
            Slack.receive(Slack.callback(["type": "member_joined_channel", "channel": "&x"])) == .messages([], .taken))
        #expect(Slack.receive(Slack.callback(["type": "channel_rename", "channel": "C1"])) == .messages([], .taken))
    }

    @Test func `held back events are told, and start nothing`() {
        let body: JSON = ["type": "app_rate_limited", "team_id": "T1", "api_app_id": "A1", "minute_rate_limited": 1]
        #expect(Slack.receive(body) == .heldBack(.taken))
        #expect(Slack.receive(["type": "app_rate_limited", "api_app_id": "A2"]) == .refused(.foreign))
    }

    @Test func `files are attachments, without those that are gone`() {
        let files: JSON = [
            ["id": "F1", "name": "plan.pdf", "mimetype": "application/pdf", "size": 1234],
            ["id": "F2", "mode": "tombstone"], ["id": "F3", "mode": "hidden_by_limit"], ["id": "F4", "size": -5],
            ["name": "no id"], "F6",
        ]
        let message = Slack.message(Slack.wrote("", ["subtype": "file_share", "files": files]))
        #expect(
            message?.attachments == [
                Attachment(id: "F1", name: "plan.pdf", mediaType: "application/pdf", size: 1234),
                Attachment(id: "F4", name: "F4", mediaType: "application/octet-stream", size: 0),
            ])
        let many = JSON.array((0..<200).map { ["id": .string("F\($0)0")] })
        #expect(Slack.message(Slack.wrote(["files": many]))?.attachments.count == 20)
    }

    @Test func `what is missing or misshapen is malformed`() {
        let broken: [JSONObject] = [
            ["ts": nil], ["ts": "1795000000"], ["ts": "1795000000.1"], ["ts": "now.000000"], ["channel": nil],
            ["channel": "d1"], ["channel": "D1/../C1"], ["user": nil], ["user": "slack:T1/U7"], ["type": nil],
            ["thread_ts": "root"], ["user_team": "T 1"],
        ]
        for more in broken {
            #expect(Slack.receive(Slack.callback(Slack.wrote(more))) == .refused(.malformed), "\(more)")
        }
        #expect(Slack.receive([]) == .refused(.malformed))
        #expect(Slack.receive(["api_app_id": "A1"]) == .refused(.malformed))
        #expect(Slack.receive(Slack.callback([:], ["event": "message"])) == .refused(.malformed))
        #expect(Slack.receive(Slack.signed(Array("{\"a\":1".utf8))) == .refused(.malformed))
        #expect(Slack.receive(Slack.signed(Array("{\"type\":\"a\",\"type\":\"b\"}".utf8))) == .refused(.malformed))
    }
}

extension Slack {
    static func wrote(_ more: JSONObject) -> JSONObject { wrote("hello", channel: "D1", more) }
    static func wrote(_ text: String, _ more: JSONObject) -> JSONObject { wrote(text, channel: "D1", more) }
}

import Authority
import Channels
import Testing
import Turns
import Wire

@Suite struct `What is said in Slack` {
    private let thread: JSONObject = ["channel": "C1", "user": "U7", "thread": "1795000000.000100"]
    private let direct: JSONObject = ["channel": "D1", "user": "U7"]
    private let alice = SenderID("slack:T1/U7")
    private let dana = SenderID("slack:T1/U9")
    private let approval = ApprovalNotice(
        approval: "apv_1", title: "Send a mail", lines: ["to: bob@acme.test", "subject: <!channel> *hi*"],
        link: "https://deputy.test/approvals/1", hasButtons: true)

    private func requests(
        _ content: OutboundContent, _ reply: JSONObject, privately: SenderID? = nil, replaces: String? = nil
    ) -> [ChannelRequest] {
        SlackChannel().requests(
            for: OutboundMessage(
                id: "m1", account: Slack.accountID, reply: reply, privately: privately, replaces: replaces,
                content: content), from: Slack.account)
    }

    private func actions(_ request: ChannelRequest?) -> [String] {
        (request?.body["blocks"]?.arrayValue ?? []).flatMap { $0["elements"]?.arrayValue ?? [] }
            .compactMap { $0["action_id"]?.stringValue }
    }

    @Test func `fleet 14: words go into the thread as text, and Slack fetches nothing for them`() {
        let words = "See <!channel> & <@U9>, <https://evil.test|here> or https://evil.test :tada: @here"
        #expect(
            requests(.words(words), thread) == [
                ChannelRequest(
                    method: "POST", path: "/api/chat.postMessage",
                    body: [
                        "text":
                            "See &lt;!channel&gt; &amp; &lt;@U9&gt;, &lt;https://evil.test|here&gt; or https://evil.test :tada: @here",
                        "blocks": [
                            [
                                "type": "rich_text",
                                "elements": [
                                    [
                                        "type": "rich_text_section",
                                        "elements": [["type": "text", "text": .string(words)]],
                                    ]
                                ],
                            ]
                        ], "parse": "none", "link_names": false, "channel": "C1", "thread_ts": "1795000000.000100",
                        "mrkdwn": false, "unfurl_links": false, "unfurl_media": false,
                    ])
            ])
    }

    @Test func `a member of the workspace is written to first in the app's own conversation with them`() throws {
        let reply = try #require(SlackChannel().alone(with: alice, from: Slack.account))
        let request = try #require(
            requests(.notice("It waits.", link: "https://deputy.test/connections"), reply, privately: alice).first)
        #expect(request.path == "/api/chat.postMessage" && request.body["channel"] == "U7")
        #expect(request.body["thread_ts"] == nil && request.body["text"] == "It waits.")
        #expect(requests(.notice("It waits.", link: nil), reply, privately: dana).first?.body["channel"] == "U9")
        for other in [
            "slack:T2/U7", "slack:T1/UB0T", "slack:T1/", "slack:T1/u7", "mail:alice@acme.test", "slack:T1/U7/D1",
        ] {
            #expect(SlackChannel().alone(with: SenderID(other), from: Slack.account) == nil)
        }
        let strange = ChannelAccount(id: Slack.accountID, settings: ["team": "T1"])
        #expect(SlackChannel().alone(with: alice, from: strange) == nil)
        #expect(MailChannel().alone(with: SenderID("mail:alice@acme.test"), from: Slack.account) == nil)
    }

    @Test func `in a direct conversation there is no thread unless there was one`() {
        #expect(requests(.words("hi"), direct).first?.body["thread_ts"] == nil)
        var inThread = direct
        inThread["thread"] = "1794000000.000001"
        #expect(requests(.words("hi"), inThread).first?.body["thread_ts"] == "1794000000.000001")
    }

    @Test func `a private notice shows where somebody asked, to them alone`() {
        var answered = thread
        answered["begun"] = true
        let notice = OutboundContent.notice("Connect Notion", link: "https://deputy.test/c")
        let request = requests(notice, answered, privately: alice).first
        #expect(request?.path == "/api/chat.postEphemeral")
        // https://docs.slack.dev/reference/methods/chat.postEphemeral: in a thread only where it has replies.
        #expect(requests(notice, thread, privately: alice).first?.body["thread_ts"] == nil)
        #expect(request?.body["user"] == "U7")
        #expect(request?.body["channel"] == "C1")
        #expect(request?.body["thread_ts"] == "1795000000.000100")
        let section = request?.body["blocks"]?[0]?["elements"]?[0]?["elements"]
        #expect(section?[2] == ["type": "link", "url": "https://deputy.test/c"])
    }

    @Test func `in their own conversation it is said there`() {
        let request = requests(.notice("Connect", link: nil), direct, privately: alice).first
        #expect(request?.path == "/api/chat.postMessage")
        #expect(request?.body["channel"] == "D1")
    }

    @Test(arguments: [OutboundContent.words("a"), .notice("b", link: nil)])
    func `what is for another never stands in somebody's conversation`(_ content: OutboundContent) {
        for reply in [thread, direct] {
            let request = requests(content, reply, privately: dana).first
            #expect(request?.path == "/api/chat.postMessage")
            #expect(request?.body["channel"] == "U9")
            #expect(request?.body["thread_ts"] == nil)
        }
    }

    @Test func `what one has to find again goes to their own conversation`() {
        for content in [OutboundContent.words("a"), .approval(approval)] {
            #expect(requests(content, thread, privately: alice).first?.body["channel"] == "U7")
        }
    }

    @Test func `a reader who isn't Slack's, and a place that isn't, get nothing`() {
        #expect(requests(.words("a"), thread, privately: SenderID("mail:alice@acme.test")).isEmpty)
        #expect(requests(.words("a"), thread, privately: SenderID("slack:T1/U7/U9")).isEmpty)
        for reply in [
            [:], ["channel": "C1"], ["channel": "#general", "user": "U7"],
            ["channel": "C1", "user": "U7", "thread": "x"],
        ] as [JSONObject] {
            #expect(requests(.words("a"), reply).isEmpty)
        }
    }

    @Test func `buttons stand only where one person alone reads and finds them again`() {
        let decide = ["deputy.approve", "deputy.deny", "deputy.open"]
        #expect(actions(requests(.approval(approval), direct, privately: alice).first) == decide)
        #expect(actions(requests(.approval(approval), thread, privately: alice).first) == decide)
        #expect(actions(requests(.approval(approval), thread).first) == ["deputy.open"])
        let withoutButtons = ApprovalNotice(
            approval: "apv_1", title: "t", lines: [], link: "https://deputy.test/a", hasButtons: false)
        #expect(actions(requests(.approval(withoutButtons), direct, privately: alice).first) == ["deputy.open"])
    }

    @Test func `an approval shows its lines as they are, and its buttons name it`() {
        let blocks = requests(.approval(approval), direct, privately: alice).first?.body["blocks"]
        #expect(
            blocks?[1]?["elements"]?[0]?["elements"]?[0]?["text"] == "to: bob@acme.test\nsubject: <!channel> *hi*")
        #expect(blocks?[2]?["elements"]?[0]?["value"] == "apv_1")
        #expect(blocks?[2]?["elements"]?[2]?["url"] == "https://deputy.test/approvals/1")
    }

    @Test func `what doesn't fit whole can't be agreed to here`() {
        let long = ApprovalNotice(
            approval: "apv_1", title: "t", lines: [String(repeating: "a", count: 4000)], link: "https://deputy.test/a",
            hasButtons: true)
        let request = requests(.approval(long), direct, privately: alice).first
        #expect(actions(request) == ["deputy.open"])
        #expect(request?.body.text.contains("not all of it") == true)
    }

    @Test func `what was decided takes the place of what was asked`() {
        let request = requests(
            .notice("Approved by Dana", link: nil), direct, privately: alice, replaces: "D1/1795000000.000200"
        ).first
        #expect(request?.path == "/api/chat.update")
        #expect(request?.body["channel"] == "D1")
        #expect(request?.body["ts"] == "1795000000.000200")
        #expect(requests(.words("a"), direct, replaces: "1795000000.000200").isEmpty)
    }

    @Test func `a change reaches nobody else than what it changes was for`() {
        let decision = OutboundContent.notice("Approved by Dana", link: nil)
        let (publicly, own) = ("C1/1795000000.000200", "D1/1795000000.000200")
        #expect(requests(decision, thread, privately: dana, replaces: publicly).isEmpty)
        #expect(requests(decision, thread, privately: alice, replaces: own).first?.body["channel"] == "D1")
        #expect(requests(decision, thread, replaces: publicly).first?.body["channel"] == "C1")
        #expect(requests(decision, thread, replaces: own).isEmpty)
        #expect(requests(.approval(approval), direct, replaces: publicly).isEmpty)
    }

    @Test func `long words are several messages that say the same, in Slack's lengths`() {
        let words = (0..<4000).map { "line \($0) 👩‍👩‍👧‍👦" }.joined(separator: "\n")
        let sent = requests(.words(words), thread)
        #expect(sent.count > 4)
        var said = ""
        for request in sent {
            let texts = (request.body["blocks"]?.arrayValue ?? [])
                .compactMap { $0["elements"]?[0]?["elements"]?[0]?["text"]?.stringValue }
            #expect(texts.allSatisfy { $0.utf16.count <= 3000 })
            #expect(texts.reduce(0) { $0 + $1.utf16.count } <= 9000)
            said += texts.joined()
        }
        #expect(said == words)
        #expect(requests(.words(" \n "), thread).isEmpty)
        #expect(requests(.words(String(repeating: "\u{301}", count: 20000)), thread).count == 3)
    }
}

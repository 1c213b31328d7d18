import Authority
import Channels
import Testing
import Turns
import Wire

@Suite struct `Who reads in a place of Slack` {
    private func answer(_ body: JSON, status: Int = 200) -> ChannelAnswer {
        ChannelAnswer(status: status, retryAfter: nil, body: body.bytes())
    }

    private func refusal<Value>(_ answer: CensusAnswer<Value>) -> String? {
        switch answer {
        case .found: nil
        case .refused(let reason): reason
        }
    }

    @Test func `a place is asked about by an id that nobody can bend`() {
        #expect(
            SlackChannel().request(aboutPlace: "C1")
                == ChannelRequest(method: "GET", path: "/api/conversations.info?channel=C1", body: .null))
        for wrong in ["", "D1", "U1", "C1&token=x", "general", "C1/../x"] {
            #expect(SlackChannel().request(aboutPlace: wrong) == nil, "\(wrong)")
        }
        #expect(
            SlackChannel().request(aboutMembersOf: "C1", from: "a=&b").path
                == "/api/conversations.members?channel=C1&limit=200&cursor=a%3D%26b")
    }

    @Test func `a place that is shared says so, also before the others have come`() {
        for (key, isShared) in [("is_ext_shared", true), ("is_pending_ext_shared", true), ("is_private", false)] {
            var channel: JSONObject = ["id": "C1", "name": "general"]
            channel[key] = true
            guard
                case .found(let place) = SlackChannel().place(answer(["ok": true, "channel": .object(channel)]))
            else {
                Issue.record("it isn't read")
                continue
            }
            #expect(place.name == "general" && place.isShared == isShared)
        }
    }

    @Test func `members come in pages, and one that can't be read is no page`() {
        let channel = SlackChannel()
        guard
            case .found(let page) = channel.members(
                answer(["ok": true, "members": ["U7", "W8"], "response_metadata": ["next_cursor": "x"]]),
                of: Slack.account),
            case .found(let last) = channel.members(
                answer(["ok": true, "members": [], "response_metadata": ["next_cursor": ""]]), of: Slack.account)
        else {
            Issue.record("they aren't read")
            return
        }
        #expect(page.senders == [SenderID("slack:T1/U7"), SenderID("slack:T1/W8")] && page.next == "x")
        #expect(last.senders.isEmpty && last.next == nil)
        let wrong: [JSON] = [["ok": true], ["ok": true, "members": [1]], ["ok": true, "members": ["../U1"]]]
        for body in wrong {
            #expect(refusal(channel.members(answer(body), of: Slack.account)) == "what Slack says can't be read")
        }
        #expect(
            refusal(channel.members(answer(["ok": false, "error": "not_in_channel"]), of: Slack.account))
                == SlackCensusWords.notThere)
        #expect(refusal(channel.members(answer(nil, status: 500), of: Slack.account)) == "Slack answers 500")
    }

    @Test func `a guest is of the own workspace, and a stranger of another`() {
        func isGuest(_ user: JSON) -> Bool {
            SlackChannel().isGuest(answer(["ok": true, "user": user]), for: Slack.account)
        }
        #expect(isGuest(["is_restricted": true]) && isGuest(["is_ultra_restricted": true]))
        #expect(!isGuest(["is_restricted": false]) && !isGuest(["is_restricted": true, "is_stranger": true]))
    }
}

private enum SlackCensusWords {
    static let notThere = "the app isn't in the channel: invite it with `/invite`"
}

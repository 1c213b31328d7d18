import Authority
import Channels
import Testing
import Turns
import Wire

@Suite struct `Whom Slack names` {
    private func sender(
        _ more: JSONObject, in body: JSONObject = [:], settings: JSONObject = Slack.home
    ) -> Sender? {
        Slack.message(Slack.wrote(more), in: body, settings: settings)?.sender
    }

    @Test func `the app's own messages start nothing, however they are told`() {
        let own: [JSONObject] = [
            ["user": "UB0T"], ["bot_id": "B1"], ["user": nil, "bot_id": "B1", "subtype": "bot_message"],
            ["app_id": "A1"], ["bot_id": "B9", "bot_profile": ["app_id": "A1"]],
        ]
        for more in own { #expect(Slack.receive(Slack.callback(Slack.wrote(more))) == .messages([], .taken)) }
    }

    @Test func `other bots are bots, with a user or without`() {
        let bot = SenderStanding(proof: .platform, isBot: true)
        #expect(sender(["bot_id": "B2"]) == .external(SenderID("slack:T1/U7"), bot))
        #expect(
            sender(["user": nil, "bot_id": "B2", "subtype": "bot_message"]) == .external(SenderID("slack:T1/B2"), bot))
        #expect(sender(["user": "USLACKBOT"]) == .external(SenderID("slack:T1/USLACKBOT"), bot))
    }

    @Test(arguments: ["user_team", "source_team", "team"])
    func `people of another workspace are strangers under their own`(_ key: String) {
        #expect(
            sender([key: "T2"], in: ["is_ext_shared_channel": true])
                == .external(SenderID("slack:T2/U7"), SenderStanding(proof: .platform, isForeign: true)))
    }

    @Test func `colleagues in a shared channel are at home, and whoever can't be told is a stranger`() {
        let shared: JSONObject = ["is_ext_shared_channel": true]
        #expect(sender([:], in: shared) == .external(SenderID("slack:T1/U7"), SenderStanding(proof: .platform)))
        #expect(
            sender(["team": nil], in: shared)
                == .external(SenderID("slack:T1/U7"), SenderStanding(proof: .platform, isForeign: true)))
        #expect(sender(["team": nil]) == .external(SenderID("slack:T1/U7"), SenderStanding(proof: .platform)))
    }

    @Test func `a shared channel, and one that a stranger writes in, has outsiders`() {
        let event = Slack.wrote("<@UB0T> hi", channel: "C1")
        #expect(Slack.message(event)?.place.hasOutsiders == false)
        #expect(Slack.message(event, in: ["is_ext_shared_channel": true])?.place.hasOutsiders == true)
        let stranger = Slack.wrote("<@UB0T> hi", channel: "C1", ["user_team": "T2"])
        #expect(Slack.message(stranger)?.place.hasOutsiders == true)
    }

    @Test(arguments: ["is_restricted", "is_ultra_restricted"]) func `guests are strangers`(_ key: String) {
        #expect(
            sender(["user_profile": [key: true, "team": "T1"]])
                == .external(SenderID("slack:T1/U7"), SenderStanding(proof: .platform, isForeign: true)))
    }

    @Test func `in an organization everybody hangs under it, and others' organizations are strangers`() {
        var settings = Slack.home
        settings["enterprise"] = "E1"
        for team in ["T1", "E1"] {
            #expect(
                sender(["user_team": .string(team)], settings: settings)
                    == .external(SenderID("slack:E1/U7"), SenderStanding(proof: .platform)))
        }
        #expect(
            sender(["user_team": "E2"], settings: settings)
                == .external(SenderID("slack:E2/U7"), SenderStanding(proof: .platform, isForeign: true)))
    }

    @Test func `settings say what is wrong with them`() {
        let problems: [(JSONObject, String)] = [
            ([:], "`app` is missing"), (["app": "T1"], "`app` isn't an id of Slack's that begins with `A`"),
            (["app": "A1", "team": 1], "`team` is missing"),
            (
                ["app": "A1", "team": "T1", "user": "UB0T", "secret": "x"],
                "`secret` is no setting of a Slack account; there are app, team, user, bot, enterprise, delivery"
            ),
        ]
        for (settings, sentence) in problems {
            let problem = #expect(throws: SlackSettingsProblem.self) { try SlackSettings(settings) }
            #expect(problem?.sentence == sentence)
        }
    }
}

@Suite struct `What Slack knows of a person` {
    private let sender = SenderID("slack:T1/U7")

    private func person(_ more: JSONObject, about sender: SenderID? = nil) -> DirectoryEntry? {
        var user: JSONObject = [
            "id": "U7", "team_id": "T1", "deleted": false, "is_bot": false, "is_email_confirmed": true,
            "profile": ["email": "alice@acme.test", "team": "T1"],
        ]
        for (key, value) in more.members { user[key] = value }
        let body: JSON = ["ok": true, "user": .object(user)]
        return SlackChannel().entry(
            ChannelAnswer(status: 200, retryAfter: nil, body: body.bytes()), about: sender ?? self.sender,
            for: Slack.account)
    }

    @Test func `it is asked by id alone`() {
        #expect(SlackChannel().request(about: sender)?.path == "/api/users.info?user=U7")
        #expect(SlackChannel().request(about: SenderID("slack:T1/U7&token=x")) == nil)
        #expect(SlackChannel().request(about: SenderID("mail:alice@acme.test")) == nil)
    }

    @Test func `a colleague has a confirmed address`() {
        #expect(person([:])?.standing == SenderStanding(proof: .platform))
        #expect(person([:])?.address == "alice@acme.test")
        #expect(person(["is_email_confirmed": false])?.address == nil)
        #expect(person(["deleted": true])?.isDeactivated == true)
    }

    @Test(
        arguments: [
            ["is_restricted": true], ["is_ultra_restricted": true], ["is_stranger": true], ["team_id": "T2"],
            ["team_id": nil, "profile": [:]], ["profile": ["team": "T2", "email": "alice@acme.test"]],
        ] as [JSONObject])
    func `guests and others' people are strangers, whatever their address`(_ more: JSONObject) {
        #expect(person(more)?.standing.isForeign == true)
    }

    @Test func `an answer about another is none`() {
        #expect(person(["id": "U8"]) == nil)
        let refused: JSON = ["ok": false, "error": "user_not_found"]
        for (status, body) in [(200, refused.bytes()), (500, []), (200, Array("<html>".utf8))] as [(Int, [UInt8])] {
            let answer = ChannelAnswer(status: status, retryAfter: nil, body: body)
            #expect(SlackChannel().entry(answer, about: sender, for: Slack.account) == nil)
        }
    }
}

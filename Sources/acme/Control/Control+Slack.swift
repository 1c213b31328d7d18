extension Control {
    /// Registers an app with its request URL, and says what its owner would copy from Slack's pages.
    func putSlackApp(_ call: Call) async throws(Answer) -> Answer {
        let body = try body(call)
        let app = try Self.checkedSlack { () throws(SetupProblem) in try SlackApp(body) }
        world.slack.put(app)
        for channel in world.slack.channels where (body["channels"]?.items ?? []).contains(.string(channel.name)) {
            var joined = channel
            joined.members.insert(app.owner)
            world.slack.put(joined)
        }
        let token = Token(
            service: .slack, owner: app.owner, secret: SecretShape.slackBot.mint(),
            scopes: body["scopes"]?.items.map { Set($0.compactMap(\.text)) } ?? SlackApp.scopes)
        tokens.add(token)
        var appToken: String?
        if app.requestURL == nil {
            let secret = SecretShape.slackApp.mint()
            tokens.add(
                Token(
                    service: .slack, owner: app.owner, secret: secret,
                    scopes: Set(body["app_scopes"]?.items?.compactMap(\.text) ?? ["connections:write"])))
            appToken = secret
        }
        let about: JSON = [
            "app": .string(app.id), "team": .string(SlackWorld.team), "user": .string(app.user.id),
            "bot": .text(app.user.botID), "signing_secret": .string(app.signingSecret),
            "token": .string(token.secret), "app_token": .text(appToken),
        ]
        guard body["verify"]?.truth == true else { return Answer(200, about) }
        return Answer(200, about.with("verified", .bool(await verify(app))))
    }

    /// `{"owner"}`, and `team` of another workspace, `guest`, `deactivated`.
    func putSlackPerson(_ call: Call) throws(Answer) -> Answer {
        let body = try body(call)
        var person = world.slack.user(try text("owner", in: body))
        if let team = body["team"]?.text { person.team = team }
        if let isGuest = body["guest"]?.truth { person.isGuest = isGuest }
        if let isDeactivated = body["deactivated"]?.truth { person.isDeactivated = isDeactivated }
        world.slack.put(person)
        return Answer(200, ["id": .string(person.id), "team": .string(person.team)])
    }

    /// `{"name", "members"}`, and `private`, `archived`, `shared`. Without a name, the conversation of the members alone.
    func putSlackChannel(_ call: Call) throws(Answer) -> Answer {
        let body = try body(call)
        let members = Set((body["members"]?.items ?? []).compactMap(\.text))
        for owner in members where world.slack.user(id: world.slack.user(owner).id) == nil {
            throw Self.no(404, "nobody is called `\(owner)`")
        }
        guard let name = body["name"]?.text else {
            return Answer(200, ["id": .string(world.slack.conversation(of: members).id)])
        }
        let there = world.slack.channel(name)
        let id = there?.id ?? "C07" + String(OAuthAccount(owner: name).uuid("slack channel").prefix(8)).uppercased()
        world.slack.put(
            SlackChannel(
                id: id, name: name, members: body["members"] == nil ? there?.members ?? [] : members,
                kind: body["private"]?.truth ?? false ? .closed : .open, isArchived: body["archived"]?.truth ?? false,
                isShared: body["shared"]?.truth ?? false))
        return Answer(200, ["id": .string(id)])
    }

    /// What stands in a conversation, oldest first, with what one alone sees.
    func readSlackMessages(_ call: Call) throws(Answer) -> Answer {
        let channel = try channel(.text(call.query["channel"]))
        let messages = world.slack.messages(in: channel).reversed().map { $0.json.with("reader", .text($0.reader)) }
        return Answer(200, ["messages": .array(messages)])
    }

    /// What apps were told, and what they answered.
    func readSlackTold(_ call: Call) throws(Answer) -> Answer {
        guard let since = Int(call.query["since"] ?? "0") else { throw Self.no(400, "`since` must be a number") }
        return Answer(200, ["told": world.slackTeller.told(since: since)])
    }

    /// What became of sockets, oldest first.
    func readSlackSockets(_ call: Call) throws(Answer) -> Answer {
        Answer(200, ["sockets": world.slackSockets.journal])
    }

    /// `{"app", "do"}`, and `text` for `send`: something happens to the app's sockets.
    func changeSlackSockets(_ call: Call) throws(Answer) -> Answer {
        let body = try body(call)
        let app = try text("app", in: body)
        guard let change = SlackSocketChange(rawValue: try text("do", in: body)) else {
            throw Self.no(
                400, "`do` must be one of \(SlackSocketChange.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return Answer(200, ["changed": .int(world.slackSockets.make(change, of: app, text: body["text"]?.text ?? ""))])
    }

    private func verify(_ app: SlackApp) async -> Bool {
        let challenge = SecretShape.code.mint()
        let body: JSON = [
            "token": "legacy-verification-token", "challenge": .string(challenge), "type": "url_verification",
        ]
        let told = await world.slackTeller.tell(SlackNews(event: body, id: "", to: app, fault: nil))
        let answer = told["attempts"]?.items?.last?["answer"]?.text ?? ""
        // Slack takes it as text and as JSON.
        return answer == challenge || (try? JSONReader.read(answer))?["challenge"]?.text == challenge
    }

    func channel(_ wanted: JSON?) throws(Answer) -> SlackChannel {
        guard let channel = world.slack.channel(wanted?.text) else { throw Self.no(404, "no such conversation") }
        return channel
    }

    func text(_ name: String, in body: JSON) throws(Answer) -> String {
        guard let text = body[name]?.text else { throw Self.no(400, "`\(name)` must be a string") }
        return text
    }

    static func checkedSlack<Value>(_ work: () throws(SetupProblem) -> Value) throws(Answer) -> Value {
        do {
            return try work()
        } catch {
            throw no(400, error.text)
        }
    }
}

import HTTPTypes

/// Slack's Web API, served under `/api/`.
struct SlackService: Service {
    let name = ServiceName.slack
    let world: SlackWorld
    /// Since May 2025 apps outside the Marketplace read history once a minute, 15 messages at a time; internal apps don't.
    let isOutsideMarketplace: Bool
    let desk: OAuthDesk
    let sockets: SlackSockets
    let key = SigningKey(id: "acme-slack")

    var routes: [Route<Operation>] {
        let authorize = authorizing.operation("slack.oauth.v2.authorize")
        return (operations + authorization).flatMap { operation in
            let path = "/api/" + operation.name.dropFirst("slack.".count)
            return [Route(.get, path, operation), Route(.post, path, operation)]
        } + [Route(.get, "/oauth/v2/authorize", authorize), Route(.post, "/oauth/v2/authorize", authorize)] + openID + [
            Route(
                .get, "/files-pri/{file}/download/{name}",
                Operation(name: "slack.files.download", scopes: ["files:read"], limit: .perMinute(100), run: download)),
            Route(
                .post, "/upload/v1/{ticket}",
                Operation(open: "slack.files.put", about: aboutUpload, run: upload)),
        ]
    }

    private var operations: [Operation] {
        [
            Operation(name: "slack.auth.test", limit: .perMinute(600), run: authTest),
            Operation(
                name: "slack.chat.postMessage", scopes: ["chat:write"],
                // About one message per second and channel, short bursts allowed.
                limit: Limit(burst: 10, perSecond: 1, subject: { (try? SlackArguments($0))?["channel"] ?? "" }),
                run: postMessage),
            Operation(
                name: "slack.chat.postEphemeral", scopes: ["chat:write"], limit: .perMinute(100), run: postEphemeral),
            Operation(name: "slack.chat.update", scopes: ["chat:write"], limit: .perMinute(50), run: update),
            Operation(
                name: "slack.conversations.open", scopes: ["im:write", "mpim:write"], limit: .perMinute(50), run: open),
            Operation(name: "slack.conversations.info", scopes: Self.readScopes, limit: .perMinute(50), run: info),
            Operation(
                name: "slack.conversations.members", scopes: Self.readScopes, limit: .perMinute(100), run: members),
            Operation(
                name: "slack.conversations.history", scopes: SlackChannel.Kind.allCases.map(\.historyScope),
                limit: .perMinute(isOutsideMarketplace ? 1 : 50), run: history),
            Operation(
                name: "slack.conversations.list", scopes: Self.readScopes, limit: .perMinute(20),
                run: list),
            Operation(
                name: "slack.apps.connections.open", scopes: ["connections:write"], limit: .perMinute(50),
                run: openSocket),
            Operation(
                name: "slack.files.getUploadURLExternal", scopes: ["files:write"], limit: .perMinute(20),
                run: uploadURL),
            Operation(
                name: "slack.files.completeUploadExternal", scopes: ["files:write"], limit: .perMinute(20),
                run: completeUpload),
            // Gone since 2025.
            Operation(name: "slack.files.upload", scopes: ["files:write"]) { _, _ throws(Answer) in
                throw SlackRules.no("method_deprecated")
            },
            Operation(name: "slack.files.info", scopes: ["files:read"], limit: .perMinute(100), run: fileInfo),
            Operation(name: "slack.users.info", scopes: ["users:read"], limit: .perMinute(100), run: usersInfo),
        ]
    }

    private static let readScopes = SlackChannel.Kind.allCases.map(\.readScope)

    /// Slack also takes the token as a `token` argument of a form or a query.
    func secret(in call: Call) -> String? {
        if let bearer = call.bearer { return bearer }
        if call.contentType.hasPrefix("application/x-www-form-urlencoded"), let token = call.form["token"] {
            return token
        }
        return call.query["token"]
    }

    /// An app-level token opens sockets and nothing else, and nothing else opens them.
    func screen(_ call: Call) -> Answer? {
        let isAppLevel = secret(in: call)?.hasPrefix("xapp-") ?? false
        return isAppLevel == call.path.hasSuffix("/apps.connections.open")
            ? nil : SlackRules.no("not_allowed_token_type")
    }

    func refuse(_ refusal: Refusal) -> Answer {
        SlackRules.refuse(refusal)
    }

    func finish(_ answer: Answer, for operation: Operation, token: Token) -> Answer {
        answer
            .adding("x-oauth-scopes", token.scopes.sorted().joined(separator: ","))
            .adding("x-accepted-oauth-scopes", operation.scopes.joined(separator: ","))
    }
}

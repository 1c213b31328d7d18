import HTTPTypes

/// Notion's REST API: a token sees what was shared with it, and nothing else exists.
struct NotionService: Service {
    let name = ServiceName.notion
    let desk: OAuthDesk

    var routes: [Route<Operation>] {
        authorization + [
            Route(.get, "/v1/users/me", operation("notion.users.me", scopes: [], Self.me)),
            Route(.post, "/v1/search", operation("notion.search", Self.search)),
            Route(.get, "/v1/pages/{page_id}", operation("notion.pages.retrieve", Self.page)),
            Route(
                .get, "/v1/blocks/{block_id}/children", operation("notion.blocks.children.list", Self.children)),
        ]
    }

    /// Three requests per second and integration on average, bursts beyond it allowed.
    private func operation(
        _ name: String, scopes: [String] = ["read_content"],
        _ run: @escaping @Sendable (Call, Token) throws(Answer) -> Answer
    ) -> Operation {
        Operation(name: name, scopes: scopes, limit: Limit(burst: 30, perSecond: 3, shared: "all"), run: run)
    }

    func screen(_ call: Call) -> Answer? {
        NotionRules.version(call)
    }

    func refuse(_ refusal: Refusal) -> Answer {
        NotionRules.refuse(refusal)
    }

    private static func page(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let id = try NotionRules.uuid(call.parameters["page_id"] ?? "", parameter: "page_id")
        guard let page = NotionWorld.pages(for: token).first(where: { $0.id == id }) else {
            throw NotionRules.notFound("page", id)
        }
        return Answer(200, describe(page).with("request_id", .string(NotionRules.requestID())))
    }

    private static func me(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let bot = NotionWorld.bot(token.owner)
        let owner = owner(of: bot, withEmail: token.scopes.contains("read_user_with_email"))
        return Answer(
            200,
            [
                "object": "user", "id": .string(bot.id), "name": .string(bot.name), "avatar_url": .null, "type": "bot",
                "bot": [
                    "owner": owner, "workspace_id": .string(NotionWorld.workspace), "workspace_name": "Acme",
                    "workspace_limits": ["max_file_upload_size_in_bytes": 5_368_709_120],
                ],
                "request_id": .string(NotionRules.requestID()),
            ])
    }

    /// Whose bot it is: a person's, or the workspace's own.
    static func owner(of bot: NotionWorld.Bot, withEmail mayReadEmail: Bool) -> JSON {
        guard let person = bot.person else { return ["type": "workspace", "workspace": true] }
        let details: JSON = mayReadEmail ? ["email": .string("\(bot.owner)@acme.test")] : [:]
        return [
            "type": "user",
            "user": [
                "object": "user", "id": .string(person.id), "name": .string(person.name), "avatar_url": .null,
                "type": "person", "person": details,
            ],
        ]
    }
}

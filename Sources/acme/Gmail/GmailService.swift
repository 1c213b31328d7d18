import Foundation
import HTTPTypes

/// Gmail's REST API. A token opens its owner's mailbox.
struct GmailService: Service {
    let name = ServiceName.gmail
    let world: GmailWorld
    let desk: OAuthDesk

    static let accounts = [
        Account(
            service: .gmail, owner: "dana",
            scopes: [GoogleRules.scopeRoot + "gmail.readonly", GoogleRules.scopeRoot + "gmail.send"], shape: .google)
    ]

    private static let everything = "https://mail.google.com/"
    private static let reading = [everything] + ["gmail.modify", "gmail.readonly"].map { GoogleRules.scopeRoot + $0 }
    private static let looking = reading + [GoogleRules.scopeRoot + "gmail.metadata"]
    private static let sending =
        [everything] + ["gmail.modify", "gmail.compose", "gmail.send"].map { GoogleRules.scopeRoot + $0 }
    private static let probing =
        looking + [GoogleRules.scopeRoot + "gmail.compose"]

    var routes: [Route<Operation>] {
        let root = "/gmail/v1/users/{user}"
        return [
            Route(.get, root + "/profile", operation("gmail.users.getProfile", Self.probing, cost: 1, profile)),
            Route(.get, root + "/messages", operation("gmail.users.messages.list", Self.looking, cost: 5, list)),
            Route(.get, root + "/messages/{id}", operation("gmail.users.messages.get", Self.looking, cost: 5, get)),
            Route(
                .post, root + "/messages/send", operation("gmail.users.messages.send", Self.sending, cost: 100, send)),
        ]
    }

    /// 15,000 quota units per minute and user; each method costs its own number of units.
    private func operation(
        _ name: String, _ scopes: [String], cost: Double,
        _ run: @escaping @Sendable (Call, Token) throws(Answer) -> Answer
    ) -> Operation {
        let limit = Limit(burst: 15_000, perSecond: 250, cost: cost, shared: "units")
        return Operation(name: name, scopes: scopes, limit: limit) { call, token throws(Answer) in
            try requireOwnMailbox(call, token)
            return try run(call, token)
        }
    }

    func refuse(_ refusal: Refusal) -> Answer {
        GoogleRules.refuse(refusal, api: "gmail")
    }

    /// A user's own token opens the user's own mailbox and no other, whatever delegation the mailbox has.
    private func requireOwnMailbox(_ call: Call, _ token: Token) throws(Answer) {
        let user = call.parameters["user"]?.lowercased() ?? ""
        let own = address(of: token.owner)
        guard user != "me", user != own else { return }
        throw GoogleRules.no(403, "forbidden", "Delegation denied for \(own)")
    }

    /// Of an account that is there now: one that has gone may have left its address to another.
    private func address(of owner: String) -> String { desk.account(owner)?.email ?? GmailWorld.address(of: owner) }

    private func profile(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let mails = world.mails(of: token.owner)
        return Answer(
            200,
            [
                "emailAddress": .string(address(of: token.owner)), "messagesTotal": .int(mails.count),
                "threadsTotal": .int(Set(mails.map(\.thread)).count), "historyId": .string(String(world.historyID)),
            ])
    }

    private func list(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let query = call.query
        if query["q"] != nil, token.scopes.isDisjoint(with: Self.reading) {
            throw GoogleRules.no(403, "forbidden", "Metadata scope does not support 'q' parameter")
        }
        let search = GmailQuery(query["q"] ?? "")
        let labels = Set(query.all("labelIds"))
        let found = world.mails(of: token.owner).filter { labels.isSubset(of: $0.labels) && search.matches($0) }
        let (page, next) = Cursor.page(
            found, from: try GoogleRules.offset(query),
            size: try GoogleRules.pageSize(query, fallback: 100, most: 500))
        let body: JSON = ["resultSizeEstimate": .int(found.count)]
        let references = page.map { ["id": .string($0.id), "threadId": .string($0.thread)] as JSON }
        return Answer(
            200,
            body.with("messages", references.isEmpty ? nil : .array(references))
                .with("nextPageToken", next.map(JSON.string)))
    }

    private func get(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        guard let mail = world.mails(of: token.owner).first(where: { $0.id == call.parameters["id"] }) else {
            throw GoogleRules.no(404, "notFound", "Requested entity was not found.")
        }
        let query = call.query
        let name = (query["format"] ?? "full").lowercased()
        guard let format = MailFormat(rawValue: name) else {
            throw GoogleRules.invalid("Invalid value at 'format': \"\(name)\"")
        }
        if token.scopes.isDisjoint(with: Self.reading), format == .full || format == .raw {
            throw GoogleRules.no(403, "forbidden", "Metadata scope doesn't allow format \(name.uppercased())")
        }
        return Answer(200, mail.json(format, only: query.all("metadataHeaders")))
    }
}

/// What changes while acme runs, and the names under which the fixed things are announced.
struct World: Sendable {
    let slack = SlackWorld()
    let slackSockets = SlackSockets()
    let slackTeller: SlackTeller
    let gmail = GmailWorld()
    let calendar = CalendarWorld()
    let tickets = TicketsWorld()
    let graph = GraphWorld()
    let hooks = HooksWorld()
    let models = ModelsWorld()

    init() {
        slackTeller = SlackTeller(sockets: slackSockets)
    }

    /// Ids by a readable key, so that nobody has to copy them.
    var ids: JSON {
        [
            "workers": Self.named(RipplingWorld.workers.map { ($0.owner, $0.id) }),
            "pages": Self.named(NotionWorld.pages.map { ($0.key, $0.id) }),
            "channels": Self.named(SlackWorld.channels.map { ($0.name, $0.id) }),
            "slack_users": Self.named(SlackWorld.users.map { ($0.owner, $0.id) }),
            "messages": Self.named(
                gmail.mails(of: "dana").map { mail in
                    (String(MailAddress.bare(mail.header("From")).prefix { $0 != "@" }), mail.id)
                }),
            "events": Self.named(calendar.events.map { ($0.body["summary"]?.text ?? "", $0.id) }),
            "company": .string(RipplingWorld.company),
        ]
    }

    private static func named(_ pairs: [(String, String)]) -> JSON {
        .object(pairs.map { JSON.Member(name: $0.0, value: .string($0.1)) })
    }
}

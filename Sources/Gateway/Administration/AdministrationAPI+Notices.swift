public import Authority
public import Broker
public import Gate
import Registry
import Wire

extension AdministrationAPI {
    func showNotices() async throws -> JSON {
        let settings = try await notices.desk.settings()
        var object: JSONObject = [:]
        if let mail = settings.mail {
            object["mail"] = [
                "server": .string(mail.url), "from": .string(mail.from.text), "password": .bool(mail.password != nil),
            ]
        }
        if let webhook = settings.webhook { object["webhook"] = ["url": .string(webhook.url)] }
        let counts = try await notices.store.noticeCounts()
        object["counts"] = .object(
            JSONObject(
                NoticeState.allCases.map { ($0.rawValue, .number(JSONNumber(Int64(counts[$0] ?? 0)))) }))
        return .object(object)
    }

    func setNoticeMail(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["server", "from", "password", "trusted"])
        var password = Array((try reader.text("password") ?? "").utf8)
        let settings = try await notices.desk.setMail(
            try reader.required("server"), from: try reader.required("from"), password: &password,
            trusted: try reader.text("trusted"), by: administrator.text)
        notices.changed()
        return ["server": .string(settings.mail?.url ?? "")]
    }

    func setNoticeWebhook(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["url", "secret"])
        var secret = Array((try reader.text("secret") ?? "").utf8)
        let made = try await notices.desk.setWebhook(
            try reader.required("url"), secret: &secret, by: administrator.text)
        notices.changed()
        var object: JSONObject = ["url": .string(try reader.required("url"))]
        if let made { object["secret"] = .string(made) }
        return .object(object)
    }

    func removeNoticeRoute(_ name: String) async throws -> JSON? {
        guard let route = NoticeRoute(rawValue: name) else { return nil }
        try await notices.desk.remove(route, by: administrator.text)
        notices.changed()
        return ["removed": .string(name)]
    }

    /// Sends a test by each way that is set up, now, beside the outbox.
    func testNotices(_ body: JSONObject) async throws -> JSON {
        let person = PersonID(try BodyReader(body, keys: ["person"]).required("person"))
        let people = try await administration.people(in: organization)
        guard let record = people.first(where: { $0.id == person }) else {
            throw RegistryError(
                .unknown, "no person is called `\(person)`",
                hint: suggestion(for: person.raw, among: people.map(\.id.raw))
                    ?? "list them with `deputy people list`; `deputy people add` adds one")
        }
        let ways = try await notices.ways.routes()
        guard !ways.isEmpty else {
            throw BrokerError(.refused, "no way to tell people is set up", hint: "set one with `deputy notices set`")
        }
        let notice = Notice(
            id: NoticeID(world.newID("msg")), organization: organization, person: person, address: record.email,
            matter: .test, agents: [], link: notices.link(.test, []), created: world.now())
        var results: [JSON] = []
        for way in ways {
            var result: JSONObject = ["way": .string(way.route.rawValue)]
            do throws(NoticeFailure) {
                try await way.notifier.notify(notice)
                result["result"] = "delivered"
            } catch {
                (result["result"], result["reason"]) = (.string(error.name), .string(error.reason))
            }
            results.append(.object(result))
        }
        return ["results": .array(results)]
    }
}

/// What the `/v1/notices` routes work with.
public struct NoticeDesks: Sendable {
    let desk: NoticeDesk
    let store: any NoticeStore
    let ways: any NoticeRoutes
    let link: @Sendable (NoticeMatter, [AgentID]) -> String
    let changed: @Sendable () -> Void

    /// - Parameter changed: called after the ways out have changed.
    public init(
        desk: NoticeDesk, store: any NoticeStore, ways: any NoticeRoutes,
        link: @escaping @Sendable (NoticeMatter, [AgentID]) -> String, changed: @escaping @Sendable () -> Void
    ) {
        self.desk = desk
        self.store = store
        self.ways = ways
        self.link = link
        self.changed = changed
    }
}

extension NoticeFailure {
    fileprivate var name: String {
        switch self {
        case .notSent: "not_sent"
        case .refused: "refused"
        case .unknown: "unknown"
        }
    }

    fileprivate var reason: String {
        switch self {
        case .notSent(let reason), .refused(let reason), .unknown(let reason): reason
        }
    }
}

public import Authority
public import Gate
import Logging
public import Wire

/// What is posted to a webhook besides notices.
public struct EventMessage: Sendable, Hashable {
    /// Equal for each attempt at the same message.
    public let id: String
    public let type: String
    public let at: Timestamp
    public let data: JSONObject

    public init(id: String, type: String, at: Timestamp, data: JSONObject) {
        self.id = id
        self.type = type
        self.at = at
        self.data = data
    }
}

/// Posts events, signed after Standard Webhooks.
public protocol EventPoster: Sendable {
    func post(_ message: EventMessage) async throws(NoticeFailure)
}

extension HealthDesk {
    /// Posts what wasn't taken yet. Changes of one kind at one provider that come together are one message, which is
    /// tried as it was until it is taken, or for a day.
    func send() async throws {
        let now = world.now()
        let waiting = try await store.healthEventsUnsent(by: now, limit: HealthDesk.batch)
        guard !waiting.isEmpty else { return }
        guard let poster = try await settings.webhook() else {
            try await commits.commit(Transaction(changes: [HealthChange.sent(waiting.map(\.event.id))]))
            return
        }
        for (_, group) in Dictionary(grouping: waiting, by: \.group).sorted(by: { $0.key < $1.key }) {
            guard let first = group.first else { continue }
            let isReady = first.message != nil || first.event.at.adding(seconds: HealthDesk.together) <= now
            if isReady { try await send(group, first, by: poster) }
        }
    }

    /// What comes within so many seconds of the first is one message.
    static let together: Int64 = 5
    private static let mostAttempts: Int64 = 24

    private func send(_ group: [UnsentEvent], _ first: UnsentEvent, by poster: any EventPoster) async throws {
        let ids = group.map(\.event.id)
        let message = first.message ?? world.newID("msg")
        let due = world.now().adding(seconds: min(10 * (Int64(1) << min(2 * first.attempts, 9)), 3_600))
        try await commits.commit(Transaction(changes: [HealthChange.sending(ids, message: message, due: due)]))
        let content = try await content(group.map(\.event), first.event, id: message)
        do throws(NoticeFailure) {
            try await poster.post(content)
        } catch {
            switch error {
            case .notSent, .unknown:
                guard first.attempts + 1 >= HealthDesk.mostAttempts else { return }
            case .refused: break
            }
            keeper.log.error(
                "an event was not delivered", metadata: ["message": "\(message)", "reason": "\(error)"])
        }
        try await commits.commit(Transaction(changes: [HealthChange.sent(ids)]))
    }

    /// Names at most so many connections; the count is of all.
    private static let mostNamed = 50

    private func content(
        _ events: [HealthEvent], _ first: HealthEvent, id: String
    ) async throws -> EventMessage {
        let named = events.compactMap { event -> JSON? in
            guard case .connection(let id) = event.subject else { return nil }
            return ["id": .string(id.raw), "owner": .string(event.owner?.text ?? "")]
        }
        var data: JSONObject = [
            "organization": .string(first.organization.raw), "provider": .string(first.provider.raw),
            "state": .string(first.standing.state.rawValue), "cause": .string(first.standing.cause.rawValue),
            "count": .number(JSONNumber(Int64(named.isEmpty ? first.count : named.count))),
            "link": .string(settings.link()),
        ]
        if named.isEmpty { data["next_step"] = try await nextStep(of: first).map { .string($0) } }
        // Of several, what was said of all of them.
        let codes = Set(events.map(\.standing.code))
        if codes.count == 1 { data["code"] = first.standing.code.map { .string($0) } }
        if !named.isEmpty { data["connections"] = .array(Array(named.prefix(HealthDesk.mostNamed))) }
        if case .app(_, of: let agent?) = first.subject { data["agent"] = .string(agent.raw) }
        if case .key(let id) = first.subject { data["connections"] = [["id": .string(id.raw)]] }
        data["until"] = first.standing.until.map { .number(JSONNumber($0.microseconds)) }
        let about =
            switch first.subject {
            case .connection: "connection"
            case .provider: "provider"
            case .app: "app"
            case .key: "key"
            case .server, .newTools: "server"
            }
        let word = first.standing.cause == .keyRotated ? "rotated" : first.standing.state.rawValue
        return EventMessage(id: id, type: "\(about).\(word)", at: first.at, data: data)
    }
}

extension UnsentEvent {
    /// What goes together.
    fileprivate var group: String {
        let kind =
            switch event.subject {
            case .connection: "connection/\(event.provider)"
            case .provider, .app, .key, .server, .newTools: event.subject.text
            }
        return message
            ?? "\(kind)/\(event.standing.state.rawValue)/\(event.standing.cause.rawValue)"
    }
}

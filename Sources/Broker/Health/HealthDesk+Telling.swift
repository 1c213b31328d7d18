import Authority
import Gate
import Wire

extension HealthDesk {
    /// Queues a notice for each person who has to do something. What was told already isn't told twice: its id is the
    /// event's.
    func tell() async throws {
        let events = try await store.healthEventsUntold(limit: HealthDesk.batch)
        guard !events.isEmpty else { return }
        var changes: [any StoredChange] = []
        for event in events {
            if let notice = try await notice(of: event) { changes.append(NoticeChange.tell(notice)) }
            changes += try await keepersNotices(of: event).map { NoticeChange.tell($0) }
        }
        let isTelling = !changes.isEmpty
        changes.append(HealthChange.told(events.map(\.id)))
        changes.append(HealthChange.prune(before: world.now().adding(seconds: -HealthDesk.keptSeconds)))
        try await commits.commit(Transaction(changes: changes))
        if isTelling { settings.told() }
    }

    private static let keptSeconds: Int64 = 90 * 86_400

    /// Whoever looks after a remote server that changed.
    private func keepersNotices(of event: HealthEvent) async throws -> [QueuedNotice] {
        let server: ProviderID
        switch event.subject {
        case .server(let changed), .newTools(let changed): server = changed
        case .connection, .provider, .app, .key: return []
        }
        guard event.standing.state == .operatorAction,
            let changed = try await settings.changed().first(where: { $0.server == server })
        else { return [] }
        return changed.keepers.sorted { $0.key < $1.key }.flatMap { person, agents in
            agents.sorted().map { agent in
                QueuedNotice(
                    id: NoticeID("ntc_\(event.id)_\(person)_\(agent)"), organization: event.organization,
                    person: person, subject: .tools(server), agent: agent, source: "health/\(server)", created: event.at
                )
            }
        }
    }

    private func notice(of event: HealthEvent) async throws -> QueuedNotice? {
        guard case .connection(let id) = event.subject, let owner = event.owner else { return nil }
        switch event.standing.state {
        case .expiring, .needsReconnect: break
        case .active, .revoked, .operatorAction: return nil
        }
        guard let person = try await settings.person(owner) else { return nil }
        let agent: AgentID? =
            switch owner {
            case .person, .organization: nil
            case .agent(let agent): agent
            }
        return QueuedNotice(
            id: NoticeID("ntc_\(event.id)"), organization: event.organization, person: person, subject: .trouble(id),
            agent: agent ?? AgentID(""), source: "health/\(owner.text)/\(event.provider)", created: event.at)
    }
}

public import Authority
public import Broker
import Gate
import Synchronization

extension MemoryStore: HealthStore {
    public func healthMarks(
        in organization: OrganizationID, about prefix: String, limit: Int
    ) async throws -> [HealthEvent] {
        let marks = state.withLock { state in
            state.health.marks.values.filter { $0.organization == organization && $0.subject.text.hasPrefix(prefix) }
        }
        let open = marks.filter { $0.standing.state != .active && $0.standing.state != .revoked }
        return Array(open.sorted { ($1.at, $0.subject.text) < ($0.at, $1.subject.text) }.prefix(limit))
    }

    public func healthMark(of subject: HealthSubject, in organization: OrganizationID) async throws -> HealthEvent? {
        state.withLock { $0.health.marks[HealthState.Place(organization: organization, subject: subject)] }
    }

    public func healthEventsUntold(limit: Int) async throws -> [HealthEvent] {
        let events = state.withLock { $0.health.events.values.filter(\.isUntold).map(\.event) }
        return Array(events.sorted { ($0.at, $0.id) < ($1.at, $1.id) }.prefix(limit))
    }

    public func healthEventsUnsent(by time: Timestamp, limit: Int) async throws -> [UnsentEvent] {
        let events = state.withLock { $0.health.events.values.filter { $0.isUnsent && $0.due <= time } }
        return events.sorted { ($0.event.at, $0.event.id) < ($1.event.at, $1.event.id) }.prefix(limit).map {
            UnsentEvent(event: $0.event, message: $0.message, attempts: $0.attempts)
        }
    }

    public func renewalTroubles(at time: Timestamp, many: Int) async throws -> [RenewalTrouble] {
        struct Key: Hashable {
            let organization: OrganizationID
            let provider: ProviderID
            let cause: ConnectionCause
        }
        let (failing, stopped) = state.withLock { state in
            let failing = state.tokenSets.values.compactMap { tokens -> Key? in
                guard let failure = tokens.failure, let row = state.connections[tokens.connection],
                    row.health == .healthy,
                    failure.kind != .transient || tokens.expires.map({ $0 <= time }) ?? false
                else { return nil }
                return Key(organization: row.organization, provider: row.provider, cause: failure.cause)
            }
            let stopped = state.health.marks.values.compactMap { mark -> Key? in
                guard case .connection(let id) = mark.subject, state.connections[id] != nil,
                    mark.standing.state == .needsReconnect
                else { return nil }
                return Key(organization: mark.organization, provider: mark.provider, cause: mark.standing.cause)
            }
            return (failing, stopped)
        }
        let counted = Dictionary(grouping: stopped) { $0 }.filter { $1.count >= many }.flatMap { $1 }
        return Dictionary(grouping: failing + counted) { $0 }.map { key, all in
            RenewalTrouble(
                organization: key.organization, provider: key.provider, cause: key.cause, count: all.count)
        }.sorted {
            ($0.organization.raw, $0.provider.raw, $0.cause.rawValue)
                < ($1.organization.raw, $1.provider.raw, $1.cause.rawValue)
        }
    }

    public func tokensEnding(by time: Timestamp, alsoTold: Bool, limit: Int) async throws -> [ConnectionID] {
        let ending = state.withLock { state in
            state.tokenSets.values.compactMap { tokens -> (Timestamp, ConnectionID)? in
                guard tokens.refresh == nil, let expires = tokens.expires, expires <= time,
                    let row = state.connections[tokens.connection], row.health == .healthy
                else { return nil }
                let place = HealthState.Place(organization: row.organization, subject: .connection(row.id))
                return !alsoTold && state.health.marks[place]?.standing.state == .expiring ? nil : (expires, row.id)
            }
        }
        return ending.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(limit).map(\.1)
    }

    public func secretEnds(in organization: OrganizationID) async throws -> [SecretEnd] {
        state.withLock { $0.health.ends.values.filter { $0.organization == organization } }
            .sorted { $0.subject.text < $1.subject.text }
    }

    public func secretEnd(of subject: HealthSubject, in organization: OrganizationID) async throws -> SecretEnd? {
        state.withLock { $0.health.ends[HealthState.Place(organization: organization, subject: subject)] }
    }
}

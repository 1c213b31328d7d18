public import Authority
public import Broker
import Gate
public import Registry
import Synchronization
import Turns

extension MemoryState {
    mutating func apply(departure change: DepartureChange) throws(CommitError) {
        switch change {
        case .cut(var departure):
            if departures[departure.organization]?[departure.person] != nil { throw .exists(departure.person.raw) }
            departure.belongings =
                departure.belongings
                + belongings(of: departure.person, in: departure.organization, at: departure.at)
            departures[departure.organization, default: [:]][departure.person] = departure
        case .keep(let departure): departures[departure.organization, default: [:]][departure.person] = departure
        case .comeBack(let organization, let person):
            if departures[organization]?[person]?.isOpen == true { throw .exists(person.raw) }
            departures[organization]?[person] = nil
        }
    }

    fileprivate func belongings(
        of person: PersonID, in organization: OrganizationID, at time: Timestamp
    ) -> Belongings {
        let tokens = tokens.values.filter {
            $0.organization == organization && $0.person == person && $0.state != .revoked && $0.expires > time
        }
        let exchanged = tokens.count { exchange.grants[$0.id] != nil }
        let granted = tokens.count { oauth.grants[$0.id] != nil }
        let pending = approvals.values.filter { $0.call.organization == organization && $0.state.isPending }
        let open = windows.values.filter { $0.call.organization == organization && $0.state == .open }
        return Belongings(of: person, in: organization, among: Array(pending), Array(open))
            + Belongings([
                .tokens: tokens.count - granted, .consents: granted - exchanged, .exchanged: exchanged,
                .browserSessions: browserSessions.values.count {
                    $0.organization == organization && $0.person == person
                },
                .loginLinks: loginLinks.values.count {
                    $0.organization == organization && $0.person == person && $0.expires > time
                },
                .logins: logins.count { $0.organization == organization && $0.person == person },
                .memories: remembered.entries.values.count {
                    $0.place.organization == organization && $0.about == person
                },
                .senders: senderLinks.count { $0.organization == organization && $0.person == person },
                .agreements: agreements.count { $0.organization == organization && $0.person == person },
                .sessions: sessions.keys.count { $0.organization == organization && $0.requester.person == person },
                .choices: choices.count { $0.organization == organization && $0.owner == .person(person) },
                .flows: connectFlows.values.count {
                    $0.aim.organization == organization && $0.aim.person == person
                        && $0.stage.until.map { $0 > time } ?? false
                },
                .notices: notices.values.count { $0.organization == organization && $0.person == person },
            ])
    }
}

extension MemoryStore: DepartureStore {
    public func departure(of person: PersonID, in organization: OrganizationID) async throws -> Departure? {
        state.withLock { $0.departures[organization]?[person] }
    }

    public func openDepartures(in organization: OrganizationID) async throws -> [Departure] {
        state.withLock { $0.departures[organization] ?? [:] }.values.filter(\.isOpen).sorted { $0.person < $1.person }
    }

    public func belongings(
        of person: PersonID, in organization: OrganizationID, at time: Timestamp
    ) async throws -> Belongings {
        state.withLock { $0.belongings(of: person, in: organization, at: time) }
    }
}

extension MemoryStore: LeavingStore {
    public func connections(
        of person: PersonID, revoked: Bool, in organization: OrganizationID, limit: Int
    ) async throws -> [ConnectionRecord] {
        state.withLock { state in
            let own = state.connections.values.lazy.filter {
                $0.organization == organization && $0.owner == .person(person)
                    && (revoked ? $0.health == .revoked && !$0.sealed.isEmpty : $0.health != .revoked)
            }
            return Array(own.prefix(limit))
        }
    }

    public func connectionsHeld(
        for claim: PersonClaim, in organization: OrganizationID, limit: Int
    ) async throws -> [ConnectionRecord] {
        state.withLock { state in
            let all = state.connections.values.filter { $0.organization == organization }
            let own = all.filter { $0.owner == .person(claim.person) }
            let held = all.filter { row in
                guard case .agent = row.owner, row.health != .revoked else { return false }
                return row.email?.lowercased() == claim.email || claim.isRecorded(row.account, at: row.provider)
                    || own.contains { $0.provider == row.provider && $0.account == row.account }
            }
            return Array(held.sorted { $0.id < $1.id }.prefix(limit))
        }
    }

    public func connectionCounts(
        of person: PersonID, in organization: OrganizationID
    ) async throws -> [ProviderID: Int] {
        let own = try await connections(of: person, revoked: false, in: organization, limit: .max)
        return Dictionary(own.map { ($0.provider, 1) }, uniquingKeysWith: +)
    }

    public func openFlows(of person: PersonID, in organization: OrganizationID) async throws -> [ConnectFlow] {
        state.withLock(\.connectFlows).values.filter {
            $0.aim.organization == organization && $0.aim.person == person && $0.stage.until != nil
        }.sorted { $0.id < $1.id }
    }

    public func revocations(for person: PersonID, in organization: OrganizationID) async throws -> [ProviderID: Int] {
        let pending = state.withLock(\.revocations).values.filter {
            $0.organization == organization && $0.person == person
        }
        return Dictionary(pending.map { ($0.provider, 1) }, uniquingKeysWith: +)
    }
}

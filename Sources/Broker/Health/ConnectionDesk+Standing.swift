public import Authority
import Gate

/// A connection, and how it stands.
public struct StandingConnection: Sendable {
    public let record: ConnectionRecord
    public let standing: ConnectionStanding

    /// What is the matter; nil when nothing is.
    public var sentence: String? { standing.sentence(of: record) }
    /// What somebody does about it; nil when nobody has to.
    public var nextStep: String? { standing.nextStep(of: record) }
}

extension ConnectionDesk {
    /// The connections of the organization, or of one owner, with how they stand.
    public func standings(
        in organization: OrganizationID, of owner: Owner?
    ) async throws(BrokerError) -> [StandingConnection] {
        try await standings(of: try await list(in: organization, of: owner), in: organization, of: owner)
    }

    /// How these stand. Three reads, however many they are.
    ///
    /// - Parameter owner: that of all of them; nil when they are several's.
    public func standings(
        of records: [ConnectionRecord], in organization: OrganizationID, of owner: Owner?
    ) async throws(BrokerError) -> [StandingConnection] {
        let sets = try await read { try await tokens.tokens(in: organization, of: owner) }
        let known = try await read { try await apps.apps(in: organization) }
        let noted = try await read {
            try await marks.healthMarks(in: organization, about: "connection/", limit: ConnectionDesk.mostNoted)
        }
        let causes = Dictionary(noted.map { ($0.subject, $0.standing.cause) }) { first, _ in first }
        let ends = try await read { try await marks.secretEnds(in: organization) }
        let keyEnds = Dictionary(ends.map { ($0.subject, $0) }) { _, last in last }
        let (byID, byProvider) = (
            Dictionary(sets.map { ($0.connection, $0) }) { _, last in last },
            Dictionary(known.map { ($0.provider, $0) }) { _, last in last }
        )
        return records.map { record in
            StandingConnection(
                record: record,
                standing: ConnectionStanding(
                    of: record, tokens: byID[record.id], app: byProvider[record.provider],
                    noted: record.health == .broken ? causes[.connection(record.id)] : nil,
                    ends: keyEnds[.key(record.id)],
                    now: world.lasting()))
        }
    }

    private static let mostNoted = 100_000

    /// How one stands; nil when there is none.
    public func standing(
        of id: ConnectionID, in organization: OrganizationID
    ) async throws(BrokerError) -> StandingConnection? {
        guard let record = try await read({ try await store.connection(id) }), record.organization == organization
        else { return nil }
        return StandingConnection(record: record, standing: try await standing(of: record))
    }

    /// The newest connection of this owner there, where something is wrong with it.
    public func trouble(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws(BrokerError) -> StandingConnection? {
        let records = try await read { try await store.connections(of: owner, at: provider, in: organization) }
        guard let record = records.last else { return nil }
        let standing = try await standing(of: record)
        return standing.state.needsSomebody ? StandingConnection(record: record, standing: standing) : nil
    }

    func standing(of record: ConnectionRecord) async throws(BrokerError) -> ConnectionStanding {
        ConnectionStanding(
            of: record, tokens: try await read { try await tokens.tokens(of: record.id) },
            app: try await read { try await apps.app(at: record.provider, in: record.organization) },
            noted: record.health == .broken
                ? try await read {
                    try await marks.healthMark(of: .connection(record.id), in: record.organization)?.standing.cause
                } : nil,
            ends: try await read {
                try await marks.secretEnd(of: .key(record.id), in: record.organization)
            }, now: world.lasting())
    }
}

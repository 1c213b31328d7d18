public import Authority
import Gate

/// A connection, and how it stands.
public struct StandingConnection: Sendable {
    public let record: ConnectionRecord
    public let standing: ConnectionStanding
    /// Our app that it was made through; nil where there is none.
    public var app: AppRecord? = nil
    /// Where the key that it was made with goes round by itself: how far that is.
    public var rotation: KeyRotation? = nil

    /// What is the matter; nil when nothing is.
    public var sentence: String? { standing.sentence(of: record) }
    /// What somebody does about it; nil when nobody has to.
    public var nextStep: String? {
        if standing.cause == .rotationFailed, let rotation, rotation.step == .ending { return rotation.stepToEnd }
        return standing.nextStep(of: record, through: app)
    }
}

extension StandingConnection {
    /// One of our app itself that works, and was given less than a call needs.
    public static func givenLess(_ record: ConnectionRecord) -> StandingConnection {
        StandingConnection(record: record, standing: ConnectionStanding(.operatorAction, .permissionsLacking))
    }
}

extension ConnectionDesk {
    /// The connections of the organization, or of one owner, with how they stand.
    public func standings(
        in organization: OrganizationID, of owner: Owner?
    ) async throws(BrokerError) -> [StandingConnection] {
        try await standings(of: try await list(in: organization, of: owner), in: organization, of: owner)
    }

    /// How these stand. Five reads, however many they are.
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
        let rotations = Dictionary(
            try await read { try await marks.rotations(in: organization) }.map { ($0.subject, $0) }
        ) { _, last in last }
        let byID = Dictionary(sets.map { ($0.connection, $0) }) { _, last in last }
        return records.map { record in
            let app = known.app(of: record, byID[record.id])
            return StandingConnection(
                record: record,
                standing: ConnectionStanding(
                    of: record, tokens: byID[record.id], app: app,
                    noted: record.health == .broken ? causes[.connection(record.id)] : nil,
                    ends: keyEnds[.key(record.id)], rotation: rotations[.key(record.id)],
                    now: world.lasting()), app: app, rotation: rotations[.key(record.id)])
        }
    }

    private static let mostNoted = 100_000

    /// How one stands; nil when there is none.
    public func standing(
        of id: ConnectionID, in organization: OrganizationID
    ) async throws(BrokerError) -> StandingConnection? {
        guard let record = try await read({ try await store.connection(id) }), record.organization == organization
        else { return nil }
        return try await standing(of: record)
    }

    /// The newest connection of this owner there, where something is wrong with it.
    public func trouble(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws(BrokerError) -> StandingConnection? {
        let records = try await read { try await store.connections(of: owner, at: provider, in: organization) }
        guard let record = records.last else { return nil }
        let found = try await standing(of: record)
        return found.standing.state.needsSomebody ? found : nil
    }

    private func standing(of record: ConnectionRecord) async throws(BrokerError) -> StandingConnection {
        let tokens = try await read { try await self.tokens.tokens(of: record.id) }
        let app = try await read { try await apps.apps(in: record.organization) }.app(of: record, tokens)
        let subject = HealthSubject.key(record.id)
        let rotation = try await read { try await marks.rotation(of: subject, in: record.organization) }
        let standing = ConnectionStanding(
            of: record, tokens: tokens, app: app,
            noted: record.health == .broken
                ? try await read {
                    try await marks.healthMark(of: .connection(record.id), in: record.organization)?.standing.cause
                } : nil,
            ends: try await read { try await marks.secretEnd(of: subject, in: record.organization) },
            rotation: rotation, now: world.lasting())
        return StandingConnection(record: record, standing: standing, app: app, rotation: rotation)
    }
}

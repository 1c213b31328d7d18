public import Authority
public import Broker
import Wire

/// How many connections each cause stops.
private struct TroubleCounts {
    private struct Key: Hashable {
        let organization: String
        let provider: String
        let cause: ConnectionCause
    }

    private var counts: [Key: Int] = [:]

    mutating func add(_ cause: ConnectionCause, _ row: Row) throws {
        let key = Key(organization: try row["organization"], provider: try row["provider"], cause: cause)
        counts[key, default: 0] += try row["number"]
    }

    var troubles: [RenewalTrouble] {
        counts.map {
            RenewalTrouble(
                organization: OrganizationID($0.organization), provider: ProviderID($0.provider), cause: $0.cause,
                count: $1)
        }.sorted {
            ($0.organization.raw, $0.provider.raw, $0.cause.rawValue)
                < ($1.organization.raw, $1.provider.raw, $1.cause.rawValue)
        }
    }
}

extension SQLStore: HealthStore {
    private static let marks = Query(
        """
        SELECT record FROM health_marks WHERE organization = $1 AND state <> 'active' AND state <> 'revoked'
        AND subject LIKE $2 ORDER BY at DESC, subject LIMIT $3
        """)
    private static let mark = Query("SELECT record FROM health_marks WHERE organization = $1 AND subject = $2")
    private static let untold = Query("SELECT record FROM health_events WHERE is_untold = 1 ORDER BY at, id LIMIT $1")
    private static let unsent = Query(
        """
        SELECT record, message, attempts FROM health_events WHERE is_unsent = 1 AND due <= $1 ORDER BY at, id LIMIT $2
        """)
    private static let troubles = Query(
        """
        SELECT connections.organization AS organization, connections.provider AS provider,
        token_sets.failure AS failure, token_sets.failure_code AS code, COUNT(*) AS number
        FROM token_sets JOIN connections ON connections.id = token_sets.id
        WHERE token_sets.failure IS NOT NULL AND connections.health = 'healthy'
        AND (token_sets.failure <> 'transient' OR token_sets.expires <= $1)
        GROUP BY connections.organization, connections.provider, token_sets.failure, token_sets.failure_code
        """)
    private static let stopped = Query(
        """
        SELECT connections.organization AS organization, connections.provider AS provider,
        health_marks.cause AS cause, COUNT(*) AS number
        FROM health_marks JOIN connections ON health_marks.subject = 'connection/' || connections.id
        AND health_marks.organization = connections.organization
        WHERE health_marks.state = 'needs_reconnect'
        GROUP BY connections.organization, connections.provider, health_marks.cause
        HAVING COUNT(*) >= $1
        """)
    private static let ends = Query("SELECT * FROM secret_ends WHERE organization = $1 ORDER BY subject")
    private static let end = Query("SELECT * FROM secret_ends WHERE organization = $1 AND subject = $2")
    private static let ending = Query(
        """
        SELECT token_sets.id AS id FROM token_sets JOIN connections ON connections.id = token_sets.id
        LEFT JOIN health_marks ON health_marks.organization = connections.organization
        AND health_marks.subject = 'connection/' || connections.id
        WHERE token_sets.refresh IS NULL AND token_sets.expires <= $1 AND connections.health = 'healthy'
        AND (CAST($2 AS BIGINT) = 1 OR health_marks.state IS NULL OR health_marks.state <> 'expiring')
        ORDER BY token_sets.expires, token_sets.id LIMIT $3
        """)

    public func healthMarks(
        in organization: OrganizationID, about prefix: String, limit: Int
    ) async throws -> [HealthEvent] {
        try await rows(SQLStore.marks, [organization.raw, prefix + "%", limit]).map(SQLStore.event)
    }

    public func healthMark(of subject: HealthSubject, in organization: OrganizationID) async throws -> HealthEvent? {
        try await row(SQLStore.mark, [organization.raw, subject.text]).map(SQLStore.event)
    }

    public func healthEventsUntold(limit: Int) async throws -> [HealthEvent] {
        try await rows(SQLStore.untold, [limit]).map(SQLStore.event)
    }

    public func healthEventsUnsent(by time: Timestamp, limit: Int) async throws -> [UnsentEvent] {
        try await rows(SQLStore.unsent, [time.microseconds, limit]).map {
            UnsentEvent(event: try SQLStore.event($0), message: try $0["message"], attempts: try $0["attempts"])
        }
    }

    public func renewalTroubles(at time: Timestamp, many: Int) async throws -> [RenewalTrouble] {
        var counts = TroubleCounts()
        for row in try await rows(SQLStore.troubles, [time.microseconds]) {
            guard let kind = TokenTrouble.Kind(rawValue: try row["failure"]) else {
                throw StorageError(.corrupt, "the column `failure` can't be read")
            }
            try counts.add(TokenTrouble(kind: kind, code: row["code"], count: 1).cause, row)
        }
        for row in try await rows(SQLStore.stopped, [many]) {
            guard let cause = ConnectionCause(rawValue: try row["cause"]) else {
                throw StorageError(.corrupt, "the column `cause` can't be read")
            }
            try counts.add(cause, row)
        }
        return counts.troubles
    }

    public func tokensEnding(by time: Timestamp, alsoTold: Bool, limit: Int) async throws -> [ConnectionID] {
        try await rows(SQLStore.ending, [time.microseconds, alsoTold ? 1 : 0, limit]).map { ConnectionID(try $0["id"]) }
    }

    public func secretEnds(in organization: OrganizationID) async throws -> [SecretEnd] {
        try await rows(SQLStore.ends, [organization.raw]).map(SecretEnd.init(row:))
    }

    public func secretEnd(of subject: HealthSubject, in organization: OrganizationID) async throws -> SecretEnd? {
        try await row(SQLStore.end, [organization.raw, subject.text]).map(SecretEnd.init(row:))
    }

    @Sendable private static func event(_ row: Row) throws -> HealthEvent {
        guard let event = HealthEvent(json: try JSON.parse(Array((row["record"] as String).utf8))) else {
            throw StorageError(.corrupt, "an event of a connection's health can't be read")
        }
        return event
    }
}

extension HealthSubject {
    /// Of what ends or goes round, by the text that it is stored under; nil for what doesn't.
    init?(ofSecret text: String, at provider: ProviderID) {
        let parts = text.split(separator: "/")
        switch parts.first {
        case "app": self = .app(provider, of: parts.count > 2 ? AgentID(String(parts[2])) : nil)
        case "key": self = .key(ConnectionID(String(text.dropFirst(4))))
        case _: return nil
        }
    }
}

extension SecretEnd {
    fileprivate init(row: Row) throws {
        let provider = ProviderID(try row["provider"])
        guard let subject = HealthSubject(ofSecret: try row["subject"], at: provider) else {
            throw StorageError(.corrupt, "the end of a secret can't be read")
        }
        self.init(
            organization: OrganizationID(try row["organization"]), subject: subject, provider: provider,
            ends: Timestamp(microseconds: try row["ends"]),
            said: try (row["said"] as Int64?).map { Timestamp(microseconds: $0) }, every: try row["every"])
    }
}

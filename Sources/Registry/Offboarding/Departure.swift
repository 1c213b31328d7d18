public import Authority
public import Gate
public import Wire

/// That a person was offboarded: by whom, when, and what became of their connections. Open for as long as secrets of theirs
/// are still to be destroyed; none of those can be used any more.
public struct Departure: Sendable, Hashable {
    public let organization: OrganizationID
    public let person: PersonID
    /// As leaves name them.
    public let by: String
    public let at: Timestamp
    public var isOpen: Bool
    public var ended: EndedConnections
    /// What else there was of theirs, and is no more.
    public var belongings: Belongings

    public init(
        of person: PersonID, in organization: OrganizationID, by: String, at: Timestamp, isOpen: Bool,
        ended: EndedConnections, belongings: Belongings = Belongings()
    ) {
        self.organization = organization
        self.person = person
        self.by = by
        self.at = at
        self.isOpen = isOpen
        self.ended = ended
        self.belongings = belongings
    }
}

/// How many connections ended, and what their providers hear of it.
public struct EndedConnections: Sendable, Hashable {
    /// The person's own.
    public var own: Int
    /// Agents' that held an account of the person's.
    public var held: Int
    /// How many tokens each provider is told to end.
    public var queued: [ProviderID: Int]
    /// How many credentials each provider can't be told to end.
    public var untold: [ProviderID: Int]

    public init(own: Int = 0, held: Int = 0, queued: [ProviderID: Int] = [:], untold: [ProviderID: Int] = [:]) {
        self.own = own
        self.held = held
        self.queued = queued
        self.untold = untold
    }

    public static func + (first: EndedConnections, second: EndedConnections) -> EndedConnections {
        EndedConnections(
            own: first.own + second.own, held: first.held + second.held,
            queued: first.queued.merging(second.queued, uniquingKeysWith: +),
            untold: first.untold.merging(second.untold, uniquingKeysWith: +))
    }
}

/// Departures, and what there is to end, for reading.
public protocol DepartureStore: Sendable {
    func departure(of person: PersonID, in organization: OrganizationID) async throws -> Departure?
    /// Those that are open, by person.
    func openDepartures(in organization: OrganizationID) async throws -> [Departure]
    /// What there is of a person's now, of what a store counts.
    func belongings(of person: PersonID, in organization: OrganizationID, at time: Timestamp) async throws -> Belongings
}

/// What becomes of departures in the store.
public enum DepartureChange: StoredChange {
    /// Kept along with what there is of theirs at its time, which the store counts: comes before what ends it. Refused as
    /// `exists` when they have left already.
    case cut(Departure)
    /// Written over an earlier one of the same person.
    case keep(Departure)
    /// The person comes back. Refused as `exists` while a departure of theirs is open.
    case comeBack(OrganizationID, PersonID)
}

extension Departure {
    /// What isn't a column.
    public var record: JSON {
        var fields = ended.fields
        fields["by"] = .string(by)
        fields["at"] = .number(JSONNumber(at.microseconds))
        fields["belongings"] = belongings.json
        return .object(fields)
    }

    /// Nil for what isn't a record.
    public init?(of person: PersonID, in organization: OrganizationID, isOpen: Bool, record: JSON) {
        guard let by = record["by"]?.stringValue, let at = record["at"]?.integerValue,
            let ended = EndedConnections(record), let belongings = Belongings(json: record["belongings"])
        else { return nil }
        self.init(
            of: person, in: organization, by: by, at: Timestamp(microseconds: at), isOpen: isOpen, ended: ended,
            belongings: belongings)
    }
}

extension EndedConnections {
    public var fields: JSONObject {
        [
            "own": .number(JSONNumber(own)), "held": .number(JSONNumber(held)),
            "queued": EndedConnections.json(queued), "untold": EndedConnections.json(untold),
        ]
    }

    init?(_ record: JSON) {
        guard let own = record["own"]?.integerValue, let held = record["held"]?.integerValue else { return nil }
        self.init(
            own: Int(own), held: Int(held), queued: EndedConnections.counts(record["queued"]),
            untold: EndedConnections.counts(record["untold"]))
    }

    private static func json(_ counts: [ProviderID: Int]) -> JSON {
        .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key.raw, .number(JSONNumber($0.value))) }))
    }

    private static func counts(_ json: JSON?) -> [ProviderID: Int] {
        Dictionary(
            (json?.objectValue?.members ?? []).map { (ProviderID($0.key), Int($0.value.integerValue ?? 0)) },
            uniquingKeysWith: +)
    }
}

public import Authority
import Gate
public import Registry
import Wire

extension SQLStore: DepartureStore {
    private static let oneDeparture = Query("SELECT * FROM departures WHERE organization = $1 AND person = $2")
    private static let openOnes = Query(
        "SELECT * FROM departures WHERE organization = $1 AND is_open = 1 ORDER BY person")

    public func departure(of person: PersonID, in organization: OrganizationID) async throws -> Departure? {
        try await row(SQLStore.oneDeparture, [organization.raw, person.raw]).map(Departure.init(row:))
    }

    public func openDepartures(in organization: OrganizationID) async throws -> [Departure] {
        try await rows(SQLStore.openOnes, [organization.raw]).map(Departure.init(row:))
    }

    public func belongings(
        of person: PersonID, in organization: OrganizationID, at time: Timestamp
    ) async throws -> Belongings {
        try await BelongingRows(person: person, organization: organization, time: time).counted(rows)
    }
}

extension Departure {
    fileprivate init(row: Row) throws {
        let text: String = try row["record"]
        let isOpen: Int64 = try row["is_open"]
        guard
            let departure = Departure(
                of: PersonID(try row["person"]), in: OrganizationID(try row["organization"]), isOpen: isOpen == 1,
                record: try JSON.parse(Array(text.utf8)))
        else { throw StorageError(.corrupt, "how somebody left can't be read") }
        self = departure
    }
}

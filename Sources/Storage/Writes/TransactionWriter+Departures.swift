import Authority
import Gate
import Registry
import Wire

extension TransactionWriter {
    private static let cutOff = Query(
        """
        INSERT INTO departures (organization, person, is_open, record) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING person
        """)
    private static let keepDeparture = Query(
        """
        INSERT INTO departures (organization, person, is_open, record) VALUES ($1, $2, $3, $4)
        ON CONFLICT (organization, person) DO UPDATE SET is_open = excluded.is_open, record = excluded.record
        """)
    private static let comeBack = Query(
        "DELETE FROM departures WHERE organization = $1 AND person = $2 AND is_open = 0")
    // Whether or not there was one: a row of somebody who left before departures were kept has none.
    private static let noneIsOpen = Query(
        """
        SELECT 1 AS one WHERE NOT EXISTS (SELECT 1 FROM departures WHERE organization = $1 AND person = $2)
        """)

    func apply(departure change: DepartureChange) async throws {
        switch change {
        case .cut(var departure):
            let rows = BelongingRows(
                person: departure.person, organization: departure.organization, time: departure.at)
            departure.belongings = try await departure.belongings + rows.counted(session.rows)
            try await mustChange(TransactionWriter.cutOff, values(departure), departure.person.raw)
        case .keep(let departure): try await session.run(TransactionWriter.keepDeparture, values(departure))
        case .comeBack(let organization, let person):
            try await session.run(TransactionWriter.comeBack, [organization.raw, person.raw])
            try await mustChange(TransactionWriter.noneIsOpen, [organization.raw, person.raw], person.raw)
        }
    }

    private func values(_ departure: Departure) -> [any Storable] {
        [departure.organization.raw, departure.person.raw, departure.isOpen ? 1 : 0, departure.record.text]
    }
}

public import Broker
import Wire

extension SQLStore: KeyHolders {
    private static let tell = Query("UPDATE gateways SET keys = $1 WHERE number = $2 AND keys <> $1")
    // Whoever had this folder before has died, though its lease may last.
    private static let others = Query(
        """
        SELECT name, keys FROM gateways
        WHERE number <> $1 AND until >= CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)
        AND (place = '' OR place NOT IN (SELECT place FROM gateways WHERE number = $1))
        """)

    public func tell(keys: [String]) async throws {
        guard isShared else { return }
        try await write(SQLStore.tell, [keys.sorted().stored.text, driver.gateway])
    }

    public func otherHolders() async throws -> [KeyHolder] {
        guard isShared else { return [] }
        return try await rows(SQLStore.others, [driver.gateway]).map { row in
            let keys = try JSON.parse(Array((try row["keys"] as String).utf8)).arrayValue ?? []
            return KeyHolder(name: try row["name"], keys: Set(keys.compactMap(\.stringValue)))
        }
    }
}

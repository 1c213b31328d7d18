import Testing

@testable import Storage

@Suite struct QueryTests {
    @Test(arguments: ["SELECT 1", "VALUES ($1, $2)", "UPDATE t SET a = $1, b = $2 WHERE a = $1 AND c = $3"])
    func `placeholders in their order are taken`(sql: String) {
        #expect(Query.isInOrder(sql))
    }

    @Test(arguments: ["VALUES ($2, $1)", "VALUES ($1, $3)", "VALUES ($0)", "VALUES ($)", "VALUES ($2)"])
    func `placeholders that SQLite would number otherwise are refused`(sql: String) {
        #expect(!Query.isInOrder(sql))
    }
}

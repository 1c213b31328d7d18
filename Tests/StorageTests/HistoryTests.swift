import Simulation
import Testing

@testable import Storage

@Suite struct HistoryTests {
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `many callers at the store leave histories that an order explains`(seed: UInt64) async throws {
        let home = try TemporaryHome()
        let store = try home.open()
        let history = try await StoreHistory.make(seed: seed, over: store, callers: 8, each: 12)
        #expect(history.unexplained.isEmpty)
        #expect(history.approvals.values.joined().contains { $0.action.isTaken == false })
        #expect(history.budgets.values.joined().contains { $0.action == true })
        try await store.close()
    }
}

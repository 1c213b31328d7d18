import Testing
import Twins

@testable import Storage

@Suite struct ContractTests {
    @Test(arguments: Contract.allCases)
    func `the memory twin keeps the contract`(contract: Contract) async throws {
        try await contract.check { MemoryStore() }
    }

    @Test(arguments: Database.allCases, Contract.allCases)
    func `a database keeps the contract`(database: Database, contract: Contract) async throws {
        var opened: [(place: StorePlace, store: SQLStore)] = []
        try await contract.check {
            let place = try await database.place()
            let store = try await place.open()
            opened.append((place, store))
            return store
        }
        #expect(!opened.isEmpty)
        for (_, store) in opened { try await store.close() }
    }

    @Test(arguments: FaultyStore.Fault.allCases)
    func `a store with a fault doesn't pass`(fault: FaultyStore.Fault) async {
        await #expect(throws: ContractViolation.self) {
            try await fault.contract.check { FaultyStore(fault) }
        }
    }
}

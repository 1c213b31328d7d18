import Storage
import Testing
import Twins

@Suite struct ContractTests {
    @Test(arguments: Contract.allCases)
    func `the memory twin keeps the contract`(contract: Contract) async throws {
        try await contract.check { MemoryStore() }
    }

    @Test(arguments: Contract.allCases)
    func `SQLite keeps the contract`(contract: Contract) async throws {
        var homes: [TemporaryHome] = []
        try await contract.check {
            let home = try TemporaryHome()
            homes.append(home)
            return try home.open()
        }
        #expect(!homes.isEmpty)
    }

    @Test(arguments: FaultyStore.Fault.allCases)
    func `a store with a fault doesn't pass`(fault: FaultyStore.Fault) async {
        await #expect(throws: ContractViolation.self) {
            try await fault.contract.check { FaultyStore(fault) }
        }
    }
}

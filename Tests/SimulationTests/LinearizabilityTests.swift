import Gate
import Simulation
import Testing
import Twins

@Suite struct LinearizabilityTests {
    private typealias Approved = ApprovalRegister.Action

    private func history(_ operations: (ApprovalRegister.Verb, Bool?, Int, Int?)...) -> [Operation<Approved>] {
        operations.map { Operation(Approved($0, isTaken: $1), begun: $2, ended: $3) }
    }

    @Test func `a yes and a spending in their order are explained`() {
        #expect(isLinearizable(history((.agree, true, 1, 2), (.spend, true, 3, 4)), from: ApprovalRegister.waiting))
    }

    @Test func `two spendings of one approval are explained by no order`() {
        let twice = history((.agree, true, 1, 2), (.spend, true, 3, 6), (.spend, true, 4, 5))
        #expect(!isLinearizable(twice, from: ApprovalRegister.waiting))
    }

    @Test func `what overlaps may have happened in either order`() {
        let overlapping = history((.spend, true, 1, 6), (.agree, true, 2, 5))
        #expect(isLinearizable(overlapping, from: ApprovalRegister.waiting))
        let apart = history((.spend, true, 1, 2), (.agree, true, 3, 4))
        #expect(!isLinearizable(apart, from: ApprovalRegister.waiting))
    }

    @Test func `what was never answered may have happened or not`() {
        #expect(isLinearizable(history((.agree, nil, 1, nil), (.spend, true, 5, 6)), from: ApprovalRegister.waiting))
        #expect(isLinearizable(history((.agree, nil, 1, nil), (.spend, false, 5, 6)), from: ApprovalRegister.waiting))
    }

    @Test func `a refusal needs something that refuses`() {
        #expect(!isLinearizable(history((.agree, false, 1, 2)), from: ApprovalRegister.waiting))
    }

    @Test func `a budget gives as much as it has`() {
        let three = (0..<4).map { Operation<Bool?>(true, begun: $0, ended: 10 + $0) }
        #expect(isLinearizable(Array(three.dropLast()), from: BudgetRegister(limit: 3)))
        #expect(!isLinearizable(three, from: BudgetRegister(limit: 3)))
    }

    @Test func `a lease has one holder`() {
        let both = [
            Operation(LeaseRegister.Action.take(by: 1, isTaken: true), begun: 1, ended: 4),
            Operation(LeaseRegister.Action.take(by: 2, isTaken: true), begun: 2, ended: 3),
        ]
        #expect(!isLinearizable(both, from: LeaseRegister()))
        let after = both + [Operation(LeaseRegister.Action.leave(by: 1, isDone: true), begun: 2, ended: 3)]
        #expect(isLinearizable(after, from: LeaseRegister()))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `many callers at the store in memory leave histories that an order explains`(seed: UInt64) async throws {
        let history = try await StoreHistory.make(seed: seed, over: MemoryStore(), callers: 6, each: 16)
        #expect(history.unexplained.isEmpty)
    }

    @Test func `a store that checks first and acts later is found out`() async throws {
        var found = 0
        for seed in 0..<60 as Range<UInt64> {
            let history = try await StoreHistory.make(seed: seed, over: CheckingStore(), callers: 6, each: 16)
            if !history.unexplained.isEmpty { found += 1 }
        }
        #expect(found > 0)
    }
}

/// Looks whether there is room, and takes it a moment later.
private final class CheckingStore: Commits {
    private let inner = MemoryStore()

    func commit(_ transaction: Transaction) async throws(CommitError) {
        for spend in transaction.spends where inner.used(at: spend.window) >= spend.limit {
            throw .budgetSpent(spend.window)
        }
        for _ in 0..<3 { await Task.yield() }
        let blind = transaction.spends.map { BudgetSpend(window: $0.window, limit: .max) }
        try await inner.commit(
            Transaction(
                requires: transaction.requires, bumps: transaction.bumps, spends: blind, changes: transaction.changes,
                leaves: transaction.leaves))
    }

    func submit(_ transaction: Transaction) { inner.submit(transaction) }

    func epoch(of scope: EpochScope) -> Int64 { inner.epoch(of: scope) }
    func knownEpoch(of scope: EpochScope) -> Int64? { inner.knownEpoch(of: scope) }
}

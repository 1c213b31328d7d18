public import Gate

/// A promise of a port that a store doesn't keep.
public struct ContractViolation: Error, Hashable, Sendable, CustomStringConvertible {
    /// The promise, as a sentence that doesn't hold.
    public let promise: String

    public var description: String { "broken: \(promise)" }
}

func expect(_ holds: Bool, _ promise: String) throws(ContractViolation) {
    if !holds { throw ContractViolation(promise: promise) }
}

extension Commits {
    /// Why the transaction was refused, in words that two errors share exactly when they say the same. Nil when it was
    /// applied.
    public func refusal(of transaction: Transaction) async -> String? {
        do throws(CommitError) {
            try await commit(transaction)
            return nil
        } catch {
            return switch error {
            case .moved(let scope): "moved \(scope.raw)"
            case .budgetSpent(let window): "spent \(window.agent) \(window.length) \(window.number)"
            case .identicalCall(let call, let state): "identical \(call) \(state)"
            case .exists(let row): "exists \(row)"
            case .approval(let approval, let state): "approval \(approval) \(state)"
            case .window(let window): "window \(window)"
            case .tooManyAsks: "too many asks"
            case .unavailable: "unavailable"
            }
        }
    }

    /// Commits all of them at once, and tells how many were applied.
    func race(_ transactions: [Transaction]) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for transaction in transactions {
                group.addTask { await self.refusal(of: transaction) == nil }
            }
            return await group.reduce(0) { $1 ? $0 + 1 : $0 }
        }
    }
}

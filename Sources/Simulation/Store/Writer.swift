import Gate
import Twins

/// What one process writes: what it only queued or was just writing is gone when it dies.
final class Writer: Sendable {
    private struct State {
        var waiting: [Waiting] = []
        var submitted: [Transaction] = []
        var isWriting = false
        /// Groups whose `fsync` failed: while nothing was written after them, a crash may bring them back.
        var lingering: [Transaction] = []
    }

    private struct Waiting {
        let transaction: Transaction
        let fault: Fault?
        let continuation: CheckedContinuation<Result<Void, CommitError>, Never>
    }

    private let state = Confined(State())

    func submit(_ transaction: Transaction) { state.submitted.append(transaction) }

    /// Queues the transaction and waits for the group that it is written in.
    func commit(
        _ transaction: Transaction, _ fault: Fault?, in life: Life, of universe: Universe
    ) async -> Result<Void, CommitError> {
        await withCheckedContinuation { continuation in
            state.waiting.append(Waiting(transaction: transaction, fault: fault, continuation: continuation))
            guard !state.isWriting else { return }
            state.isWriting = true
            Task { await write(in: life, of: universe) }
        }
    }

    /// Writes what was only submitted.
    func sync(in life: Life, of universe: Universe) {
        guard !state.isWriting, !life.isOver, !life.isPaused else { return }
        for transaction in takeSubmitted() {
            guard case .failure(let error) = universe.disk.apply(transaction, of: life, in: universe) else { continue }
            universe.note("lost a submitted write: \(error)")
        }
    }

    /// The process that wrote here is gone.
    func crash(_ life: Life, in universe: Universe) {
        let lost = takeWaiting()
        state.submitted = []
        state.isWriting = false
        for one in lost { one.continuation.resume(returning: .failure(Writer.gone)) }
        let lingering = state.lingering
        state.lingering = []
        guard !lingering.isEmpty, universe.generator.once(in: 2) else { return }
        universe.note("\(lingering.count) transactions are back")
        for transaction in lingering { _ = universe.disk.apply(transaction, of: life, in: universe) }
    }

    private static let gone = CommitError.unavailable("the process is gone")

    private func takeWaiting() -> [Waiting] {
        defer { state.waiting = [] }
        return state.waiting
    }

    private func takeSubmitted() -> [Transaction] {
        defer { state.submitted = [] }
        return state.submitted
    }

    private func write(in life: Life, of universe: Universe) async {
        for _ in 0..<universe.generator.below(4) { await Task.yield() }
        while !life.isOver, !state.waiting.isEmpty {
            // Whoever waits at the same time may be written in any order.
            let group = takeWaiting().shuffled(using: &universe.generator)
            let queued = takeSubmitted()
            await Task.yield()
            await life.awake()
            if life.isOver {
                for one in group { one.continuation.resume(returning: .failure(Writer.gone)) }
                return
            }
            for (one, result) in zip(group, write(group, queued, life, universe)) {
                one.continuation.resume(returning: result)
            }
            await Task.yield()
        }
        if !life.isOver { state.isWriting = false }
    }

    private func write(
        _ group: [Waiting], _ queued: [Transaction], _ life: Life, _ universe: Universe
    ) -> [Result<Void, CommitError>] {
        func apply(_ transaction: Transaction) -> Result<Void, CommitError> {
            universe.disk.apply(transaction, of: life, in: universe)
        }
        let faults = group.compactMap(\.fault)
        if faults.contains(.fsync) {
            // A database that others serve says what became of a transaction; a file of one's own doesn't.
            if life.lease == nil { state.lingering = queued + group.map(\.transaction) }
            return group.map { _ in .failure(.unavailable("fsync failed")) }
        }
        if faults.contains(.torn) {
            life.end()
            // What is shared is written in one transaction.
            let whole = life.lease == nil ? universe.generator.below(group.count) : 0
            for one in group.prefix(whole) { _ = apply(one.transaction) }
            if universe.bug == .tornTransaction { _ = apply(group[whole].transaction.torn) }
            return group.map { _ in .failure(Writer.gone) }
        }
        state.lingering = []
        for transaction in queued {
            if case .failure(let error) = apply(transaction) { universe.note("lost a submitted write: \(error)") }
        }
        let results = group.map { apply($0.transaction) }
        guard faults.contains(.crashAfter) else { return results }
        life.end()
        return group.map { _ in .failure(Writer.gone) }
    }
}

extension Transaction {
    /// What a store that doesn't keep its promise leaves behind.
    fileprivate var torn: Transaction { Transaction(leaves: leaves) }
}

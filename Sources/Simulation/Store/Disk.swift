import Authority
import Gate
import Ledger
import Twins

/// The one durable store. What is in it is durable and whole transactions; what a process only queued or was just
/// writing is gone when it dies.
final class Disk: @unchecked Sendable {
    let store = MemoryStore()
    private var waiting: [Waiting] = []
    private var submitted: [Transaction] = []
    private var isWriting = false
    /// When the ledger's last leaf was made.
    private(set) var lastLeaf = Timestamp(microseconds: 0)
    /// Groups whose `fsync` failed: while nothing was written after them, a crash may bring them back.
    private var lingering: [Transaction] = []

    struct Waiting {
        let transaction: Transaction
        let fault: Fault?
        let continuation: CheckedContinuation<Result<Void, CommitError>, Never>
    }

    func submit(_ transaction: Transaction) { submitted.append(transaction) }

    /// Queues the transaction and waits for the group that it is written in.
    func commit(
        _ transaction: Transaction, _ fault: Fault?, in life: Life, of universe: Universe
    ) async -> Result<Void, CommitError> {
        await withCheckedContinuation { continuation in
            waiting.append(Waiting(transaction: transaction, fault: fault, continuation: continuation))
            guard !isWriting else { return }
            isWriting = true
            Task { await write(in: life, of: universe) }
        }
    }

    /// Writes what was only submitted.
    func sync(in life: Life, of universe: Universe) {
        guard !isWriting, !life.isOver else { return }
        let group = submitted
        submitted = []
        for transaction in group { _ = apply(transaction, universe) }
    }

    /// The process that wrote here is gone.
    func crash(in universe: Universe) {
        let lost = waiting
        waiting = []
        submitted = []
        isWriting = false
        for one in lost { one.continuation.resume(returning: .failure(Disk.gone)) }
        if !lingering.isEmpty, universe.generator.once(in: 2) {
            universe.note("\(lingering.count) transactions are back")
            for transaction in lingering { _ = apply(transaction, universe) }
        }
        lingering = []
    }

    private static let gone = CommitError.unavailable("the process is gone")

    private func write(in life: Life, of universe: Universe) async {
        for _ in 0..<universe.generator.below(4) { await Task.yield() }
        while !life.isOver, !waiting.isEmpty {
            // Whoever waits at the same time may be written in any order.
            let group = waiting.shuffled(using: &universe.generator)
            waiting = []
            let queued = submitted
            submitted = []
            await Task.yield()
            if life.isOver {
                for one in group { one.continuation.resume(returning: .failure(Disk.gone)) }
                return
            }
            for (one, result) in zip(group, write(group, queued, life, universe)) {
                one.continuation.resume(returning: result)
            }
            await Task.yield()
        }
        if !life.isOver { isWriting = false }
    }

    private func write(
        _ group: [Waiting], _ queued: [Transaction], _ life: Life, _ universe: Universe
    ) -> [Result<Void, CommitError>] {
        let faults = group.compactMap(\.fault)
        if faults.contains(.fsync) {
            lingering = queued + group.map(\.transaction)
            return group.map { _ in .failure(.unavailable("fsync failed")) }
        }
        if faults.contains(.torn) {
            life.end()
            let whole = universe.generator.below(group.count)
            for one in group.prefix(whole) { _ = apply(one.transaction, universe) }
            if universe.bug == .tornTransaction { _ = apply(group[whole].transaction.torn, universe) }
            return group.map { _ in .failure(Disk.gone) }
        }
        lingering = []
        for transaction in queued { _ = apply(transaction, universe) }
        let results = group.map { apply($0.transaction, universe) }
        guard faults.contains(.crashAfter) else { return results }
        life.end()
        return group.map { _ in .failure(Disk.gone) }
    }

    private func apply(_ transaction: Transaction, _ universe: Universe) -> Result<Void, CommitError> {
        let result = store.apply(transaction)
        if case .success = result {
            lastLeaf = transaction.leaves.map { Timestamp(microseconds: $0.leaf.time) }.reduce(lastLeaf, max)
            universe.oracle.applied(transaction, at: universe.queue.ran)
        }
        return result
    }
}

extension Transaction {
    /// What a store that doesn't keep its promise leaves behind.
    fileprivate var torn: Transaction { Transaction(leaves: leaves) }
}

import Logging
import Synchronization

/// Gathers where the leaves went that the gate wrote for one request of a client, however deep in the call. It travels
/// with the task, so that no function in between has to hand it on.
public final class LeafCollector: Sendable {
    @TaskLocal static var current: LeafCollector?

    private let gathered = Mutex<[LeafPlace]>([])

    public init() {}

    /// Gathers what is written in `body`, and in tasks that it starts.
    public func gathering<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        try await LeafCollector.$current.withValue(self, operation: body)
    }

    func add(_ places: [LeafPlace]) { gathered.withLock { $0 += places } }

    var places: [LeafPlace] { gathered.withLock { $0 } }
}

extension ActionGate {
    /// Commits, and tells whoever gathers where the leaves went.
    func commit(_ transaction: Transaction) async throws(CommitError) {
        guard let collector = LeafCollector.current else { return try await commits.commit(transaction) }
        var transaction = transaction
        let slots = transaction.leaves.map { _ in LeafSlot() }
        for (index, slot) in slots.enumerated() { transaction.leaves[index].slot = slot }
        try await commits.commit(transaction)
        collector.add(slots.compactMap(\.place))
    }

    /// The signed receipt for what was gathered; nil when nothing was, or this gate gives none.
    public func receipt(for collector: LeafCollector) -> String? {
        let places = collector.places
        guard let signer = receipts, let tree = places.first?.tree else { return nil }
        do {
            return try signer.sign(places.filter { $0.tree == tree }, in: tree, at: world.now())
        } catch {
            log.error("a receipt could not be signed", metadata: ["error": "\(error)"])
            return nil
        }
    }
}

import Gate
import Wire

extension OutboxRunner {
    /// A message with the bytes of its files, which are where its channel shows them from. A gateway that dies until here has said
    /// nothing, so that another one does it again.
    ///
    /// - Returns: nil when it isn't sent now.
    func prepared(_ message: OutboundMessage, _ entry: inout OutboxEntry) async throws -> OutboundMessage? {
        var message = message
        var files: [OutboundFile] = []
        var erased: [String] = []
        for file in message.files {
            if let kept = try await payloads.open(file.payload).flatMap(OutboundFile.init(kept:)) {
                files.append(kept)
            } else {
                erased.append("(`\(file.name)` isn't there any more)")
            }
        }
        message.files = files
        let leaf = try Leaves.uploads(entry, files, at: world.now())
        try await store.commit(
            Transaction(
                changes: [TurnChange.settle(entry)],
                leaves: [PlacedLeaf(leaf, in: .organization(entry.account.organization))]))
        switch await delivery.prepare(message.adding(erased)) {
        case .ready(let ready):
            world.reached(.filesUploaded)
            return ready
        case .settled(let outcome):
            note(outcome, on: &entry)
            try await store.commit(Transaction(changes: [TurnChange.settle(entry)]))
            return nil
        }
    }
}

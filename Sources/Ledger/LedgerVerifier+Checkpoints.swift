extension LedgerVerifier {
    /// The checkpoints up to the first bad one, and the fault of that one. Its own text can't be trusted to say where it
    /// belongs, so its position is the end of what the checkpoint before it covers.
    static func read(
        _ notes: [String], _ origin: String, _ key: LedgerKey
    ) -> (checkpoints: [Checkpoint], fault: LedgerFault?) {
        var checkpoints: [Checkpoint] = []
        checkpoints.reserveCapacity(notes.count)
        for (number, note) in notes.enumerated() {
            let covered = checkpoints.last?.size
            do throws(LedgerError) {
                let checkpoint = try Checkpoint(note, origin: origin, key: key)
                guard covered.map({ checkpoint.size > $0 }) ?? true else {
                    throw LedgerError(
                        .badCheckpoint, "it covers \(checkpoint.size) records, the one before it \(covered ?? 0)")
                }
                if checkpoint.size == 0 && checkpoint.root != MerkleTree().root {
                    throw LedgerError(.badCheckpoint, "its root is not that of an empty ledger")
                }
                checkpoints.append(checkpoint)
            } catch {
                let fault = LedgerFault(
                    covered ?? 0, .checkpoint, "checkpoint \(number): \(error.message)",
                    hint: error.hint ?? "compare it with a copy that was kept elsewhere")
                return (checkpoints, fault)
            }
        }
        return (checkpoints, nil)
    }
}

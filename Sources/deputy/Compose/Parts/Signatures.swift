import Gate
import Gateway
import Logging
import Synchronization

/// What signs the ledger's trees, and remembers how far.
struct Signatures {
    let checkpointer: Checkpointer
    let ledger: LedgerDesk
    /// A tree that isn't the one that was signed here.
    let forked: LedgerMark.Signed?

    init(on ground: Ground) async throws {
        let (store, log, keys) = (ground.store, ground.log, ground.home.ledger)
        let mark = LedgerMark(paths: ground.home.paths)
        // What was signed here before, and not what is there now, stays the mark.
        let forked = try await mark.forked(in: store)
        let marking = Mutex(())
        self.forked = forked
        checkpointer = Checkpointer(
            store: store, keys: keys, log: log, before: forked == nil ? try mark.heads() : [:],
            onSigned: { [signing = ground.signing] heads in
                signing.signed(heads.mapValues(\.size))
                guard forked == nil else { return }
                do {
                    try marking.withLock { _ in try mark.write(heads) }
                } catch {
                    log.warning(
                        "\(mark.paths.mark) can't be written: an older copy of the database would not be noticed")
                }
            }, onAttempt: ground.signing.attempted)
        ledger = LedgerDesk(store: store, keys: keys, now: ground.world.now)
    }
}

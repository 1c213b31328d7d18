import Ledger
public import Logging
import Wire

/// Signs the head of every tree that has grown: what is under a checkpoint can't be altered without the key.
public struct Checkpointer: Sendable {
    let store: any LedgerStore
    let keys: LedgerKeys
    let log: Logger
    /// Told of the head of every tree, as it was signed last, when one of them was signed.
    let onSigned: @Sendable ([TreeID: TreeHead]) -> Void
    /// Told after each attempt to sign; nil when it went well.
    let onAttempt: @Sendable ((any Error)?) -> Void

    public init(
        store: any LedgerStore, keys: LedgerKeys, log: Logger,
        onSigned: @escaping @Sendable ([TreeID: TreeHead]) -> Void = { _ in },
        onAttempt: @escaping @Sendable ((any Error)?) -> Void = { _ in }
    ) {
        self.store = store
        self.keys = keys
        self.log = log
        self.onSigned = onSigned
        self.onAttempt = onAttempt
    }

    /// Signs once a second until cancelled. What goes on failing is logged once.
    public func run() async throws {
        var signed: [TreeID: TreeHead] = [:]
        var failure: String?
        while !Task.isCancelled {
            do {
                try await sign(after: &signed)
                onAttempt(nil)
                if failure != nil { log.notice("checkpoints are written again") }
                failure = nil
                try await Task.sleep(for: .seconds(1))
            } catch  where Task.isCancelled {
                break
            } catch {
                onAttempt(error)
                if failure != "\(error)" {
                    log.error("checkpoint could not be written", metadata: ["error": "\(error)"])
                }
                failure = "\(error)"
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Signs every tree as it stands.
    public func signAll() async throws {
        var signed: [TreeID: TreeHead] = [:]
        try await sign(after: &signed)
    }

    private func sign(after signed: inout [TreeID: TreeHead]) async throws {
        let before = signed
        for tree in try await store.trees() {
            let head = try await store.head(of: tree)
            guard head.size > signed[tree]?.size ?? 0 else { continue }
            let key = try keys.key(of: tree)
            let checkpoint = Checkpoint(origin: keys.origin(of: tree), size: head.size, root: head.root)
            try await store.keep(checkpoint: try checkpoint.signed(by: key).description, size: head.size, of: tree)
            signed[tree] = head
        }
        if signed != before { onSigned(signed) }
    }
}

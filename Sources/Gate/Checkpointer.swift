import Ledger
public import Logging
import Wire

/// Signs the head of every tree that has grown: what is under a checkpoint can't be altered without the key.
///
/// A tree that doesn't begin with what was signed before is never signed, nor any other from then on.
public struct Checkpointer: Sendable {
    let store: any LedgerStore
    let keys: LedgerKeys
    let log: Logger
    private let signed: SignedHeads
    /// Told of the head of every tree, as it was signed last, when one of them was signed.
    let onSigned: @Sendable ([TreeID: TreeHead]) -> Void
    /// Told after each attempt to sign; nil when it went well.
    let onAttempt: @Sendable ((any Error)?) -> Void

    /// - Parameter before: what was signed before, from where the store can't change it.
    public init(
        store: any LedgerStore, keys: LedgerKeys, log: Logger, before: [TreeID: TreeHead] = [:],
        onSigned: @escaping @Sendable ([TreeID: TreeHead]) -> Void = { _ in },
        onAttempt: @escaping @Sendable ((any Error)?) -> Void = { _ in }
    ) {
        self.store = store
        self.keys = keys
        self.log = log
        signed = SignedHeads(before: before)
        self.onSigned = onSigned
        self.onAttempt = onAttempt
    }

    /// Signs once a second until cancelled. What goes on failing is logged once.
    ///
    /// - Throws: `ForkedTree`, after which nothing may be promised any more.
    public func run() async throws {
        var failure: String?
        while !Task.isCancelled {
            do {
                try await signAll()
                onAttempt(nil)
                if failure != nil { log.notice("checkpoints are written again") }
                failure = nil
                try await Task.sleep(for: .seconds(1))
            } catch  where Task.isCancelled {
                break
            } catch let fork as ForkedTree {
                onAttempt(fork)
                throw fork
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
    ///
    /// - Throws: `ForkedTree`, and then nothing is signed, now or later.
    public func signAll() async throws {
        if let fork = signed.fork { throw fork }
        var grown: [TreeID: TreeHead] = [:]
        for tree in Set(try await store.trees()).union(signed.known.keys).sorted(by: { $0.raw < $1.raw }) {
            // Before the head is read: another task may sign a later one meanwhile.
            let (last, isOurs) = signed.last(of: tree)
            let head = try await store.head(of: tree)
            try await check(head, of: tree, begins: last)
            if head.size > (isOurs ? last?.size ?? 0 : 0) { grown[tree] = head }
        }
        var hasSigned = false
        defer { if hasSigned { onSigned(signed.known) } }
        for (tree, head) in grown.sorted(by: { $0.key.raw < $1.key.raw }) {
            let key = try keys.key(of: tree)
            let checkpoint = Checkpoint(origin: keys.origin(of: tree), size: head.size, root: head.root)
            try await store.keep(checkpoint: try checkpoint.signed(by: key).description, size: head.size, of: tree)
            signed.keep(head, of: tree)
            hasSigned = true
        }
    }

    private func check(_ head: TreeHead, of tree: TreeID, begins last: TreeHead?) async throws {
        guard let last, last != head else { return }
        guard head.size >= last.size else {
            throw signed.fork(ForkedTree(tree: tree, signed: last.size, found: head.size))
        }
        let root =
            head.size == last.size
            ? head.root : try await LedgerProver(store: store).root(of: tree, at: last.size)
        guard root == last.root else {
            throw signed.fork(ForkedTree(tree: tree, signed: last.size, found: head.size))
        }
    }
}

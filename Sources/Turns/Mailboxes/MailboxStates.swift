public import Authority
import Gate
import Synchronization

/// How the mailboxes stand that this process reads. Nothing of it is kept: another process knows only its own.
public final class MailboxStates: Sendable {
    public struct Trouble: Sendable, Hashable {
        public let since: Timestamp
        /// Safe to show.
        public let reason: String
    }

    private struct State {
        var troubles: [ChannelAccountID: Trouble] = [:]
        var open: Set<ChannelAccountID> = []
    }

    private let state = Mutex(State())
    private let count: @Sendable (MailRefusal) -> Void

    /// - Parameter count: called for each mail that starts nothing.
    public init(count: @escaping @Sendable (MailRefusal) -> Void = { _ in }) {
        self.count = count
    }

    /// Those that can't be read, since when and why.
    public var troubles: [ChannelAccountID: Trouble] { state.withLock(\.troubles) }

    /// How many are open.
    public var open: Int { state.withLock(\.open.count) }

    func opened(_ account: ChannelAccountID) {
        state.withLock { state in
            state.troubles[account] = nil
            state.open.insert(account)
        }
    }

    /// A trouble lasts from its first failure on.
    func failed(_ account: ChannelAccountID, _ reason: String, at now: Timestamp) {
        state.withLock { state in
            state.open.remove(account)
            state.troubles[account] = Trouble(since: state.troubles[account]?.since ?? now, reason: reason)
        }
    }

    func closed(_ account: ChannelAccountID) { _ = state.withLock { $0.open.remove(account) } }

    /// Nothing is said of accounts that aren't read any more.
    func keep(_ accounts: Set<ChannelAccountID>) {
        state.withLock { state in
            state.troubles = state.troubles.filter { accounts.contains($0.key) }
            state.open.formIntersection(accounts)
        }
    }

    func refused(_ refusal: MailRefusal) { count(refusal) }
}

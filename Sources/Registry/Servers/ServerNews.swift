public import Authority
public import Gate
import Synchronization

/// What calls tell of the servers that they went to: that one was used, and that one's tools have changed. A call whose server
/// was compared lately costs a look at a table in memory.
public final class ServerNews: Sendable {
    /// The last call that a server answered.
    public struct Item: Sendable, Hashable {
        public let call: CallID
        /// With which it went out; nil where the server wants no credential.
        public let connection: ConnectionID?
        /// The server told that its tools have changed.
        public let saysToolsChanged: Bool

        public init(call: CallID, connection: ConnectionID?, saysToolsChanged: Bool) {
            self.call = call
            self.connection = connection
            self.saysToolsChanged = saysToolsChanged
        }
    }

    private struct State {
        var items: [String: Item] = [:]
        /// Until when it says nothing that a server was used.
        var quiet: [String: Timestamp] = [:]
    }

    private let organization: OrganizationID
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())
    /// Rung when there is something to do.
    public let bell = Bell()

    public init(of organization: OrganizationID, now: @escaping @Sendable () -> Timestamp) {
        self.organization = organization
        self.now = now
    }

    public func tell(_ item: Item, of server: String, in organization: OrganizationID) {
        guard organization == self.organization else { return }
        let isNew = state.withLock { state in
            if !item.saysToolsChanged, let until = state.quiet[server], now() < until { return false }
            // That it has changed isn't forgotten for a call after it.
            guard state.items[server]?.saysToolsChanged != true else { return false }
            state.items[server] = item
            return true
        }
        if isNew { bell.ring() }
    }

    func item(of server: String) -> Item? { state.withLock { $0.items[server] } }

    func done(_ item: Item, of server: String) {
        state.withLock { if $0.items[server] == item { $0.items[server] = nil } }
    }

    func beQuiet(about server: String, until time: Timestamp) { state.withLock { $0.quiet[server] = time } }
}

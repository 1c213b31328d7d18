import Authority
import Synchronization

/// How much each token sends and has under way, how much all tokens of a person have, and how much there is in all.
final class Traffic: Sendable {
    /// What one token has used.
    private struct Client {
        var bucket: TokenBucket?
        var requests = 0
    }

    private struct State {
        var clients: [ClientID: Client] = [:]
        /// What all tokens of a person have under way: whoever has many tokens has no more of the room for all.
        var people: [Visitor: Int] = [:]
        var requests = 0
        /// The number of clients at which those that do nothing are forgotten.
        var sweepsAt = Traffic.fewest
    }

    /// Fewer clients than these aren't worth forgetting.
    private static let fewest = 4_096

    /// What is read of each person's requests.
    let bodies = IncomingBodies<Visitor>(mostOfOne: 16 << 20, most: 128 << 20)

    private let limits: MCPLimits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(limits: MCPLimits, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.limits = limits
        self.now = now
    }

    /// Counts one more request of a token; ends with `leave`.
    func enter(_ client: ClientID, of person: Visitor) throws(MCPRefusal) {
        let now = now()
        let wait: Int? = state.withLock { state in
            var used = state.clients[client] ?? Client(bucket: newBucket(at: now))
            defer { state.clients[client] = used }
            if let wait = used.bucket?.take(at: now) { return wait }
            let together = state.people[person, default: 0]
            guard used.requests < limits.requestsPerToken, together < limits.requestsPerPerson else { return 1 }
            used.requests += 1
            state.people[person] = together + 1
            if state.clients.count >= state.sweepsAt { sweep(&state, at: now) }
            return nil
        }
        if let wait { throw .tooMany(retryAfter: wait) }
    }

    func leave(_ client: ClientID, of person: Visitor) {
        state.withLock { state in
            state.clients[client]?.requests -= 1
            let together = state.people[person, default: 0]
            state.people[person] = together > 1 ? together - 1 : nil
        }
    }

    /// Counts one more message being worked on; ends with `finish`.
    func start() throws(MCPRefusal) {
        let isAccepted = state.withLock { state in
            guard state.requests < limits.requestsInAll else { return false }
            state.requests += 1
            return true
        }
        guard isAccepted else { throw .overloaded }
    }

    func finish() {
        state.withLock { $0.requests -= 1 }
    }

    /// How many tokens are remembered.
    var known: Int { state.withLock { $0.clients.count } }

    private func newBucket(at now: ContinuousClock.Instant) -> TokenBucket? {
        limits.requestsPerSecond.map { TokenBucket(perSecond: $0, burst: limits.burst, at: now) }
    }

    /// Forgets the tokens that a new one couldn't be told from. What stays sets when to look again, so that the work
    /// stays in proportion to the number of requests.
    private func sweep(_ state: inout State, at now: ContinuousClock.Instant) {
        state.clients = state.clients.filter { $0.value.requests > 0 || $0.value.bucket?.isFull(at: now) == false }
        state.sweepsAt = max(Self.fewest, state.clients.count * 2)
    }
}

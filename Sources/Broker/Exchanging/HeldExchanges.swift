import Authority
import Gate
import Synchronization

/// For whom a token was exchanged, and for what: of these nothing is shared.
struct ExchangeKey: Hashable {
    let organization: OrganizationID
    var connection: ConnectionID
    /// The person whose connection it is.
    var owner: Owner
    /// Of the connection's grant: another after it was connected again.
    var grant: String
    var agent: AgentID
    let scopes: Set<String>

    init(_ use: ConnectionUse, _ agent: AgentID) {
        organization = use.organization
        connection = use.facts.id
        owner = use.facts.owner
        grant = use.fingerprint
        self.agent = agent
        scopes = use.facts.scopes
    }
}

/// An exchanged token, sealed for its owner, connection, grant and agent: under another's name it doesn't open.
struct HeldExchange: Sendable {
    /// Tells it from those before it, in this process.
    let number: Int64
    let sealed: [UInt8]
    let expires: Timestamp

    /// - Parameter now: a token that ends within a minute may be over when it gets there.
    func isAlive(at now: Timestamp) -> Bool { now.adding(seconds: 60) < expires }
}

/// The exchanged tokens of this process. They are in no store: whoever starts anew asks anew.
final class HeldExchanges: Sendable {
    private struct State {
        var held: [ExchangeKey: HeldExchange] = [:]
        /// Not to be asked before, and why.
        var pauses: [ExchangeKey: (until: Timestamp, code: String)] = [:]
        var last: Int64 = 0
    }

    private let state = Mutex(State())
    private let bound: Int
    /// What tells two apart. Tests leave something out, to see that it is missed.
    private let key: @Sendable (ExchangeKey) -> ExchangeKey

    init(bound: Int = 10_000, key: @escaping @Sendable (ExchangeKey) -> ExchangeKey = { $0 }) {
        self.bound = bound
        self.key = key
    }

    func same(_ other: ExchangeKey) -> ExchangeKey { key(other) }

    func found(_ exchange: ExchangeKey) -> HeldExchange? { state.withLock { $0.held[key(exchange)] } }

    func next() -> Int64 {
        state.withLock { state in
            state.last += 1
            return state.last
        }
    }

    func keep(_ held: HeldExchange, for exchange: ExchangeKey) {
        state.withLock { state in
            if state.held.count >= bound { state.held.removeAll(keepingCapacity: true) }
            state.held[key(exchange)] = held
            state.pauses[key(exchange)] = nil
        }
    }

    func drop(_ exchange: ExchangeKey) { state.withLock { $0.held[key(exchange)] = nil } }

    func pause(_ exchange: ExchangeKey, until: Timestamp, _ code: String) {
        state.withLock { state in
            if state.pauses.count >= bound { state.pauses.removeAll(keepingCapacity: true) }
            state.pauses[key(exchange)] = (until, code)
        }
    }

    /// Why it isn't to be asked yet; nil when it is.
    func pause(_ exchange: ExchangeKey, at now: Timestamp) -> String? {
        state.withLock { state in
            guard let pause = state.pauses[key(exchange)], now < pause.until else { return nil }
            return pause.code
        }
    }
}

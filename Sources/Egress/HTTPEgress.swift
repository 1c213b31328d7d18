public import Authority
public import Broker
public import Gate
public import Logging
import OAuth
import Vault

/// The only outgoing connections. Each request goes to the host that its credential was made for, at an address that was
/// checked, and comes back without any live secret in it.
public struct HTTPEgress: Upstream, Errands {
    private(set) var credentials: any CredentialSource
    let clients: PinnedClients
    let limits: EgressLimits
    var sockets = WebSocketLimits()
    let secrets: LiveSecrets
    let userAgent: String
    let sessions = UpstreamSessions()
    let turns: AccountTurns
    let log: Logger
    let instruments: UpstreamInstruments?
    /// Hears what time token endpoints say it is.
    let clock: LastingClock?

    public init(
        credentials: any CredentialSource, addresses: AddressPolicy, limits: EgressLimits, secrets: LiveSecrets,
        userAgent: String, instruments: UpstreamInstruments? = nil, clock: LastingClock? = nil,
        turns: AccountTurns = AccountTurns(), log: Logger
    ) {
        self.init(
            credentials: credentials, addresses: addresses, resolver: SystemResolver(), limits: limits,
            secrets: secrets, userAgent: userAgent, instruments: instruments, clock: clock, turns: turns, log: log)
    }

    init(
        credentials: any CredentialSource, addresses: AddressPolicy, resolver: any NameResolving,
        limits: EgressLimits, secrets: LiveSecrets, userAgent: String, instruments: UpstreamInstruments? = nil,
        clock: LastingClock? = nil, turns: AccountTurns = AccountTurns(), log: Logger
    ) {
        self.turns = turns
        self.credentials = credentials
        clients = PinnedClients(policy: addresses, resolver: resolver, limits: limits)
        self.limits = limits
        self.secrets = secrets
        self.userAgent = userAgent
        self.instruments = instruments
        self.clock = clock
        self.log = log
    }

    /// The same way out, with credentials to send.
    public func lending(_ credentials: any CredentialSource) -> HTTPEgress {
        var egress = self
        egress.credentials = credentials
        return egress
    }

    public func probe(_ step: Step, under permit: borrowing Permit) async throws(UpstreamFailure) -> UpstreamAnswer {
        try await send(step, as: .probe, of: permit.call)
    }

    public func effect(_ step: Step, spending permit: consuming Permit) async -> EffectReport {
        let call = permit.call
        let spent = permit.spend()
        do throws(UpstreamFailure) {
            return EffectReport(.success(try await send(step, as: .effect, of: call)), spent)
        } catch {
            return EffectReport(.failure(error), spent)
        }
    }

    public func verify(
        _ step: Step, after spent: borrowing Spent
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        try await send(step, as: .verify, of: spent.call)
    }

    public func probeAccount(
        _ step: Step, at origin: String, with credential: borrowing Credential
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        switch step.transport {
        case .http, .mcp: try await exchange(step, at: origin, with: credential)
        case .mail(let access): try await mail(step, access, at: origin, with: credential, account: nil)
        }
    }

    /// Only what was judged is sent: the step must be one of the permit's plan, of the kind that it is sent as.
    private func send(
        _ step: Step, as kind: StepKind, of call: JudgedCall
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        guard step.kind == kind, call.plan.contains(step) else {
            throw .notSent("the request isn't part of what was judged")
        }
        return try await observed(step, of: call) { () async throws(UpstreamFailure) in
            let speaker = UpstreamSessions.Speaker(of: call)
            guard let use = call.connection else { return try await sendOpenly(step, as: speaker) }
            return try await send(step, for: use, mayRepeat: call.effect == .read, as: speaker)
        }
    }

    /// Without a credential, to a server that wants none.
    func sendOpenly(
        _ step: Step, as speaker: UpstreamSessions.Speaker? = nil
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        switch step.transport {
        case .http, .mail: throw .notSent("the call has no connection")
        case .mcp(let carriage):
            let nothing = Credential(placement: .none, secret: Secret(count: 0) { _ in })
            return try await converse(
                step, carriage, at: carriage.origin, with: nothing, connection: nil, speaker: speaker)
        }
    }

    public func discover(
        _ step: Step, for use: ConnectionUse?
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        guard let use else { return try await sendOpenly(step) }
        return try await send(step, for: use, mayRepeat: true)
    }

    /// Says something on a channel, with the connection of the account that says it: an errand. Never sent twice by itself.
    public func deliver(_ step: Step, for use: ConnectionUse) async throws(UpstreamFailure) -> UpstreamAnswer {
        try await send(step, for: use, mayRepeat: false)
    }

    /// At an account that takes so many requests at once, waits for a turn first: the credential is looked up when it has come.
    func send(
        _ step: Step, for use: ConnectionUse, mayRepeat: Bool, as speaker: UpstreamSessions.Speaker? = nil
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        guard let line = turns.line(of: use) else {
            return try await sendNow(step, for: use, mayRepeat: mayRepeat, as: speaker)
        }
        guard (try? await withDeadline(limits.turn, { await turns.take(line) })) == true else {
            throw .notSent("the account had no turn for it: it takes \(line.bound) requests at once")
        }
        defer { turns.leave(line) }
        return try await sendNow(step, for: use, mayRepeat: mayRepeat, as: speaker)
    }

    /// A provider that refuses a token hasn't acted, so that the request may be sent again with another, whatever it does.
    private func sendNow(
        _ step: Step, for use: ConnectionUse, mayRepeat: Bool, as speaker: UpstreamSessions.Speaker?
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        let credential = try await credential(for: use, by: speaker?.agent)
        let answer = try await send(step, for: use, with: credential, mayRepeat: mayRepeat, as: speaker)
        guard let generation = credential.generation, credentials.isRefused(answer, for: use) else { return answer }
        let other: Credential?
        do throws(CredentialError) {
            other = try await credentials.credential(for: use, by: speaker?.agent, rejecting: generation)
        } catch {
            switch error {
            // The provider hasn't acted, and what its token endpoint can't do just now isn't its last word on the connection.
            case .notRenewed, .unreadable: throw .notSent(error.reason)
            case .gone, .notAsJudged, .sealBroken, .expired: return answer
            }
        }
        guard let other else { return answer }
        return try await send(step, for: use, with: other, mayRepeat: mayRepeat, as: speaker)
    }

    func credential(
        for use: ConnectionUse, by agent: AgentID?
    ) async throws(UpstreamFailure) -> Credential {
        do throws(CredentialError) {
            return try await credentials.credential(for: use, by: agent)
        } catch {
            throw .notSent(error.reason)
        }
    }

    private func send(
        _ step: Step, for use: ConnectionUse, with credential: borrowing Credential, mayRepeat: Bool,
        as speaker: UpstreamSessions.Speaker?
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        switch step.transport {
        case .http: break
        case .mcp(let carriage):
            let origin = try HTTPEgress.origin(of: use, for: step)
            return try await converse(
                step, carriage, at: origin, with: credential, connection: "\(use.facts.id)/\(use.generation)",
                speaker: speaker)
        case .mail(let access):
            return try await mail(step, access, at: use.origin, with: credential, account: use.facts.account)
        }
        do throws(UpstreamFailure) {
            return try await exchange(step, at: use.origin, with: credential)
        } catch {
            // A pooled connection that the provider closed just then: asking again changes nothing, for a read alone.
            guard mayRepeat, case .unknown(let reason) = error, reason == Failures.closed else { throw error }
            return try await exchange(step, at: use.origin, with: credential)
        }
    }

    /// A credential that is bound to a whole address goes to no other path of its host.
    private static func origin(of use: ConnectionUse, for step: Step) throws(UpstreamFailure) -> String {
        guard let address = ResourceAddress(use.origin), address.origin != use.origin else { return use.origin }
        guard step.path == address.path else { throw .notSent("the credential is for `\(address.url)` alone") }
        return address.origin
    }

    public func forget(_ connection: ConnectionID) { sessions.drop(of: connection) }

    /// Closes every connection.
    public func shutdown() async throws { try await clients.shutdown() }
}

extension CredentialError {
    fileprivate var reason: String {
        switch self {
        case .gone: "the connection is gone"
        case .notAsJudged: "the stored credential isn't the one that was judged"
        case .sealBroken(let error): error.message
        case .unreadable(let reason): reason
        case .expired: "the connection's token ended, and its owner has to connect again"
        case .notRenewed(let reason): "the connection's token ended and can't be renewed just now: \(reason)"
        }
    }
}

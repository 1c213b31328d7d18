import Authority
import Gate
import Ledger
import Twins

/// The store as one process sees it: each use may fail, take long, or be the last thing that the process does.
struct SimulatedStore: Sendable {
    let universe: Universe
    let life: Life
    /// Whether it is used for new tokens of a connection.
    var isRenewing = false

    /// The store can't be read.
    struct Unreadable: Error {}

    func read<Value: Sendable>(
        _ port: Port, _ body: (MemoryStore) async throws -> Value
    ) async throws -> Value {
        if try await universe.arrive(at: port, in: life, isRenewing: isRenewing) == .error { throw Unreadable() }
        let value = try await body(universe.disk.store)
        // What was read may be old when it is used.
        await Task.yield()
        return value
    }
}

extension SimulatedStore: Commits {
    func commit(_ given: Transaction) async throws(CommitError) {
        var transaction = given
        let fault: Fault?
        try spoil(&transaction)
        do throws(Gone) {
            fault = try await universe.arrive(at: .commit, in: life, isRenewing: isRenewing)
        } catch {
            throw .unavailable("the process is gone")
        }
        if fault == .error { throw .unavailable("the disk is full") }
        if universe.bug == .answerBeforeOutcome, transaction.has(.outcome) { return submit(transaction) }
        if universe.bug == .tokenBeforeCommit, transaction.renewsTokens { return life.writer.submit(transaction) }
        try await life.writer.commit(transaction, fault, in: life, of: universe).get()
        afterwards(given)
    }

    func submit(_ transaction: Transaction) {
        guard let fault = try? universe.arriveAtOnce(at: .submit, in: life) else {
            if !life.isOver { life.writer.submit(transaction) }
            return
        }
        if fault == .crashAfter {
            life.writer.submit(transaction)
            life.end()
        }
    }

    func epoch(of scope: EpochScope) -> Int64 {
        life.lease == nil ? universe.disk.store.epoch(of: scope) : life.epoch(of: scope)
    }

    func knownEpoch(of scope: EpochScope) -> Int64? { epoch(of: scope) }
}

extension SimulatedStore: SessionStates, OpenCalls, Budgets, Payloads {
    func state(of session: SessionKey) async throws -> SessionState? {
        try await read(.sessions) { try await $0.state(of: session) }
    }
    func sessions(in organization: OrganizationID, limit: Int) async throws -> [StoredSession] {
        try await read(.sessions) { try await $0.sessions(in: organization, limit: limit) }
    }
    func abandonedCalls() async throws -> [AbandonedCalls] {
        try await read(.openCalls) {
            guard life.lease != nil else { return try await $0.abandonedCalls() }
            var abandoned: [AbandonedCalls] = []
            for gateway in $0.goneGateways(at: universe.clock.steady) {
                // A driver asks for them one after the other.
                await Task.yield()
                abandoned.append(AbandonedCalls(gateway: gateway, calls: $0.openCalls(of: gateway)))
            }
            return abandoned
        }
    }
    func ownCalls() async throws -> [OpenCall] {
        try await read(.openCalls) {
            guard let lease = life.lease else { return try await $0.ownCalls() }
            return $0.openCalls(of: lease)
        }
    }
    func openCalls() async throws -> [OpenCall] { try await read(.openCalls) { try await $0.openCalls() } }
    func openCall(_ id: CallID) async throws -> OpenCall? {
        try await read(.openCalls) { try await $0.openCall(id) }
    }
    func used(_ window: BudgetWindow) async throws -> Int { try await read(.budgets) { try await $0.used(window) } }
    func payload(_ id: String) async throws -> Payload? { try await read(.payloads) { try await $0.payload(id) } }
}

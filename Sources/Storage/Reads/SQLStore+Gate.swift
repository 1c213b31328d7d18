public import Authority
public import Gate
import Ledger
import Wire

extension SQLStore: Commits {
    public func commit(_ transaction: Transaction) async throws(CommitError) { try await queue.commit(transaction) }

    public func submit(_ transaction: Transaction) { queue.submit(transaction) }

    public func epoch(of scope: EpochScope) async -> Int64 {
        do {
            return try await driver.memory.epoch(scope.raw) {
                try await driver.find(StoreMemory.one, [.text(scope.raw)])?["value"] ?? 0
            }
        } catch {
            return -1
        }
    }

    public func knownEpoch(of scope: EpochScope) -> Int64? { driver.memory.epoch(scope.raw) }
}

extension SQLStore: SessionStates, Budgets, Payloads {
    public func state(of session: SessionKey) async throws -> SessionState? {
        try await row(SessionRow.select, [session.raw]).map(SessionRow.state)
    }

    public func sessions(in organization: OrganizationID, limit: Int) async throws -> [StoredSession] {
        try await rows(SessionRow.list, [organization.raw, limit]).map(SessionRow.session)
    }

    private static let usedBudget = Query(
        "SELECT used FROM budgets WHERE organization = $1 AND agent = $2 AND length = $3 AND number = $4")

    public func used(_ window: BudgetWindow) async throws -> Int {
        try await row(
            SQLStore.usedBudget, [window.organization.raw, window.agent.raw, window.length.rawValue, window.number]
        )?["used"] ?? 0
    }

    private static let onePayload = Query("SELECT digest_key, sealed FROM payloads WHERE id = $1")

    public func payload(_ id: String) async throws -> Payload? {
        try await row(SQLStore.onePayload, [id]).map { row in
            Payload(id: id, digestKey: try row["digest_key"], sealed: try row["sealed"])
        }
    }
}

extension SQLStore: OpenCalls {
    private static let allCalls = Query("SELECT * FROM calls ORDER BY opened, id")
    private static let oneCall = Query("SELECT * FROM calls WHERE id = $1")

    public func openCalls() async throws -> [OpenCall] {
        try await rows(SQLStore.allCalls).map(SQLStore.call)
    }

    private static let openCallsOf = Query(
        "SELECT * FROM calls WHERE gateway = $1 AND state = 'open' ORDER BY opened, id")

    public func abandonedCalls() async throws -> [AbandonedCalls] {
        var abandoned: [AbandonedCalls] = []
        for gateway in try await driver.goneGateways() {
            let calls = try await rows(SQLStore.openCallsOf, [gateway]).map(SQLStore.call)
            abandoned.append(AbandonedCalls(gateway: gateway, calls: calls))
        }
        return abandoned
    }

    public func ownCalls() async throws -> [OpenCall] {
        try await rows(SQLStore.openCallsOf, [driver.gateway]).map(SQLStore.call)
    }

    public func openCall(_ id: CallID) async throws -> OpenCall? {
        try await row(SQLStore.oneCall, [id.raw]).map(SQLStore.call)
    }

    private static func call(_ row: Row) throws -> OpenCall {
        guard let effect = Effect(rawValue: try row["effect"]),
            let state = CallState(rawValue: try row["state"])
        else {
            throw StorageError(.corrupt, "a call can't be read")
        }
        return try OpenCall(
            id: CallID(row["id"]), organization: OrganizationID(row["organization"]), agent: AgentID(row["agent"]),
            requester: row["requester"], tool: row["tool"], effect: effect,
            identity: (try row["identity"] as [UInt8]?).flatMap { Digest(bytes: $0) }, state: state,
            opened: Timestamp(microseconds: row["opened"]))
    }
}

extension SQLStore {
    private static let oneValue = Query("SELECT value FROM home WHERE name = $1")
    private static let keepValue = Query(
        "INSERT INTO home (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")

    /// A small value that belongs to the home as a whole; nil when it was never kept.
    public func value(_ name: String) async throws -> [UInt8]? {
        try await row(SQLStore.oneValue, [name]).map { try $0["value"] }
    }

    /// Keeps such a value durably, over the one before.
    public func keep(_ bytes: [UInt8], as name: String) async throws {
        try await write(SQLStore.keepValue, [name, bytes])
    }
}

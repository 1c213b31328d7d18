public import Authority
import Foundation
import GRDB
public import Gate
import Ledger
import Wire

extension SQLiteStore: Commits {
    public func commit(_ transaction: Transaction) async throws(CommitError) { try await queue.commit(transaction) }

    public func submit(_ transaction: Transaction) { queue.submit(transaction) }

    public func epoch(of scope: EpochScope) -> Int64 { queue.epoch(of: scope) }
}

extension SQLiteStore: SessionStates, Budgets, Payloads {
    public func state(of session: SessionKey) async throws -> SessionState? {
        try await pool.read { try SessionRow.select.row($0, [session.raw]).map(SessionRow.state) }
    }

    public func sessions(in organization: OrganizationID, limit: Int) async throws -> [StoredSession] {
        try await pool.read { try SessionRow.list.rows($0, [organization.raw, limit]).map(SessionRow.session) }
    }

    private static let usedBudget = Query(
        "SELECT used FROM budgets WHERE organization = $1 AND agent = $2 AND length = $3 AND number = $4")

    public func used(_ window: BudgetWindow) async throws -> Int {
        try await pool.read { db in
            try SQLiteStore.usedBudget.row(
                db, [window.organization.raw, window.agent.raw, window.length.rawValue, window.number]
            )?["used"] ?? 0
        }
    }

    private static let onePayload = Query("SELECT digest_key, sealed FROM payloads WHERE id = $1")

    public func payload(_ id: String) async throws -> Payload? {
        try await pool.read { db in
            try SQLiteStore.onePayload.row(db, [id]).map { row in
                Payload(
                    id: id, digestKey: Array(row["digest_key"] as Data), sealed: Array(row["sealed"] as Data))
            }
        }
    }
}

extension SQLiteStore: OpenCalls {
    private static let allCalls = Query("SELECT * FROM calls ORDER BY opened, id")
    private static let oneCall = Query("SELECT * FROM calls WHERE id = $1")

    public func openCalls() async throws -> [OpenCall] {
        try await pool.read { try SQLiteStore.allCalls.rows($0).map(SQLiteStore.call) }
    }

    public func openCall(_ id: CallID) async throws -> OpenCall? {
        try await pool.read { try SQLiteStore.oneCall.row($0, [id.raw]).map(SQLiteStore.call) }
    }

    private static func call(_ row: Row) throws -> OpenCall {
        guard let effect = Effect(rawValue: row["effect"]), let state = CallState(rawValue: row["state"]) else {
            throw StorageError(.corrupt, "a call can't be read")
        }
        return OpenCall(
            id: CallID(row["id"]), organization: OrganizationID(row["organization"]), agent: AgentID(row["agent"]),
            requester: row["requester"], tool: row["tool"], effect: effect,
            identity: (row["identity"] as Data?).flatMap { Digest(bytes: $0) }, state: state,
            opened: Timestamp(microseconds: row["opened"]))
    }
}

extension SQLiteStore {
    private static let oneValue = Query("SELECT value FROM home WHERE name = $1")
    private static let keepValue = Query(
        "INSERT INTO home (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")

    /// A small value that belongs to the home as a whole; nil when it was never kept.
    public func value(_ name: String) async throws -> [UInt8]? {
        try await pool.read { db in try SQLiteStore.oneValue.row(db, [name]).map { Array($0["value"] as Data) } }
    }

    /// Keeps such a value durably, over the one before.
    public func keep(_ bytes: [UInt8], as name: String) async throws {
        try await pool.write { try SQLiteStore.keepValue.run($0, [name, Data(bytes)]) }
    }
}

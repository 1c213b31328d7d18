import Authority
import Gate
import Wire

extension TransactionWriter {
    private static let add = Query(
        """
        INSERT INTO approvals (id, organization, asked, is_live, is_pending, spent_by, created, record, is_ready)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let replace = Query(
        """
        UPDATE approvals SET is_live = $1, is_pending = $2, spent_by = $3, record = $4, is_ready = $5 WHERE id = $6
        """)
    private static let one = Query("SELECT record FROM approvals WHERE id = $1")
    private static let waiting = Query("SELECT record FROM approvals WHERE organization = $1 AND is_pending = 1")
    private static let pending = Query("SELECT record FROM approvals WHERE is_pending = 1")
    private static let spentBy = Query("SELECT record FROM approvals WHERE spent_by = $1")
    private static let addWindow = Query(
        """
        INSERT INTO windows (id, organization, is_open, created, record) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let replaceWindow = Query("UPDATE windows SET is_open = $1, record = $2 WHERE id = $3 RETURNING id")
    private static let oneWindow = Query("SELECT record FROM windows WHERE id = $1")
    private static let openWindows = Query("SELECT record FROM windows WHERE is_open = 1")

    func apply(approval change: ApprovalChange) async throws {
        switch change {
        case .park(let approval, let caps): try await park(approval, caps)
        case .step(let id, let step):
            guard let row = try await session.row(TransactionWriter.one, [id.raw]) else {
                throw CommitError.approval(id, "gone")
            }
            try await write(try ApprovalRow.approval(row).after(step))
        case .answered(let call):
            guard let row = try await session.row(TransactionWriter.spentBy, [call.raw]) else { return }
            let approval = try ApprovalRow.approval(row)
            if approval.state == .spent(call) { try await write(try approval.after(.answer)) }
        case .open(let window):
            try await mustChange(
                TransactionWriter.addWindow,
                [
                    window.id.raw, window.call.organization.raw, window.state == .open ? 1 : 0,
                    window.created.microseconds, window.json.text,
                ], window.id.raw)
        case .window(let id, let step):
            guard let row = try await session.row(TransactionWriter.oneWindow, [id.raw]) else {
                throw CommitError.window(id)
            }
            try await write(try ApprovalRow.window(row).after(step))
        case .void(let scope, let reason): try await void(scope, reason)
        }
    }

    private func park(_ approval: Approval, _ caps: AskCaps) async throws {
        let waiting = try await session.rows(TransactionWriter.waiting, [approval.call.organization.raw])
            .map(ApprovalRow.approval).filter { $0.state == .waiting }
        try caps.check(approval, among: waiting)
        try await mustChange(
            TransactionWriter.add,
            [
                approval.id.raw, approval.call.organization.raw, approval.asked.bytes,
                approval.state.isLive ? 1 : 0, approval.state.isPending ? 1 : 0, approval.state.call?.raw,
                approval.created.microseconds, approval.json.text, approval.state == .approved ? 1 : 0,
            ], approval.id.raw)
    }

    private func void(_ scope: VoidScope, _ reason: String) async throws {
        for row in try await session.rows(TransactionWriter.pending) {
            let approval = try ApprovalRow.approval(row)
            if scope.covers(approval) { try await write(try approval.after(.void(reason))) }
        }
        for row in try await session.rows(TransactionWriter.openWindows) {
            let window = try ApprovalRow.window(row)
            if scope.covers(window) { try await write(try window.after(.void(reason))) }
        }
    }

    private func write(_ approval: Approval) async throws {
        try await session.run(
            TransactionWriter.replace,
            [
                approval.state.isLive ? 1 : 0, approval.state.isPending ? 1 : 0, approval.state.call?.raw,
                approval.json.text, approval.state == .approved ? 1 : 0, approval.id.raw,
            ])
    }

    private func write(_ window: GrantWindow) async throws {
        try await session.run(
            TransactionWriter.replaceWindow, [window.state == .open ? 1 : 0, window.json.text, window.id.raw])
    }
}

/// Approvals and windows are stored as the JSON that they give of themselves, beside the columns that are searched.
enum ApprovalRow {
    static func approval(_ row: Row) throws -> Approval {
        guard let approval = Approval(json: try JSON.parse(Array((row["record"] as String).utf8))) else {
            throw StorageError(.corrupt, "an approval can't be read")
        }
        return approval
    }

    static func window(_ row: Row) throws -> GrantWindow {
        guard let window = GrantWindow(json: try JSON.parse(Array((row["record"] as String).utf8))) else {
            throw StorageError(.corrupt, "a window can't be read")
        }
        return window
    }
}

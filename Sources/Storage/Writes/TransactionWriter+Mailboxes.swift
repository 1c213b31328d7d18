import Authority
import Turns
import Wire

extension TransactionWriter {
    private static let firstMark = Query(
        """
        INSERT INTO mailbox_marks (account, validity, last, is_taken) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING account
        """)
    private static let moveMark = Query(
        """
        UPDATE mailbox_marks SET validity = $1, last = $2, is_taken = $3
        WHERE account = $4 AND validity = $5 AND last = $6 RETURNING account
        """)
    private static let count = Query(
        """
        INSERT INTO mail_counts (account, writer, hour, messages) VALUES ($1, $2, $3, 1)
        ON CONFLICT (account, writer, hour) DO UPDATE SET messages = mail_counts.messages + 1
        """)
    private static let forgetCounts = Query("DELETE FROM mail_counts WHERE account = $1 AND hour < $2")
    private static let dropMark = Query("DELETE FROM mailbox_marks WHERE account = $1")
    private static let dropCounts = Query("DELETE FROM mail_counts WHERE account = $1")

    func apply(mailbox change: MailboxChange) async throws {
        switch change {
        case .move(let account, nil, let mark):
            try await mustChange(
                TransactionWriter.firstMark,
                [account.place, Int64(mark.validity), Int64(mark.last), mark.isTaken ? 1 : 0], "\(account)")
        case .move(let account, let before?, let mark):
            try await mustChange(
                TransactionWriter.moveMark,
                [
                    Int64(mark.validity), Int64(mark.last), mark.isTaken ? 1 : 0, account.place,
                    Int64(before.validity), Int64(before.last),
                ], "\(account)")
        case .count(let account, let writer, let hour):
            try await session.run(TransactionWriter.forgetCounts, [account.place, hour])
            try await session.run(TransactionWriter.count, [account.place, writer, hour])
        }
    }

    func forgetMailbox(of account: ChannelAccountID) async throws {
        try await session.run(TransactionWriter.dropMark, [account.place])
        try await session.run(TransactionWriter.dropCounts, [account.place])
    }
}

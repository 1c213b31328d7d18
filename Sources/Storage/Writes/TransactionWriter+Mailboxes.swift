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
    private static let postpone = Query(
        """
        INSERT INTO mail_postponed (account, validity, number, writer, due) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account, validity, number) DO UPDATE SET writer = excluded.writer, due = excluded.due
        """)
    private static let putOff = Query(
        "UPDATE mail_postponed SET due = $1 WHERE account = $2 AND writer = $3 AND due <= $4")
    private static let settle = Query(
        "DELETE FROM mail_postponed WHERE account = $1 AND validity = $2 AND number = $3 RETURNING account")
    private static let forgetPostponed = Query("DELETE FROM mail_postponed WHERE account = $1 AND validity <> $2")
    private static let dropPostponed = Query("DELETE FROM mail_postponed WHERE account = $1")
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
            guard before.validity != mark.validity else { return }
            try await session.run(TransactionWriter.forgetPostponed, [account.place, Int64(mark.validity)])
        case .count(let account, let writer, let hour):
            try await session.run(TransactionWriter.forgetCounts, [account.place, hour])
            try await session.run(TransactionWriter.count, [account.place, writer, hour])
        case .postpone(let mail, let account, let due):
            try await session.run(
                TransactionWriter.postpone,
                [
                    account.place, Int64(mail.number.validity), Int64(mail.number.number), mail.writer,
                    due.microseconds,
                ])
        case .putOff(let account, let writer, let now, let due):
            try await session.run(
                TransactionWriter.putOff, [due.microseconds, account.place, writer, now.microseconds])
        case .settle(let number, let account):
            try await mustChange(
                TransactionWriter.settle, [account.place, Int64(number.validity), Int64(number.number)], "\(number)")
        }
    }

    func forgetMailbox(of account: ChannelAccountID) async throws {
        try await session.run(TransactionWriter.dropMark, [account.place])
        try await session.run(TransactionWriter.dropCounts, [account.place])
        try await session.run(TransactionWriter.dropPostponed, [account.place])
    }
}

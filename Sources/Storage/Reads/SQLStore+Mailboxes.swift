public import Authority
public import Turns

extension SQLStore: MailboxStore {
    private static let mark = Query("SELECT * FROM mailbox_marks WHERE account = $1")
    private static let count = Query(
        "SELECT messages FROM mail_counts WHERE account = $1 AND writer = $2 AND hour = $3")
    private static let due = Query(
        """
        SELECT validity, number, writer FROM mail_postponed WHERE account = $1 AND due <= $2
        ORDER BY validity, number LIMIT $3
        """)
    private static let waiting = Query("SELECT COUNT(*) AS mails FROM mail_postponed WHERE account = $1")

    public func mailboxMark(of account: ChannelAccountID) async throws -> MailboxMark? {
        guard let row = try await row(SQLStore.mark, [account.place]) else { return nil }
        let (validity, last): (Int64, Int64) = (try row["validity"], try row["last"])
        guard let validity = UInt32(exactly: validity), let last = UInt32(exactly: last) else {
            throw StorageError(.corrupt, "how far a mailbox was read can't be read")
        }
        return MailboxMark(validity: validity, last: last, isTaken: try row["is_taken"] as Int64 != 0)
    }

    public func mailCount(of account: ChannelAccountID, from writer: String, in hour: Int64) async throws -> Int {
        try await row(SQLStore.count, [account.place, writer, hour]).map { try $0["messages"] } ?? 0
    }

    public func postponedMails(
        of account: ChannelAccountID, at now: Timestamp, limit: Int
    ) async throws -> [PostponedMail] {
        try await rows(SQLStore.due, [account.place, now.microseconds, Int64(limit)]).map { row in
            let (validity, number): (Int64, Int64) = (try row["validity"], try row["number"])
            guard let validity = UInt32(exactly: validity), let number = UInt32(exactly: number) else {
                throw StorageError(.corrupt, "a mail that waits can't be read")
            }
            return PostponedMail(
                number: MailboxNumber(validity: validity, number: number), writer: try row["writer"])
        }
    }

    public func postponedMails(of account: ChannelAccountID) async throws -> Int {
        try await row(SQLStore.waiting, [account.place]).map { try $0["mails"] } ?? 0
    }
}

import Authority
import Gate
import Logging
import Wire

extension MailboxWatcher {
    /// Seconds until a session is opened anew, so that a login that was revoked is noticed.
    private static let session: Int64 = 50 * 60

    /// Takes what is there and then what comes, in its order.
    func attend(
        _ mailbox: any OpenMailbox, _ record: ChannelAccountRecord, _ doubts: MailDoubts
    ) async throws(MailboxFailure) {
        let end = world.now().adding(seconds: MailboxWatcher.session)
        var mark = try await read { try await store.mailboxMark(of: record.account.id) }
        if let mark, mark.validity == mailbox.validity {
            // It may have been stored by a gateway that was killed then.
            if mark.isTaken { try await mailbox.markRead(mark.last) }
        } else {
            mark = try await begin(mailbox, record, after: mark, doubts)
        }
        var last = mark?.last ?? 0
        while world.now() < end {
            for number in try await mailbox.arrivals(after: last) {
                let before = mark
                mark = try await take(number, of: mailbox, record, doubts) { isTaken in
                    let after = MailboxMark(validity: mailbox.validity, last: number, isTaken: isTaken)
                    return (after, [MailboxChange.move(record.account.id, from: before, to: after)])
                }
                last = number
            }
            if try await !takePostponed(of: mailbox, record, doubts) { try await mailbox.wait() }
        }
    }

    /// Some of what waited for its writer's next hour. What came meanwhile comes first.
    ///
    /// - Returns: whether more is due.
    private func takePostponed(
        of mailbox: any OpenMailbox, _ record: ChannelAccountRecord, _ doubts: MailDoubts
    ) async throws(MailboxFailure) -> Bool {
        let (account, now) = (record.account.id, world.now())
        let due = try await read {
            try await store.postponedMails(of: account, at: now, limit: MailboxWatcher.mostAtOnce)
        }
        for mail in due {
            guard try await hasRoom(for: mail.writer, in: account) else {
                try await commit([
                    MailboxChange.putOff(
                        account, from: mail.writer, due: now, until: MailboxMark.nextHour(after: now))
                ])
                return true
            }
            let kept = MailboxMark(validity: mailbox.validity, last: mail.number.number, isTaken: false)
            _ = try await take(mail.number.number, of: mailbox, record, doubts, isAgain: true) { _ in
                (kept, [MailboxChange.settle(mail.number, of: account)])
            }
        }
        return due.count == MailboxWatcher.mostAtOnce
    }

    /// A mailbox that was never read, or was made anew since: its numbers say nothing about what was taken before. What was
    /// taken is marked as read, so the rest is what nobody has read that came since the account was set up.
    private func begin(
        _ mailbox: any OpenMailbox, _ record: ChannelAccountRecord, after before: MailboxMark?, _ doubts: MailDoubts
    ) async throws(MailboxFailure) -> MailboxMark {
        let unread = try await mailbox.unread(since: record.created)
        let after = MailboxMark(validity: mailbox.validity, last: unread.last, isTaken: false)
        for number in unread.numbers where number <= unread.last {
            _ = try await take(number, of: mailbox, record, doubts) { _ in (after, []) }
        }
        // Only now: until here it would be done again, and what was taken is known by its number.
        try await commit([MailboxChange.move(record.account.id, from: before, to: after)])
        return after
    }

    /// One message, stored before it is marked.
    ///
    /// - Parameters:
    ///   - isAgain: whether it was postponed before.
    ///   - then: how far the mailbox is read with it.
    private func take(
        _ number: UInt32, of mailbox: any OpenMailbox, _ record: ChannelAccountRecord, _ doubts: MailDoubts,
        isAgain: Bool = false, then: (_ isTaken: Bool) -> (MailboxMark, [any StoredChange])
    ) async throws(MailboxFailure) -> MailboxMark {
        let account = record.account.id
        let id = MailboxNumber(validity: mailbox.validity, number: number)
        let outcome: MailOutcome
        if doubts.begin(number) {
            let fresh = String(world.newID("mail").suffix(22))
            let mail = try await mailbox.mail(number, fresh: fresh)
            doubts.end(number)
            // Gone again, or older than the account: left alone.
            guard let mail, mail.arrived.adding(seconds: 1) > record.created else {
                let (mark, changes) = then(false)
                try await commit(changes)
                return mark
            }
            switch try await judged(mail, record) {
            case .outcome(let judged): outcome = judged
            case .postponed(let message, let writer):
                let (mark, changes) = then(false)
                if !isAgain { tell(.tooMany, id, of: account) }
                try await commit(
                    changes + [
                        MailboxChange.postpone(
                            PostponedMail(number: id, writer: writer), of: account,
                            until: MailboxMark.nextHour(after: world.now()))
                    ])
                if !isAgain { await floods.tell(message, .postponed) }
                return mark
            }
        } else {
            outcome = .refused(.unreadable)
            doubts.end(number)
        }
        let isNew: InboxDesk.Taken
        let mark: MailboxMark
        switch outcome {
        case .message(let message):
            let (after, changes) = then(true)
            let counts = MailboxWatcher.writers(of: message).map {
                MailboxChange.count(account, from: $0, in: MailboxMark.hour(at: world.now()))
            }
            isNew = try await read { try await inbox.take(message, with: changes + counts) }
            mark = after
        case .refused(let refusal):
            let (after, changes) = then(false)
            tell(refusal, id, of: account)
            isNew = try await read {
                try await inbox.refuse(
                    "\(id)", of: account, refusal.sentence, setAside: refusal.isSetAside, with: changes)
            }
            mark = after
        }
        if isNew == .repeated {
            // It was taken before: by this mark another gateway may have gone on.
            try await commit(then(mark.isTaken).1)
        }
        switch outcome {
        case .message:
            world.reached(.mailStored)
            try await mailbox.markRead(number)
            world.reached(.mailMarked)
        case .refused: break
        }
        return mark
    }

    private func tell(_ refusal: MailRefusal, _ id: MailboxNumber, of account: ChannelAccountID) {
        states.refused(refusal)
        log.warning(
            "a mail was refused",
            metadata: ["account": "\(account)", "mail": "\(id)", "reason": "\(refusal.rawValue)"])
    }

    private func commit(_ changes: [any StoredChange]) async throws(MailboxFailure) {
        guard !changes.isEmpty else { return }
        _ = try await read { try await store.commit(Transaction(changes: changes)) }
    }

    private enum Judged {
        case outcome(MailOutcome)
        /// As many were taken of this writer as may be.
        case postponed(InboundMessage, of: String)
    }

    private func judged(_ mail: ArrivedMail, _ record: ChannelAccountRecord) async throws(MailboxFailure) -> Judged {
        var outcome = channel.receive(mail, for: record.account)
        guard case .message(let message) = outcome else { return .outcome(outcome) }
        if let thread = try await read({ try await thread(of: mail, message, record.account) }) {
            outcome = channel.receive(mail.going(on: thread), for: record.account)
        }
        for writer in MailboxWatcher.writers(of: message) {
            guard try await hasRoom(for: writer, in: record.account.id) else {
                guard case .message(let message) = outcome else { return .outcome(outcome) }
                return .postponed(message, of: writer)
            }
        }
        return .outcome(outcome)
    }

    private func hasRoom(for writer: String, in account: ChannelAccountID) async throws(MailboxFailure) -> Bool {
        let hour = MailboxMark.hour(at: world.now())
        let count = try await read { try await store.mailCount(of: account, from: writer, in: hour) }
        return count < (writer == MailboxWatcher.unproven ? MailboxWatcher.mostUnproven : MailboxWatcher.most)
    }

    /// The conversation that sent the mail which this one answers, where it is this very sender's own, through this account.
    /// Knowing a mail's id makes nobody a part of it.
    private func thread(
        of mail: ArrivedMail, _ message: InboundMessage, _ account: ChannelAccount
    ) async throws -> String? {
        guard case .external(let sender, let standing) = message.sender else { return nil }
        switch standing.proof {
        case .none: return nil
        case .aligned, .platform: break
        }
        for call in channel.answered(by: mail) {
            if let turn = try await store.turn(sending: call), turn.account == account.id, turn.sender == sender,
                let thread = turn.place.thread
            {
                return thread
            }
        }
        return nil
    }

    private static let unproven = "unproven"
    /// Of one writer within an hour.
    static let most = 20
    /// Of all whose names anybody could have written.
    static let mostUnproven = 100
    /// Of what was postponed, before what came meanwhile is looked at.
    private static let mostAtOnce = 20

    /// Whom a message counts for.
    private static func writers(of message: InboundMessage) -> [String] {
        switch message.sender {
        case .person(let person): ["person:\(person)"]
        case .external(let sender, let standing):
            switch standing.proof {
            case .none: [sender.raw, unproven]
            case .platform, .aligned: [sender.raw]
            }
        }
    }

    private func read<Value: Sendable>(
        _ body: () async throws -> Value
    ) async throws(MailboxFailure) -> Value {
        do {
            return try await body()
        } catch CommitError.exists {
            throw MailboxFailure("another gateway has read on")
        } catch {
            throw MailboxFailure("the gateway can't store what came: \(error)")
        }
    }
}

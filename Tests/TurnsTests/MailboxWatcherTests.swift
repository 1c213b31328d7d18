import Authority
import Gate
import Logging
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

/// A mailbox that gateways come and go at.
private final class FakeMailbox: OpenMailbox {
    struct State {
        var validity: UInt32 = 7
        /// The words of each mail, by its number.
        var mails: [UInt32: String] = [:]
        var read: Set<UInt32> = []
        var fetched: [UInt32] = []
        var broken: Set<UInt32> = []
        /// Fails when this one is marked.
        var failsAtMark: UInt32?
    }

    let state = Mutex(State())
    var validity: UInt32 { state.withLock(\.validity) }
    let own = "claw@acme.test"
    private let created: Timestamp

    init(at created: Timestamp) { self.created = created }

    func arrivals(after number: UInt32) async throws(MailboxFailure) -> [UInt32] {
        state.withLock { $0.mails.keys.filter { $0 > number }.sorted() }
    }

    func unread(since: Timestamp) async throws(MailboxFailure) -> (numbers: [UInt32], last: UInt32) {
        state.withLock { state in
            (state.mails.keys.filter { !state.read.contains($0) }.sorted(), state.mails.keys.max() ?? 0)
        }
    }

    func mail(_ number: UInt32, fresh: String) async throws(MailboxFailure) -> ArrivedMail? {
        let (words, isBroken) = state.withLock { state in
            state.fetched.append(number)
            return (state.mails[number], state.broken.contains(number))
        }
        if isBroken { throw MailboxFailure("the mail server said what can't be read") }
        return words.map { words in
            ArrivedMail(
                number: MailboxNumber(validity: validity, number: number), own: own, header: [], text: words, type: nil,
                isCut: false, attachments: [], size: 1,
                arrived: words == "old" ? created.adding(seconds: -60) : created.adding(seconds: 1), fresh: fresh)
        }
    }

    func markRead(_ number: UInt32) async throws(MailboxFailure) {
        let fails = state.withLock { state in
            if state.failsAtMark == number {
                state.failsAtMark = nil
                return true
            }
            state.read.insert(number)
            return false
        }
        if fails { throw MailboxFailure("the connection is gone") }
    }

    /// Ends the session: nothing more is there.
    func wait() async throws(MailboxFailure) { throw MailboxFailure("nothing more") }
}

/// Each mail is its words, from `zoe` or `by NAME`; `re CALL` answers what that call sent.
private struct PlainMail: MailboxChannel {
    func answered(by mail: ArrivedMail) -> [CallID] {
        let words = mail.text.split(separator: " ").map(String.init)
        return words.first == "re" ? words.dropFirst().prefix(1).map { CallID($0) } : []
    }

    func receive(_ mail: ArrivedMail, for account: ChannelAccount) -> MailOutcome {
        if mail.text == "machine" { return .refused(.automatic) }
        if mail.text == "rubbish" { return .refused(.malformed) }
        let isProved = !mail.text.hasSuffix("forged")
        let words = mail.text.split(separator: " ").map(String.init)
        let name = words.first == "by" ? words[1] : "zoe"
        return .message(
            InboundMessage(
                account: account.id, event: "\(mail.number)",
                place: Place(peer: Place.Peer(kind: .direct, id: "zoe"), thread: mail.fresh),
                sender: .external(
                    SenderID(isProved ? "mail:\(name)" : "mail:unproven:\(name)"),
                    SenderStanding(proof: isProved ? .aligned : .none)),
                text: mail.text, sent: mail.arrived, isAddressed: true, reply: [:]))
    }
}

private struct NoMailboxes: Mailboxes {
    func state(of connection: ConnectionID) async throws -> String? { nil }
    func open(
        _ connection: ConnectionID, _ body: @Sendable (any OpenMailbox) async throws(MailboxFailure) -> Void
    ) async throws(MailboxFailure) {}
}

private struct Stand {
    let store = MemoryStore()
    let clock = FakeWorld()
    let mailbox: FakeMailbox
    let record: ChannelAccountRecord
    private let refusals = Refusals()

    /// How often each reason was told.
    var told: [String: Int] { refusals.counts.withLock(\.self) }

    private final class Refusals: Sendable {
        let counts = Mutex<[String: Int]>([:])
    }

    init() {
        let account = ChannelAccountID(organization: OrganizationID("acme"), kind: .mail, name: "claw")
        record = ChannelAccountRecord(
            account: ChannelAccount(id: account, connection: ConnectionID("c1")), sealed: [], created: clock.world.now()
        )
        mailbox = FakeMailbox(at: record.created)
    }

    func put(_ mails: (UInt32, String)...) {
        mailbox.state.withLock { state in for (number, words) in mails { state.mails[number] = words } }
    }

    /// One session of a gateway, until nothing more is there.
    @discardableResult
    func attend(_ doubts: MailDoubts = MailDoubts()) async -> String? {
        let payloads = PayloadKeeper(sealing: OpenSealing(), store: store)
        let watcher = MailboxWatcher(
            organization: record.account.id.organization, store: store, mailboxes: NoMailboxes(), channel: PlainMail(),
            inbox: InboxDesk(commits: store, payloads: payloads, world: clock.world, bell: Bell()),
            floods: FloodDesk(
                accounts: store, senders: NamedSenders(), commits: store, payloads: payloads, world: clock.world,
                bell: Bell(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }), world: clock.world,
            states: MailboxStates { [refusals] refusal in
                refusals.counts.withLock { $0[refusal.rawValue, default: 0] += 1 }
            }, pause: { _ in }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        do throws(MailboxFailure) {
            try await watcher.attend(mailbox, record, doubts)
            return nil
        } catch {
            return error.reason
        }
    }

    /// (event, state) of everything that was stored, in the order of its numbers.
    func taken() -> [String] {
        store.inboxEntries.sorted { $0.event < $1.event }.map { "\($0.event) \($0.state.rawValue)" }
    }

    /// The conversations of what was taken, in the order of its numbers.
    var conversations: [ConversationID] {
        store.inboxEntries.sorted { $0.event < $1.event }.map(\.conversation)
    }

    /// A turn of this sender, in which a call sent a mail.
    func sent(_ call: String, by sender: String, through account: ChannelAccountID? = nil) async throws {
        let account = account ?? record.account.id
        let place = Place(peer: Place.Peer(kind: .direct, id: "zoe"), thread: "thread-of-\(call)")
        let conversation = ConversationID(in: place, of: account)
        let entry = InboxEntry(
            id: InboxID("in-\(call)"), account: account, event: "0-\(call)", conversation: conversation, isStop: false,
            received: clock.world.now())
        let turn = Turn(
            id: TurnID("turn-\(call)"), account: account, conversation: conversation, message: entry.id,
            agent: AgentID("email"), requester: .guest(SenderID(sender)), sender: SenderID(sender), place: place,
            reply: [:],
            began: clock.world.now(), steps: 1)
        try await store.commit(
            Transaction(changes: [
                TurnChange.receive(entry), TurnChange.begin(turn), TurnChange.sent(CallID(call), by: turn.id),
            ]))
    }

    var read: [UInt32] { mailbox.state.withLock { $0.read.sorted() } }
}

struct MailboxWatcherTests {
    @Test func `each mail is taken once, and marked when it is stored`() async {
        let stand = Stand()
        stand.put((1, "a"), (2, "b"))
        await stand.attend()
        stand.put((3, "c"))
        await stand.attend()
        await stand.attend()
        #expect(stand.taken() == ["7-1 waiting", "7-2 waiting", "7-3 waiting"])
        #expect(stand.read == [1, 2, 3])
        #expect(stand.mailbox.state.withLock(\.fetched) == [1, 2, 3])
    }

    @Test func `who was killed between storing and marking marks it next time, and takes nothing twice`() async {
        let stand = Stand()
        await stand.attend()
        stand.put((4, "a"))
        stand.mailbox.state.withLock { $0.failsAtMark = 4 }
        #expect(await stand.attend() == "the connection is gone")
        #expect(stand.read == [])
        await stand.attend()
        #expect(stand.read == [4])
        #expect(stand.taken() == ["7-4 waiting"])
    }

    @Test func `so is one that was killed in its first session`() async {
        let stand = Stand()
        stand.put((1, "a"), (2, "b"), (3, "c"))
        stand.mailbox.state.withLock { $0.failsAtMark = 2 }
        await stand.attend()
        #expect(stand.taken() == ["7-1 waiting", "7-2 waiting"])
        await stand.attend()
        #expect(stand.taken() == ["7-1 waiting", "7-2 waiting", "7-3 waiting"])
        #expect(stand.read == [1, 2, 3])
    }

    @Test func `a mailbox that was made anew gives what nobody has read, and nothing twice`() async {
        let stand = Stand()
        stand.put((1, "a"), (2, "b"))
        await stand.attend()
        stand.mailbox.state.withLock { state in
            state.validity = 8
            state.mails = [11: "a", 12: "b", 13: "while it was made"]
            state.read = [11, 12]
        }
        await stand.attend()
        await stand.attend()
        #expect(stand.taken() == ["7-1 waiting", "7-2 waiting", "8-13 waiting"])
        stand.put((14, "then"))
        await stand.attend()
        #expect(stand.taken().last == "8-14 waiting")
    }

    @Test func `what was there before the account was isn't answered`() async {
        let stand = Stand()
        stand.put((1, "old"), (2, "new"))
        await stand.attend()
        #expect(stand.taken() == ["7-2 waiting"])
        #expect(stand.read == [2])
    }

    @Test func `what starts nothing stays unread, with its reason, and holds up nobody`() async throws {
        let stand = Stand()
        stand.put((1, "machine"), (2, "rubbish"), (3, "a"))
        await stand.attend()
        #expect(stand.taken() == ["7-1 ignored", "7-2 aside", "7-3 waiting"])
        #expect(stand.read == [3])
        let aside = try await stand.store.setAside(in: OrganizationID("acme"), limit: 5)
        #expect(aside.map(\.reason) == ["its header can't be read"])
    }

    @Test func `a mail that breaks its session each time is set aside after three, and those behind it are taken`()
        async
    {
        let stand = Stand()
        await stand.attend()
        stand.put((1, "a"), (2, "b"))
        stand.mailbox.state.withLock { $0.broken = [1] }
        let doubts = MailDoubts()
        for _ in 0..<3 { #expect(await stand.attend(doubts) == "the mail server said what can't be read") }
        #expect(stand.taken() == [])
        await stand.attend(doubts)
        #expect(stand.taken() == ["7-1 aside", "7-2 waiting"])
    }

    @Test func `one writer begins so many turns an hour, and the rest wait for the next one`() async {
        let stand = Stand()
        await stand.attend()
        for number in 10...39 { stand.put((UInt32(number), "hello \(number)")) }
        await stand.attend()
        #expect(stand.taken().count == MailboxWatcher.most && stand.read.last == 29)
        #expect(stand.told == ["too-many": 10])
        await stand.attend()
        #expect(stand.taken().count == MailboxWatcher.most, "it is the same hour")
        stand.clock.advance(seconds: 3_600)
        stand.put((40, "later"))
        await stand.attend()
        // What came then came first: of one writer that is one place less for those that wait.
        #expect(stand.taken().count == 31 && stand.taken().allSatisfy { $0.hasSuffix("waiting") })
        #expect(stand.read == (10...40).map { UInt32($0) })
        #expect(stand.told == ["too-many": 10], "each is told once")
    }

    @Test func `whose mails wait is told so once, and not again when they are looked at again`() async throws {
        let stand = Stand()
        try await stand.store.commit(Transaction(changes: [ChannelChange.add(stand.record)]))
        func said() async throws -> [String?] {
            try await stand.store.claimOutbox(at: stand.clock.world.now(), limit: 99, each: 99).map(\.told)
        }
        await stand.attend()
        for number in 10...29 { stand.put((UInt32(number), "by T1/alice \(number)")) }
        await stand.attend()
        #expect(try await said().isEmpty)
        for number in 30...59 { stand.put((UInt32(number), "by T1/alice \(number)")) }
        await stand.attend()
        #expect(try await said() == ["mail:T1/alice"])
        stand.clock.advance(seconds: 3_600)
        await stand.attend()
        #expect(try await said() == ["mail:T1/alice"])
    }

    @Test func `forged names use up nothing of whoever is proved, and only their own bound`() async {
        let stand = Stand()
        await stand.attend()
        for number in 100...349 { stand.put((UInt32(number), "by n\(number) forged")) }
        stand.put((350, "by alice"), (351, "by bob"))
        await stand.attend()
        #expect(stand.taken().count == MailboxWatcher.mostUnproven + 2)
        #expect(stand.read.suffix(2) == [350, 351])
        for hour in 1...2 {
            stand.clock.advance(seconds: 3_600)
            stand.put((UInt32(400 + hour), "by alice"))
            await stand.attend()
        }
        #expect(stand.taken().count == 254 && stand.taken().allSatisfy { $0.hasSuffix("waiting") })
        let fetched = stand.mailbox.state.withLock(\.fetched.count)
        #expect(fetched < 500, "those that wait aren't fetched while there is no room: \(fetched)")
    }

    @Test func `a mail that was deleted while it waited is forgotten`() async throws {
        let stand = Stand()
        await stand.attend()
        for number in 10...31 { stand.put((UInt32(number), "hello")) }
        await stand.attend()
        #expect(try await stand.store.postponedMails(of: stand.record.account.id) == 2)
        stand.mailbox.state.withLock { $0.mails[30] = nil }
        stand.clock.advance(seconds: 3_600)
        await stand.attend()
        #expect(stand.taken().last == "7-31 waiting" && stand.taken().count == 21)
        #expect(try await stand.store.postponedMails(of: stand.record.account.id) == 0)
    }

    @Test func `what waits in a mailbox that is made anew is taken once, by its new number`() async throws {
        let stand = Stand()
        await stand.attend()
        for number in 10...31 { stand.put((UInt32(number), "hello")) }
        await stand.attend()
        stand.mailbox.state.withLock { state in
            state.validity = 8
            state.mails = [1: "hello", 2: "hello"]
            state.read = []
        }
        stand.clock.advance(seconds: 3_600)
        await stand.attend()
        await stand.attend()
        #expect(stand.taken().filter { $0.hasPrefix("8-") } == ["8-1 waiting", "8-2 waiting"])
        #expect(stand.taken().count == 22)
        #expect(try await stand.store.postponedMails(of: stand.record.account.id) == 0)
    }

    @Test func `an answer to a mail that a tool sent goes on where it was sent`() async throws {
        let stand = Stand()
        await stand.attend()
        try await stand.sent("c1", by: "mail:zoe")
        let sending = try #require(stand.conversations.first)
        stand.put((1, "re c1"), (2, "re c1"), (3, "hello"))
        await stand.attend()
        #expect(stand.conversations.prefix(3) == [sending, sending, sending])
        #expect(stand.conversations.last != sending)
    }

    @Test func `nobody becomes a part of a conversation by the id of one of its mails`() async throws {
        let stand = Stand()
        await stand.attend()
        try await stand.sent("c1", by: "mail:yves")
        try await stand.sent("c2", by: "mail:unproven:zoe")
        let other = ChannelAccountID(organization: OrganizationID("acme"), kind: .mail, name: "other")
        try await stand.sent("c3", by: "mail:zoe", through: other)
        try await stand.sent("c4", by: "mail:zoe")
        let sending = Set(stand.conversations)
        #expect(sending.count == 4)
        stand.put((1, "re c1"), (2, "re c2"), (3, "re c3"), (4, "re c4 forged"), (5, "re c5"))
        await stand.attend()
        #expect(stand.conversations.count == 9)
        #expect(sending.isDisjoint(with: stand.conversations.suffix(5)))
    }

    @Test func `how mailboxes stand is known, and a trouble lasts from its first failure`() async {
        let stand = Stand()
        let account = stand.record.account.id
        let states = MailboxStates()
        states.failed(account, "it is away", at: Timestamp(microseconds: 1))
        states.failed(account, "still", at: Timestamp(microseconds: 2))
        #expect(states.troubles[account] == MailboxStates.Trouble(since: Timestamp(microseconds: 1), reason: "still"))
        states.opened(account)
        #expect(states.troubles.isEmpty && states.open == 1)
        states.failed(account, "again", at: Timestamp(microseconds: 3))
        states.keep([])
        #expect(states.troubles.isEmpty && states.open == 0)
    }

    @Test func `two gateways that both read on take it once`() async {
        let stand = Stand()
        await stand.attend()
        stand.put((1, "a"), (2, "b"), (3, "c"))
        async let one = stand.attend()
        async let two = stand.attend()
        _ = await (one, two)
        await stand.attend()
        #expect(stand.taken() == ["7-1 waiting", "7-2 waiting", "7-3 waiting"])
    }
}

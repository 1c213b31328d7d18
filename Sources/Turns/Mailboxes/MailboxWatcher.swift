public import Authority
public import Gate
public import Logging
import Wire

/// Reads the mailboxes by which people reach agents, each in one session that waits for what comes. Of several gateways one reads
/// each of them.
public struct MailboxWatcher: Sendable {
    public typealias Store = ChannelAccountStore & MailboxStore & TurnStore & Commits

    let organization: OrganizationID
    let store: any Store
    let mailboxes: any Mailboxes
    let channel: any MailboxChannel
    let inbox: InboxDesk
    let floods: FloodDesk
    let world: World
    let states: MailboxStates
    /// Waits; shorter in tests.
    let pause: @Sendable (Duration) async -> Void
    let log: Logger

    public init(
        organization: OrganizationID, store: any Store, mailboxes: any Mailboxes, channel: any MailboxChannel,
        inbox: InboxDesk, floods: FloodDesk, world: World, states: MailboxStates = MailboxStates(),
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }, log: Logger
    ) {
        self.organization = organization
        self.store = store
        self.mailboxes = mailboxes
        self.channel = channel
        self.inbox = inbox
        self.floods = floods
        self.world = world
        self.states = states
        self.pause = pause
        self.log = log
    }

    /// What a session was opened for. When any of it changes, it ends.
    private struct Wanted: Hashable {
        let record: ChannelAccountRecord
        let connection: ConnectionID
        let state: String
    }

    /// Seconds between two tries of a mailbox that can't be opened.
    private static let longestPause = 300
    /// A session that lasted so many seconds was a good one.
    private static let enough: Int64 = 60

    /// Runs until cancelled. What is being stored is stored, and everything else is read again.
    public func run() async {
        await AccountWatches(
            pause: pause, wanted: wanted,
            watch: { wanted in Task { await watch(wanted.record, wanted.connection) } }
        ).run()
    }

    @Sendable private func wanted() async -> [ChannelAccountID: Wanted]? {
        do {
            var wanted: [ChannelAccountID: Wanted] = [:]
            let records = try await store.channelAccounts(in: organization)
                .filter { $0.account.id.kind.nature.connection == .mailbox && !$0.account.isPaused }
            var own: Set<ChannelAccountID> = []
            for record in records where try await store.keepsHouse(.mailbox(record.account.id)) {
                own.insert(record.account.id)
                guard let connection = record.account.connection,
                    let state = try await mailboxes.state(of: connection)
                else {
                    states.failed(record.account.id, "its connection doesn't work", at: world.now())
                    continue
                }
                wanted[record.account.id] = Wanted(record: record, connection: connection, state: state)
            }
            states.keep(own)
            return wanted
        } catch {
            if !Task.isCancelled { log.error("mailboxes can't be listed", metadata: ["error": "\(error)"]) }
            return [:]
        }
    }

    /// Opens one mailbox again and again, later each time while it can't be read.
    func watch(_ record: ChannelAccountRecord, _ connection: ConnectionID) async {
        let doubts = MailDoubts()
        var failures = 0
        while !Task.isCancelled {
            let began = world.now()
            do throws(MailboxFailure) {
                try await mailboxes.open(connection) { mailbox throws(MailboxFailure) in
                    states.opened(record.account.id)
                    try await attend(mailbox, record, doubts)
                }
                states.closed(record.account.id)
                failures = 0
            } catch {
                states.closed(record.account.id)
                if Task.isCancelled { return }
                states.failed(record.account.id, error.reason, at: world.now())
                let lasted = (world.now().microseconds - began.microseconds) / 1_000_000
                failures = lasted >= MailboxWatcher.enough ? 1 : failures + 1
                log.warning(
                    "a mailbox can't be read just now",
                    metadata: ["account": "\(record.account.id)", "reason": "\(error.reason)"])
                await pause(.seconds(min(1 << min(failures, 16), MailboxWatcher.longestPause)))
            }
        }
    }
}

import Broker
import Channels
import Gate
import Gateway
import Registry
import Storage
import Turns

/// The gate, and what tells people that something waits for them.
struct Asking {
    let gate: ActionGate
    let tally = CallTally()
    let runner: ApprovalRunner
    let unknown: UnknownCallDesk
    let noticeDesk: NoticeDesk
    let notices: NoticeRunner
    let ways: NoticeWays
    let readership: ChannelReadership
    /// Somebody answered; somebody is to be told; a card is to be dealt.
    let bell = Bell(), noticeBell = Bell(), cardBell = Bell()

    init(
        on ground: Ground, _ brokerage: Brokerage, _ toolbox: Toolbox, _ registered: Registered,
        _ connecting: Connecting
    ) {
        let (home, store, world, log) = (ground.home, ground.store, ground.world, ground.log)
        let (egress, providers, facts) = (brokerage.egress, ground.providers, registered.facts)
        gate = ActionGate(
            shelf: toolbox.shelf, facts: facts,
            connections: StoredConnections(store: store, commits: store, world: world), sessions: store,
            budgets: store, commits: store, upstream: egress, approvals: store, payloads: store,
            sealing: SealedPayloads(keys: home.keys),
            asking: AskSettings(
                notices: { QueuedNotice.changes(for: $0) + OwedCard.changes(for: $0) },
                connectionNotices: QueuedNotice.changes(for:),
                told: { [noticeBell] in noticeBell.ring() },
                wake: { [bell, noticeBell, cardBell] _ in
                    bell.ring()
                    noticeBell.ring()
                    cardBell.ring()
                }),
            challenges: ScopeLessons(
                apis: StepUpDesk(
                    store: store, commits: store, providers: providers, keeper: brokerage.keeper, world: world),
                servers: connecting.servers,
                widened: { await connecting.guide.widened($0, with: connecting.grants) }),
            observer: ground.instruments.calls, brake: { [disk = ground.disk] in disk.reason }, world: world,
            tally: tally, receipts: ReceiptSigner(keys: home.ledger), uses: ConnectionUses(world: world), log: log)
        runner = ApprovalRunner(gate: gate, bell: bell, log: log)
        unknown = UnknownCallDesk(gate: gate, calls: store, mandate: { try await facts.mandate(of: $0, in: $1) })
        noticeDesk = NoticeDesk(store: store, keys: home.keys, organization: home.organization, world: world)
        readership = ChannelReadership(
            channels: ServedChannels.censuses,
            transport: ChannelErrands(egress: egress, connections: store, providers: providers), commits: store,
            world: world, log: log)
        ways = NoticeWays(
            desk: noticeDesk, egress: egress, addresses: ground.addresses, secrets: ground.secrets, world: world,
            channels: ChannelNotifier(
                store: store, channels: ServedChannels.all,
                delivery: Talk.delivery(home: home, egress: egress, providers: providers, readership), world: world),
            hasChannels: {
                try await store.channelAccounts(in: home.organization).contains { $0.account.connection != nil }
            })
        notices = NoticeRunner(
            store: store, addressees: RegistryAddressees(store: store), ways: ways,
            link: { [publicName = ground.publicName] in publicName.link(to: $0, of: $1) }, world: world,
            isMissing: { notice, provider in try await store.isMissing(provider, for: notice) },
            isInTrouble: { notice, id in
                switch try await connecting.desk.standing(of: id, in: notice.organization)?.standing.state {
                case .expiring, .needsReconnect: true
                case .active, .revoked, .operatorAction, nil: false
                }
            },
            isStopped: { try await store.schedule($0)?.state.isStopped ?? false },
            reach: { try await store.reach(of: $0, to: $1) }, bell: noticeBell, log: log)
    }
}

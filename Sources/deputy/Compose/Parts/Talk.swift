import Authority
import Broker
import Channels
import Definition
import Egress
import Gate
import Gateway
import Logging
import Models
import Registry
import ServiceLifecycle
import Storage
import Telemetry
import Turns
import Wire

/// What people's conversations need, wired.
struct Talk {
    let desk: TalkDesk
    let sessions: SessionDesk
    let schedules: ScheduleDesk
    let clock: ScheduleRunner
    let turns: TurnRunner
    let outbox: OutboxRunner
    let pruner: InboxPruner
    let cards: CardKeeper
    let dealer: CardDealer
    let hooks: HookServer
    let mailboxes: MailboxWatcher
    let sockets: SocketWatcher
    private let events: TurnEvents
    private let bell: Bell

    init(
        on ground: Ground, _ brokerage: Brokerage, _ toolbox: Toolbox, _ registered: Registered,
        _ connecting: Connecting, _ asking: Asking, _ channels: ChannelParts
    ) {
        let (home, store, world, log) = (ground.home, ground.store, ground.world, ground.log)
        let (payloads, providers, publicName) = (ground.payloads, ground.providers, ground.publicName)
        let (gate, egress, readership) = (asking.gate, brokerage.egress, asking.readership)
        let (administration, senders) = (registered.administration, channels.senders)
        let refusals = ground.instruments.channels
        let homeMail = { @Sendable in try await asking.ways.mail() }
        let (bell, outboxBell, events) = (Bell(), Bell(), TurnEvents())
        (self.bell, self.events) = (bell, events)
        let approvals = ApprovalDesk(gate: gate)
        let inbox = InboxDesk(commits: store, payloads: payloads, world: world, bell: bell)
        desk = TalkDesk(store: store, payloads: payloads, inbox: inbox, events: events)
        sessions = SessionDesk(store: store, payloads: payloads, events: events, world: world)
        let terms = ScheduleAuthority(store: store, routes: { try await administration.routes(in: $0) }).terms
        clock = ScheduleRunner(
            store: store, payloads: payloads, terms: terms, world: world, bell: bell,
            told: { asking.noticeBell.ring() }, log: log)
        schedules = ScheduleDesk(runner: clock)
        let receptionist = Receptionist(
            accounts: store, senders: senders,
            directory: ChannelDirectory(
                channels: ServedChannels.directories,
                transport: ChannelErrands(egress: egress, connections: store, providers: providers),
                commits: store, world: world),
            routes: { try await administration.routes(in: $0) },
            offer: { sender, standing, organization in
                try await senders.offer(to: sender, standing, in: organization).map {
                    "\(publicName.value)/senders/\($0)"
                }
            })
        let words = GateWords(
            approvals: approvals, organization: home.organization, publicURL: { publicName.value },
            connectWay: { [guide = connecting.guide] in await guide.way(to: $0, for: $1, by: $2, in: $3) })
        turns = TurnRunner(
            gate: gate, store: store, payloads: payloads,
            reception: ScheduleReception(
                others: SignedInReception(others: receptionist), store: store, terms: terms),
            profiles: StoredProfiles(facts: registered.facts, workspaces: ground.workspaces), words: words,
            model: ModelClients(transport: ModelErrands(egress: egress)),
            connections: StoredConnections(store: store, commits: store, world: world), memory: toolbox.memory,
            files: toolbox.files,
            world: world, carriesFiles: ServedChannels.carriesFiles,
            events: events, bell: bell, outbox: outboxBell, log: log)
        outbox = OutboxRunner(
            store: store, payloads: payloads,
            delivery: HomeMailDelivery(
                others: Talk.delivery(home: home, egress: egress, providers: providers, readership), mail: homeMail),
            world: world, bell: outboxBell, log: log)
        pruner = InboxPruner(store: store, world: world, log: log)
        cards = CardKeeper(
            store: store, payloads: payloads,
            canEdit: ServedChannels.canEdit,
            following: { ServedChannels.following($0, $1, of: $2) },
            obstacles: CardObstacles(senders: senders, approvals: approvals), world: world, bell: outboxBell, log: log)
        dealer = CardDealer(
            store: store, payloads: payloads,
            places: CardPlaces(
                store: store, senders: senders, channels: ServedChannels.all,
                routes: { try await administration.routes(in: $0) }, addressees: RegistryAddressees(store: store),
                hasMail: { try await homeMail() != nil }), words: words,
            page: { "\(publicName.value)/approvals" }, world: world, bell: asking.cardBell, outbox: outboxBell, log: log
        )
        let saying = OutboxDesk(commits: store, payloads: payloads, world: world, bell: outboxBell)
        let floods = FloodDesk(
            accounts: store, senders: senders, commits: store, payloads: payloads, world: world, bell: outboxBell,
            log: log)
        mailboxes = MailboxWatcher(
            organization: home.organization, store: store,
            mailboxes: AccountMailboxes(egress: egress, connections: store, providers: providers),
            channel: MailChannel(), inbox: inbox, floods: floods, world: world, states: channels.mailboxes, log: log)
        let taking = HookDesk(
            inbox: inbox, floods: floods,
            presses: ButtonDesk(
                senders: senders, approvals: approvals, cards: CardReader(store: store, payloads: payloads),
                refused: RefusedPresses(commits: store, refusals: refusals, world: world, log: log),
                say: { press, content, replaced in
                    try? await saying.say(
                        content, to: press.sender, from: press.account, about: ApprovalID(press.approval),
                        reply: press.reply, replacing: replaced)
                }, log: log), readership: readership, refusals: refusals, log: log)
        hooks = HookServer(
            organization: home.organization, desk: channels.desk, channels: ServedChannels.hooks, taking: taking,
            now: world.now)
        sockets = SocketWatcher(
            organization: home.organization, store: store,
            sockets: AccountSockets(
                egress: egress, connections: store, secrets: SigningSecrets(keys: home.keys)),
            channels: ServedChannels.sockets, take: { await taking.take($0, of: $1) }, standings: channels.sockets,
            world: world,
            log: log)
    }

    /// Somebody answered: a turn that waits for it may go on.
    func wake() { bell.ring() }

    /// What other gateways say that they did.
    func hear(moved: [ConversationID: TurnID], stopped: Set<TurnID>) {
        turns.leave(stopped)
        for (conversation, turn) in moved { events.tell(.moved(turn), in: conversation) }
    }

    static func delivery(
        home: Home, egress: HTTPEgress, providers: ProviderShelf, _ readership: any Readership
    ) -> ChannelDelivery {
        let errands = ChannelErrands(egress: egress, connections: home.store, providers: providers)
        return ChannelDelivery(
            accounts: home.store, channels: ServedChannels.all, transport: errands, uploads: errands,
            readership: readership)
    }

    var services: [any Service] {
        [
            EndlessService("turns") { [turns] in await turns.run() },
            EndlessService("outbox") { [outbox] in await outbox.run() },
            EndlessService("mailboxes") { [mailboxes] in await mailboxes.run() },
            EndlessService("pruning") { [pruner] in await pruner.run() },
            EndlessService("sockets") { [sockets] in await sockets.run() },
            EndlessService("cards") { [cards, dealer] in
                async let kept: Void = cards.run()
                await dealer.run()
                await kept
            },
            EndlessService("schedules") { [clock] in await clock.run() },
        ]
    }
}

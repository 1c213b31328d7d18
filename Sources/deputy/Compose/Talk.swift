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
    let memory: MemoryDesk
    private let events: TurnEvents
    private let bell: Bell

    init(
        home: Home, gate: ActionGate, facts: RegistryFacts, administration: Administration, egress: HTTPEgress,
        workspaces: Workspaces, publicName: PublicName, guide: ConnectGuide, channels: ChannelDesk,
        senders: SenderDesk, memory: MemoryDesk, providers: ProviderShelf, refusals: Counter,
        mailboxStates: MailboxStates, standings: SocketStandings, readership: any Readership, cardBell: Bell,
        homeMail: @escaping @Sendable () async throws -> MailNotifier?, world: World, log: Logger
    ) {
        self.memory = memory
        let store = home.store
        let payloads = PayloadKeeper(sealing: SealedPayloads(keys: home.keys), store: store)
        let (bell, outboxBell, events) = (Bell(), Bell(), TurnEvents())
        (self.bell, self.events) = (bell, events)
        let approvals = ApprovalDesk(gate: gate)
        let inbox = InboxDesk(commits: store, payloads: payloads, world: world, bell: bell)
        desk = TalkDesk(store: store, payloads: payloads, inbox: inbox, events: events)
        sessions = SessionDesk(store: store, payloads: payloads, events: events, world: world)
        let terms = ScheduleAuthority(store: store, routes: { try await administration.routes(in: $0) }).terms
        clock = ScheduleRunner(store: store, payloads: payloads, terms: terms, world: world, bell: bell, log: log)
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
            connectWay: { await guide.way(to: $0, for: $1, by: $2, in: $3) })
        turns = TurnRunner(
            gate: gate, store: store, payloads: payloads,
            reception: ScheduleReception(
                others: SignedInReception(others: receptionist), store: store, terms: terms),
            profiles: StoredProfiles(facts: facts, workspaces: workspaces), words: words,
            model: ModelClients(transport: ModelErrands(egress: egress)),
            connections: StoredConnections(store: store, commits: store, world: world), memory: memory,
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
            page: { "\(publicName.value)/approvals" }, world: world, bell: cardBell, outbox: outboxBell, log: log)
        let saying = OutboxDesk(commits: store, payloads: payloads, world: world, bell: outboxBell)
        mailboxes = MailboxWatcher(
            organization: home.organization, store: store,
            mailboxes: AccountMailboxes(egress: egress, connections: store, providers: providers),
            channel: MailChannel(), inbox: inbox, world: world, states: mailboxStates, log: log)
        let taking = HookDesk(
            inbox: inbox,
            presses: ButtonDesk(
                senders: senders, approvals: approvals, cards: CardReader(store: store, payloads: payloads),
                refused: RefusedPresses(commits: store, refusals: refusals, world: world, log: log),
                say: { press, content, replaced in
                    try? await saying.say(
                        content, to: press.sender, from: press.account, about: ApprovalID(press.approval),
                        reply: press.reply, replacing: replaced)
                }, log: log), readership: readership, refusals: refusals, log: log)
        hooks = HookServer(
            organization: home.organization, desk: channels, channels: ServedChannels.hooks, taking: taking,
            now: world.now)
        sockets = SocketWatcher(
            organization: home.organization, store: store,
            sockets: AccountSockets(
                egress: egress, connections: store, secrets: SigningSecrets(keys: home.keys)),
            channels: ServedChannels.sockets, take: { await taking.take($0, of: $1) }, standings: standings,
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
            TurnService(runner: turns), OutboxService(runner: outbox), MailboxService(watcher: mailboxes),
            PruneService(pruner: pruner),
            SocketService(watcher: sockets), CardService(keeper: cards, dealer: dealer), ScheduleService(runner: clock),
        ]
    }
}

/// An agent's documents and models, and whether it is everybody's.
struct StoredProfiles: AgentProfiles {
    let facts: RegistryFacts
    let workspaces: Workspaces

    func profile(of agent: AgentID, in organization: OrganizationID) async throws -> AgentProfile? {
        guard let mandate = try await facts.mandate(of: agent, in: organization) else { return nil }
        let documents = workspaces.read(agent)
        let system = ["AGENTS.md", "SOUL.md", "USER.md"].compactMap { documents[$0] }.joined(separator: "\n\n")
        let isOwn: Bool =
            switch mandate.definition.actsAs {
            case .claw, .delegate: true
            case .assistant, nil: false
            }
        return AgentProfile(
            system: system, models: try await facts.models(of: mandate),
            isOpen: isOwn && mandate.definition.users == .everyone,
            tokensPerDay: mandate.definition.budget.tokensPerDay,
            tokensPerPersonPerDay: mandate.definition.budget.tokensPerPersonPerDay)
    }
}

/// Model calls as errands.
struct ModelErrands: ModelTransport {
    let egress: HTTPEgress

    func post(
        _ request: ModelHTTPRequest, at endpoint: ModelEndpoint,
        received: @escaping @Sendable ([UInt8]) async throws(ModelFailure) -> Void
    ) async throws(ModelFailure) -> ModelHTTPAnswer {
        try await egress.ask(request, at: endpoint, received: received)
    }
}

/// What may be done through a channel's account at the most. What the gateway itself serves has no account to be set up.
struct StoredCeilings: ChannelCeilings {
    let store: any ChannelAccountStore & TurnStore & ScheduleStore & RegistryStore

    func peer(of conversation: String, in organization: OrganizationID) async throws -> String? {
        try await store.place(of: ConversationID(raw: conversation), in: organization)?.peer.id
    }

    func ceiling(of kind: String, _ name: String, in organization: OrganizationID) async throws -> EffectSet? {
        guard let kind = ChannelKind(rawValue: kind) else { return nil }
        if kind == .schedule { return try await ceiling(of: ScheduleID(name), in: organization) }
        let id = ChannelAccountID(organization: organization, kind: kind, name: name)
        if let account = try await store.channelAccount(id)?.account { return account.isPaused ? nil : account.ceiling }
        return kind.nature.knowsPeople && name == "main" ? .all : nil
    }

    /// As long as whoever answers for it may have it run.
    private func ceiling(of id: ScheduleID, in organization: OrganizationID) async throws -> EffectSet? {
        guard let record = try await store.schedule(id), record.organization == organization else { return nil }
        return try await ScheduleAuthority.lacks(record, in: store) == nil ? .all : nil
    }
}

/// Messages as errands: with the account's connection, at that connection's own host.
struct ChannelErrands: ChannelTransport {
    let egress: HTTPEgress
    let connections: any ConnectionStore
    let providers: ProviderShelf

    func send(_ request: ChannelRequest, with connection: ConnectionID) async -> ChannelReply {
        do {
            guard let record = try await connections.connection(connection), record.health == .healthy else {
                return .notSent("the account's connection doesn't work")
            }
            let target = request.path.split(separator: "?", maxSplits: 1).map(String.init)
            let hasBody = request.body != .null
            let step = Step(
                kind: .effect, method: request.method, path: target[0], query: target.count > 1 ? target[1] : "",
                headers: hasBody ? [Step.Header("Content-Type", "application/json; charset=utf-8")] : [],
                body: hasBody ? request.body.bytes() : [],
                transport: providers.manifest(of: record.provider)?.mail.map { .mail($0.access) } ?? .http)
            let answer = try await egress.deliver(step, for: record.use)
            return .answered(ChannelAnswer(status: answer.status, retryAfter: answer.retryAfter, body: answer.body))
        } catch let failure as UpstreamFailure {
            switch failure {
            case .notSent(let reason): return .notSent(reason)
            case .unknown(let reason): return .unknown(reason)
            }
        } catch {
            return .notSent("the gateway can't read its own state")
        }
    }
}

extension ChannelErrands: FileTransport {
    func fetch(_ address: String, atMost most: Int, with connection: ConnectionID) async -> ChannelReply {
        await errand(with: connection) { use async throws(UpstreamFailure) in
            try await egress.fetch(address, atMost: most, for: use)
        }
    }
}

extension ChannelErrands: UploadTransport {
    func put(_ bytes: [UInt8], at address: String, with connection: ConnectionID) async -> ChannelReply {
        await errand(with: connection) { use async throws(UpstreamFailure) in
            try await egress.put(bytes, at: address, for: use)
        }
    }

    private func errand(
        with connection: ConnectionID, _ body: (ConnectionUse) async throws(UpstreamFailure) -> UpstreamAnswer
    ) async -> ChannelReply {
        do {
            guard let record = try await connections.connection(connection), record.health == .healthy else {
                return .notSent("the account's connection doesn't work")
            }
            let answer = try await body(record.use)
            return .answered(ChannelAnswer(status: answer.status, retryAfter: answer.retryAfter, body: answer.body))
        } catch let failure as UpstreamFailure {
            switch failure {
            case .notSent(let reason): return .notSent(reason)
            case .unknown(let reason): return .unknown(reason)
            }
        } catch {
            return .notSent("the gateway can't read its own state")
        }
    }
}

/// Reads mailboxes until the gateway stops.
private struct MailboxService: NamedService {
    let description = "mailboxes"
    let watcher: MailboxWatcher

    func run() async throws {
        await cancelWhenGracefulShutdown { await watcher.run() }
    }
}

/// Keeps cards true until the gateway stops.
private struct CardService: NamedService {
    let description = "cards"
    let keeper: CardKeeper
    let dealer: CardDealer

    func run() async throws {
        await cancelWhenGracefulShutdown {
            async let kept: Void = keeper.run()
            await dealer.run()
            await kept
        }
    }
}

/// Keeps sockets open until the gateway stops.
private struct SocketService: NamedService {
    let description = "sockets"
    let watcher: SocketWatcher

    func run() async throws {
        await cancelWhenGracefulShutdown { await watcher.run() }
    }
}

/// Runs turns until the gateway stops.
private struct TurnService: NamedService {
    let description = "turns"
    let runner: TurnRunner

    func run() async throws {
        await cancelWhenGracefulShutdown { await runner.run() }
    }
}

/// Sends what turns said until the gateway stops.
private struct OutboxService: NamedService {
    let description = "outbox"
    let runner: OutboxRunner

    func run() async throws {
        await cancelWhenGracefulShutdown { await runner.run() }
    }
}

/// Forgets what starts nothing until the gateway stops.
private struct PruneService: NamedService {
    let description = "pruning"
    let pruner: InboxPruner

    func run() async throws {
        await cancelWhenGracefulShutdown { await pruner.run() }
    }
}

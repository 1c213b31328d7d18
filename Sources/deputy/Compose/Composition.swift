import Authority
import Broker
import Channels
import Definition
import Egress
import FoundationEssentials
import Gate
import Gateway
import Glibc
import Logging
import OpenID
import Registry
import Storage
import Synchronization
import Telemetry
import Tools
import Turns
import Vault
import Wire

/// What a process may do with a home beyond what the home says.
struct CompositionSettings {
    /// Providers at `http://127.0.0.1`. For demos and tests.
    var allowsLoopback = false
    var isQuiet = false
    /// Answers what the source of the keys asks.
    var asker: any KeyAsker = KeyAnswers()
    /// Clients may register themselves (RFC 7591).
    var allowsRegistration = false
    var observe = ObserveSettings()
}

/// Everything wired, top to bottom.
struct Composition {
    let home: Home
    let gate: ActionGate
    let api: AdministrationAPI
    let approvals: ApprovalRunner
    let unknown: UnknownCallDesk
    let notices: NoticeRunner
    let noticeDesk: NoticeDesk
    let administration: Administration
    let administrator: Administrator
    let tokens: StoredTokens
    let checkpointer: Checkpointer
    let tally: CallTally
    let egress: HTTPEgress
    let ledger: LedgerDesk
    let publicName: PublicName
    let browsers: BrowserDesk
    let signIn: SignInDesk
    let logins: LoginDesk
    let failedSignIns: FailedSignIns
    let servers: ServerDesk
    let watch: ServerWatch
    let news: ServerNews
    let desk: ConnectionDesk
    let apps: AppDesk
    let keeper: TokenKeeper
    let guide: ConnectGuide
    let health: HealthDesk
    let revocations: RevocationDesk
    let rotations: RotationDesk
    let offboarding: OffboardingDesk
    let providers: ProviderShelf
    let audit: VaultAudit
    let keyDesk: KeyDesk
    let oauth: OAuthDesk
    let senders: SenderDesk
    let tokenKeys: SigningKeys
    let talk: Talk
    let retention: RetentionDesk
    let world: World
    let log: Logger
    let instruments: Instruments
    /// How much is logged unless the home says otherwise.
    let level: Logger.Level
    let readiness: Readiness
    let disk: DiskWatch
    let recovery: Recovery
    /// Has what others did looked at.
    let wake: @Sendable () -> Void
    /// How many calls had no outcome when the home was opened.
    let unknownCalls: Int
    /// A tree that isn't the one that was signed here.
    let forked: LedgerMark.Signed?

    static func open(
        _ paths: HomePaths, _ settings: CompositionSettings, database: String? = nil
    ) async throws -> Composition {
        try await compose(try await Home.open(paths, asking: settings.asker, database: database), settings)
    }

    static func compose(_ home: Home, _ settings: CompositionSettings) async throws -> Composition {
        let secrets = LiveSecrets()
        let instruments = Instruments(settings.observe, secrets: secrets)
        if let level = settings.isQuiet ? .error : try home.paths.logLevel.read() { instruments.sink.level = level }
        let log = instruments.sink.logger("deputy")
        let store = home.store
        let signing = LedgerSigning()
        instruments.registry.adding(HomeFigures(home: home, signing: signing))
        let readiness = Readiness()
        let disk = DiskWatch(home.paths.root, settings.observe.disk, log: log)
        instruments.registry.adding(disk)
        store.observeCommits { instruments.commits.record($0, $1) }
        readiness.addChecks(of: home, signing, disk)
        let clock = SystemWorld.clockThatLasts(sharing: store)
        readiness.add(clock)
        let world = SystemWorld.make(notBefore: try await store.lastLeafTime(), lasting: clock)

        let providers = try Providers.read(home.paths, origins: home.origins)
        let memory = MemoryDesk(
            store: store, commits: store,
            payloads: PayloadKeeper(sealing: SealedPayloads(keys: home.keys), store: store), world: world)
        let publicName = PublicName(configured: home.publicURL)
        let addresses = AddressPolicy(allowLoopback: settings.allowsLoopback)
        // What asks for tokens has no connection's credential to send.
        let wayOut = HTTPEgress(
            credentials: NoCredentials(), addresses: addresses, limits: EgressLimits(), secrets: secrets,
            userAgent: "deputy/\(Version.text)", instruments: instruments.upstream, clock: clock, log: log)
        let remotes = RemoteServices(
            of: store, knownAt: publicName, allowsLoopback: settings.allowsLoopback, errands: wayOut)
        let apps = AppDesk(
            store: store, commits: store, keys: home.keys, providers: providers, remotes: remotes, world: world)
        let keeper = TokenKeeper(
            store: store, commits: store, errands: wayOut, accounts: wayOut, keys: home.keys,
            fingerprints: home.fingerprints, apps: apps, providers: providers, remotes: remotes, world: world,
            people: {
                try await store.people(in: $0).map {
                    PersonClaim(person: $0.id, email: $0.email, subjects: $0.subjects)
                }
            },
            subjects: {
                let names = try await store.agent($1, in: $0)?.definition["subjects"]?.arrayValue ?? []
                return Set(names.compactMap(\.stringValue))
            }, leases: store.isShared ? store : nil, log: log)
        let credentials = SealedCredentials(
            store: store, commits: store, keys: home.keys, fingerprints: home.fingerprints, providers: providers,
            tokens: keeper, exchanges: TokenExchanger(keeper: keeper))
        let egress = wayOut.lending(credentials)
        let remembering = MemoryTools.all(memory)
        let payloads = PayloadKeeper(sealing: SealedPayloads(keys: home.keys), store: store)
        let files = FileDesk(
            store: store, payloads: payloads, channels: ServedChannels.files,
            transport: ChannelErrands(egress: egress, connections: store, providers: providers), world: world,
            models: { [models = StoredModels(store: store)] in try await models.models(of: $0, in: $1) },
            refused: { instruments.channels.add(1, [$0.rawValue, $1.rawValue]) })
        let opening = FileTools.all(
            files,
            FileSender(store: store, payloads: payloads, desk: files, carries: ServedChannels.carriesFiles))
        let bundled = ManifestTools.shelf(
            of: providers, and: remembering + opening,
            groups: [
                MemoryTools.group: remembering.map(\.spec.name), FileTools.group: opening.map(\.spec.name),
            ])
        let shelf = LiveShelf(bundled)

        let facts = RegistryFacts(
            store: store, commits: store, shelf: shelf, world: world, channels: StoredCeilings(store: store),
            instructions: { [workspaces = WorkspaceFolders.workspaces(of: home.paths)] agent in
                StandingOrders.revision(in: workspaces.read(agent)[StandingOrders.file])
            })
        let tokens = StoredTokens(store: store, grants: store, commits: store, world: world)
        let administration = Administration(
            store: store, commits: store, shelf: shelf, world: world,
            accounts: { try await store.connections(in: $0, of: nil).map(\.held) }, isDemo: home.isDemo)

        let mark = LedgerMark(paths: home.paths)
        // What was signed here before, and not what is there now, stays the mark.
        let forked = try await mark.forked(in: store)
        let marking = Mutex(())
        let checkpointer = Checkpointer(
            store: store, keys: home.ledger, log: log, before: forked == nil ? try mark.heads() : [:],
            onSigned: { [log] heads in
                signing.signed(heads.mapValues(\.size))
                guard forked == nil else { return }
                do {
                    try marking.withLock { _ in try mark.write(heads) }
                } catch {
                    log.warning(
                        "\(mark.paths.mark) can't be written: an older copy of the database would not be noticed")
                }
            }, onAttempt: signing.attempted)
        let desk = ConnectionDesk(
            store: store, commits: store, errands: egress, keys: home.keys, fingerprints: home.fingerprints,
            providers: providers,
            byHand: { name, organization in
                try? await store.servers(in: organization).first { $0.name == name.raw && $0.isConnectedByHand }?.origin
            }, remotes: remotes, sign: { try? await checkpointer.signAll() }, world: world)
        let revocations = RevocationDesk(
            store: store, commits: store, apps: apps, errands: egress, keys: home.keys, providers: providers,
            remotes: remotes, world: world)
        let rotations = RotationDesk(
            store: store, commits: store, apps: apps, errands: wayOut, management: wayOut, keys: home.keys,
            world: world)
        let leaving = LeavingDesk(store: store, connections: desk)
        let discovery = RemoteDiscovery(errands: egress, connections: store)
        let authorizations = AuthorizationDiscovery(errands: wayOut, documents: wayOut)
        let news = ServerNews(of: home.organization, now: world.now)
        let servers = ServerDesk(
            administration: administration, store: store, bundled: bundled,
            callable: {
                RemoteTools.callable($0) { news.tell(ServerNews.Item($0), of: $0.server, in: $0.organization) }
            },
            authorization: { server, issuer throws(RegistryError) in
                try await Composition.authorization(of: server, issuer, authorizations)
            },
            lend: { server, lending throws(RegistryError) in
                try await Composition.lend(lending, to: server, discovery)
            },
            discover: { server, lent throws(RegistryError) in
                try await Composition.discover(server, with: lent, discovery)
            })
        let watch = ServerWatch(
            desk: servers, organization: home.organization, news: news, leads: { try await store.leads("servers") })
        let workspaces = WorkspaceFolders.workspaces(of: home.paths)
        let guide = ConnectGuide(
            desk: ConnectDesk(
                store: store, commits: store, connections: desk, apps: apps, tokens: egress, keys: home.keys,
                providers: providers, remotes: remotes, credentials: credentials,
                verify: { provider, organization throws(BrokerError) in
                    try await Composition.verify(provider, in: organization, servers)
                }, world: world), administration: administration, workspaces: workspaces)
        let grants = GrantDesk(connecting: guide.desk)
        let tally = CallTally()
        let bell = Bell()
        let noticeBell = Bell()
        let cardBell = Bell()
        let gate = ActionGate(
            shelf: shelf, facts: facts, connections: StoredConnections(store: store, commits: store, world: world),
            sessions: store, budgets: store, commits: store, upstream: egress, approvals: store, payloads: store,
            sealing: SealedPayloads(keys: home.keys),
            asking: AskSettings(
                notices: { QueuedNotice.changes(for: $0) + OwedCard.changes(for: $0) },
                connectionNotices: QueuedNotice.changes(for:),
                told: { noticeBell.ring() },
                wake: { _ in
                    bell.ring()
                    noticeBell.ring()
                    cardBell.ring()
                }),
            challenges: ScopeLessons(
                apis: StepUpDesk(store: store, commits: store, providers: providers, world: world), servers: servers,
                widened: { await guide.widened($0, with: grants) }),
            observer: instruments.calls, brake: { disk.reason }, world: world,
            tally: tally,
            receipts: ReceiptSigner(keys: home.ledger), uses: ConnectionUses(world: world),
            log: log)
        let runner = ApprovalRunner(gate: gate, bell: bell, log: log)
        let noticeDesk = NoticeDesk(store: store, keys: home.keys, organization: home.organization, world: world)
        let readership = ChannelReadership(
            channels: ServedChannels.censuses,
            transport: ChannelErrands(egress: egress, connections: store, providers: providers), commits: store,
            world: world, log: log)
        let ways = NoticeWays(
            desk: noticeDesk, egress: egress, addresses: AddressPolicy(allowLoopback: settings.allowsLoopback),
            secrets: secrets, world: world,
            channels: ChannelNotifier(
                store: store, channels: ServedChannels.all,
                delivery: Talk.delivery(home: home, egress: egress, providers: providers, readership), world: world),
            hasChannels: {
                try await store.channelAccounts(in: home.organization).contains { $0.account.connection != nil }
            })
        let notices = NoticeRunner(
            store: store, addressees: RegistryAddressees(store: store), ways: ways,
            link: { publicName.link(to: $0, of: $1) }, world: world,
            isMissing: { notice, provider in try await store.isMissing(provider, for: notice) },
            isInTrouble: { notice, id in
                switch try await desk.standing(of: id, in: notice.organization)?.standing.state {
                case .expiring, .needsReconnect: true
                case .active, .revoked, .operatorAction, nil: false
                }
            },
            isStopped: { try await store.schedule($0)?.state.isStopped ?? false },
            reach: { try await store.reach(of: $0, to: $1) }, bell: noticeBell, log: log)

        let health = HealthDesk(
            store: store, commits: store, connections: desk, keeper: keeper, organization: home.organization,
            settings: HealthSettings(
                person: { owner in
                    switch owner {
                    case .person(let person): person
                    case .agent(let agent):
                        try? await administration.agent(agent, in: home.organization).definition.owner
                    case .organization: nil
                    }
                },
                webhook: {
                    try await noticeDesk.settings().webhook.map {
                        WebhookNotifier($0, egress: egress, now: world.now)
                    }
                }, link: { publicName.value + "/connections" }, told: { noticeBell.ring() },
                changed: {
                    try await servers.moved(in: home.organization).map {
                        ChangedServer(
                            server: $0.server, tools: $0.tools.count,
                            isAuthorizationChanged: $0.isAuthorizationChanged, new: Set($0.new), keepers: $0.keepers)
                    }
                }), world: world)
        let audit = VaultAudit(
            connections: store, ledger: store, commits: store, keys: home.keys, signing: home.ledger, world: world)
        // Tenths of a second. A gateway that lives signs within one.
        var waits = store.isShared ? 50 : 0
        let distrusted = try await audit.distrustUnsigned(in: home.organization) {
            guard waits > 0 else { return false }
            waits -= 1
            return (try? await Task.sleep(for: .milliseconds(100))) != nil
        }
        for id in distrusted {
            log.warning("connection is out of use: its record was never signed", metadata: ["connection": "\(id)"])
        }
        let ledger = LedgerDesk(store: store, keys: home.ledger, now: world.now)
        let administrator: Administrator = home.isDemo ? .demo : .systemUser(uid: UInt32(geteuid()))
        try await servers.load(home.organization)
        shelf.reload { try await servers.load($0) }
        let signIn = SignInDesk(
            store: store, keys: home.keys, errands: egress, organization: home.organization, world: world)
        let tokenKeys = SigningKeys(store: store, keys: home.keys, organization: home.organization, world: world)
        let oauth = OAuthDesk(
            administration: administration, store: store, exchanges: store,
            documents: ClientDocuments(allowsLoopback: settings.allowsLoopback, now: world.now) {
                try await Composition.document($0, egress)
            },
            issuerKeys: IssuerKeys(now: world.now) { origin, target throws(UpstreamFailure) in
                try await egress.document(at: origin, target)
            },
            settings: OAuthSettings(
                issuer: { publicName.value }, home: home.organization, allowsRegistration: settings.allowsRegistration),
            sign: { try await tokenKeys.sign($0) })
        let offboarding = OffboardingDesk(
            administration: administration, leaving: leaving, revocations: revocations, store: store,
            organization: home.organization, world: world,
            remotes: { [organization = home.organization] in
                try await store.servers(in: organization).map { ProviderID($0.name) }
            })
        let retention = RetentionDesk(
            store: store,
            retention: {
                let keeping = try await administration.transcriptKeeping(in: $0)
                return Retention(days: keeping.days, agents: keeping.agents)
            }, world: world)
        let standings = SocketStandings()
        instruments.registry.add { SocketFigures.families(standings) }
        let mailboxStates = MailboxStates(count: { instruments.channels.add(1, ["mail", $0.rawValue]) })
        instruments.registry.adding(MailboxFigures(states: mailboxStates))
        let doctor = Doctor(
            home: home, providers: providers, administration: administration, desk: desk, apps: apps,
            world: world, ledger: ledger,
            servers: servers, audit: audit, signIn: signIn, oauth: oauth, workspaces: workspaces,
            retention: retention, mailboxes: mailboxStates, refusals: instruments.channels, disk: disk,
            sockets: standings, clock: clock)
        let keyDesk = KeyDesk(
            rows: store, commits: store, keys: home.keys, holders: store.isShared ? store : nil,
            connections: store, world: world)
        let browsers = BrowserDesk(
            administration: administration, browsers: store,
            allowsLinks: { try await signIn.settings().allowsLinks })
        let logins = LoginDesk(administration: administration, store: store)
        let failedSignIns = FailedSignIns(administration: administration, organization: home.organization)
        let channels = ChannelDesk(
            store: store, commits: store, sealing: VaultChannelSealing(secrets: SigningSecrets(keys: home.keys)),
            world: world,
            connection: { id, organization in
                try await store.connection(id).flatMap { $0.organization == organization ? $0.use.facts : nil }
            }, app: { try await desk.app(of: $0, in: $1)?.appID },
            isMailbox: { [providers] in providers.manifest(of: $0)?.mail?.access.smtp != nil },
            channel: ServedChannels.channel)
        let senders = SenderDesk(
            store: store, commits: store, people: RegisteredPeople(store: store),
            bots: { organization in
                try await store.channelAccounts(in: organization).reduce(into: []) { $0.formUnion($1.account.bots) }
            }, world: world)
        let talk = Talk(
            home: home, gate: gate, facts: facts, administration: administration, egress: egress,
            workspaces: workspaces, publicName: publicName, guide: guide, channels: channels, senders: senders,
            memory: memory, files: files, providers: providers, refusals: instruments.channels,
            mailboxStates: mailboxStates,
            standings: standings, readership: readership, cardBell: cardBell,
            told: { noticeBell.ring() },
            homeMail: { try await ways.mail() }, world: world, log: log)
        let api = AdministrationAPI(
            administration: administration, channels: channels, sockets: standings,
            census: CensusDesk(
                accounts: store, channels: ServedChannels.censuses,
                transport: ChannelErrands(egress: egress, connections: store, providers: providers), senders: senders,
                commits: store, world: world), senders: senders, cards: talk.cards,
            troubles: TroubleDesk(store: store, commits: store, payloads: store, world: world),
            sessions: talk.sessions, schedules: talk.schedules, browsers: browsers,
            servers: servers,
            signIn: SignInDesks(desk: signIn, logins: logins), desk: desk, apps: apps, guide: guide, health: health,
            uses: store, openCalls: store,
            grants: grants, revocations: revocations, offboarding: offboarding, keys: keyDesk, audit: audit,
            notices: NoticeDesks(
                desk: noticeDesk, store: store, ways: ways, link: { publicName.link(to: $0, of: $1) },
                changed: { noticeBell.ring() }), workspaces: workspaces, gate: gate,
            shelf: shelf, commits: store,
            ledger: ledger,
            organization: home.organization,
            administrator: administrator, world: world, publicURL: { publicName.served },
            address: { publicName.known }, oauth: oauth, rotateSigningKeys: { try await tokenKeys.rotate(by: $0) },
            doctor: { await doctor.examine(settings) },
            status: { await Status(home: home, readiness: readiness, registry: instruments.registry).json() },
            backup: { try await HomeBackup(home: home, keys: keyDesk, world: world).write(to: $0, by: $1) })

        let recovery = Recovery(commits: store, calls: store, world: world, log: log)
        let unknownCalls = try await recovery.run(version: Version.text)
        try await Upgrade(store: store, commits: store, world: world).tell()
        return Composition(
            home: home, gate: gate, api: api, approvals: runner,
            unknown: UnknownCallDesk(gate: gate, calls: store, mandate: { try await facts.mandate(of: $0, in: $1) }),
            notices: notices,
            noticeDesk: noticeDesk, administration: administration,
            administrator: administrator,
            tokens: tokens, checkpointer: checkpointer, tally: tally, egress: egress,
            ledger: ledger, publicName: publicName, browsers: browsers, signIn: signIn, logins: logins,
            failedSignIns: failedSignIns, servers: servers, watch: watch, news: news, desk: desk, apps: apps,
            keeper: keeper,
            guide: guide, health: health, revocations: revocations, rotations: rotations,
            offboarding: offboarding, providers: providers, audit: audit, keyDesk: keyDesk, oauth: oauth,
            senders: senders, tokenKeys: tokenKeys,
            talk: talk,
            retention: retention,
            world: world, log: log,
            instruments: instruments, level: settings.observe.level, readiness: readiness, disk: disk,
            recovery: recovery,
            wake: {
                bell.ring()
                noticeBell.ring()
                talk.wake()
            }, unknownCalls: unknownCalls, forked: forked)
    }

    private static func document(
        _ address: ClientDocument.Address, _ egress: HTTPEgress
    ) async throws -> FetchedDocument {
        let answer = try await egress.document(
            at: address.origin, path: address.path, query: address.query, most: ClientDocument.mostBytes)
        return FetchedDocument(
            status: answer.status, mediaType: answer.header("content-type") ?? "", body: answer.body,
            cacheControl: answer.header("cache-control") ?? "")
    }

    func pages() throws -> PageServer {
        let name = publicName
        return try PageServer(
            desks: PageDesks(
                approvals: ApprovalDesk(gate: gate), unknown: unknown, browsers: browsers,
                agreements: AgreementDesk(administration: administration), connections: desk,
                administration: administration, servers: servers,
                payloads: PayloadDesk(administration: administration, gate: gate), ledger: home.store, signIn: signIn,
                logins: logins, failures: failedSignIns, oauth: oauth, guide: guide, talk: talk.desk,
                mayUse: { [gate] in await gate.mayUse($0, $1, in: $2) }, senders: senders,
                workspaces: WorkspaceFolders.workspaces(of: home.paths), memory: talk.memory,
                schedules: talk.schedules),
            settings: PageSettings(
                publicURL: { name.value },
                providers: { [providers, home] in
                    let remote = try? await home.store.servers(in: home.organization).filter(\.isConnectedByHand)
                    return providers.all.map(\.provider) + (remote ?? []).map { ProviderID($0.name) }
                }, now: world.now,
                vouched: { [providers, home] token in
                    let slack = providers.manifest(of: ProviderID("slack"))?.origin ?? SlackSignIn.issuer
                    guard token.issuer == slack else { return [] }
                    return SlackSignIn.senders(
                        token.claims, known: try await home.store.channelAccounts(in: home.organization).map(\.account))
                }, refusedFile: { [instruments] in instruments.channels.add(1, ["web", $0.rawValue]) }),
            log: log)
    }

    /// Signs what was appended, and lets go of the home. Not stopped half-way by a cancellation that led here.
    func close() async throws {
        let (checkpointer, egress, store, failedSignIns) = (checkpointer, egress, home.store, failedSignIns)
        let (exporter, isForked) = (instruments.exporter, forked != nil)
        try await Task {
            var failure: (any Error)?
            await failedSignIns.flush()
            if !isForked { do { try await checkpointer.signAll() } catch { failure = error } }
            try? await egress.shutdown()
            await exporter?.finish()
            try await store.close()
            if let failure { throw failure }
        }.value
    }
}

import Authority
import Broker
import Gate
import Registry
import Turns
import Twins
import Wire

/// A store with one planted fault, to show that the contracts find it.
struct FaultyStore: Sendable {
    enum Fault: CaseIterable {
        case ignoresRequirements, forgetsBumps, appliesPartly, losesSubmissions, forgetsLabels, forgetsIdentity
        case ignoresBudgets, cutsPayloads, dropsLeaves, mixesTrees, replacesAnything, keepsSecrets, mixesOwners
        case spendsTwice, forgetsCaps, keepsLinks, keepsServers, keepsShares, keepsOldSeals, keepsLogins, keepsCodes
        case losesClaims, keepsIssuers, widensTokens, keepsChoices
        case takesStepsTwice, keepsConnections, goesOnAfterTheEnd, keepsTalking, keepsSenders, forgetsNothing
        case mixesMemories, readsAgain, keepsSigns, clearsSummaries, lendsTokens, mixesCards, repeatsRuns
        case keepsWords, keepsCards

        var contract: Contract {
            switch self {
            case .ignoresRequirements, .forgetsBumps, .appliesPartly, .losesSubmissions: .commits
            case .forgetsLabels: .sessions
            case .forgetsIdentity: .calls
            case .ignoresBudgets: .budgets
            case .cutsPayloads: .payloads
            case .dropsLeaves, .mixesTrees: .ledger
            case .replacesAnything: .registry
            case .keepsSecrets, .mixesOwners: .connections
            case .spendsTwice, .forgetsCaps: .approvals
            case .keepsLinks: .browsers
            case .keepsServers: .servers
            case .keepsShares: .sharing
            case .keepsOldSeals: .sealedRows
            case .keepsLogins: .logins
            case .keepsCodes: .oauth
            case .losesClaims: .tokens
            case .keepsIssuers, .widensTokens: .exchange
            case .keepsChoices: .choices
            case .takesStepsTwice: .connecting
            case .keepsConnections: .departures
            case .goesOnAfterTheEnd, .clearsSummaries, .lendsTokens: .turns
            case .keepsTalking: .channelAccounts
            case .keepsSenders: .senders
            case .readsAgain: .mailboxes
            case .keepsSigns: .signs
            case .mixesCards: .cards
            case .repeatsRuns: .schedules
            case .forgetsNothing, .mixesMemories: .memories
            case .keepsWords, .keepsCards: .senderWords
            }
        }
    }

    let fault: Fault
    let inner = MemoryStore()

    init(_ fault: Fault) {
        self.fault = fault
    }

    private func spoiled(_ transaction: Transaction) -> Transaction {
        var spoiled = transaction
        switch fault {
        case .ignoresRequirements: spoiled.requires = []
        case .forgetsBumps: spoiled.bumps = []
        case .ignoresBudgets: spoiled.spends = []
        case .dropsLeaves: spoiled.leaves = Array(transaction.leaves.dropLast())
        case .mixesTrees: spoiled.leaves = transaction.leaves.map { PlacedLeaf($0.leaf, in: .system) }
        case .forgetsLabels, .forgetsIdentity, .cutsPayloads, .replacesAnything, .keepsSecrets, .spendsTwice,
            .forgetsCaps, .keepsLinks, .keepsServers, .keepsShares, .keepsOldSeals, .keepsLogins, .keepsCodes,
            .losesClaims, .keepsIssuers, .widensTokens, .keepsChoices, .takesStepsTwice,
            .keepsConnections, .goesOnAfterTheEnd, .keepsTalking, .keepsSenders, .forgetsNothing, .readsAgain,
            .keepsSigns, .clearsSummaries, .lendsTokens, .keepsWords, .keepsCards:
            spoiled.changes = transaction.changes.compactMap(spoiled(_:))
        case .appliesPartly, .losesSubmissions, .mixesOwners, .mixesMemories, .mixesCards, .repeatsRuns: break
        }
        return spoiled
    }

    private func spoiled(_ change: any StoredChange) -> (any StoredChange)? {
        switch (fault, change) {
        case (.forgetsLabels, GateChange.saw(let key, _, let time)): GateChange.saw(key, .fresh, at: time)
        case (.forgetsIdentity, GateChange.open(let call)):
            GateChange.open(
                OpenCall(
                    id: call.id, organization: call.organization, agent: call.agent, requester: call.requester,
                    tool: call.tool, effect: call.effect, identity: nil, state: call.state, opened: call.opened))
        case (.cutsPayloads, GateChange.keep(let payload)):
            GateChange.keep(
                Payload(id: payload.id, digestKey: payload.digestKey, sealed: payload.sealed.dropLast()))
        case (.replacesAnything, RegistryChange.replacePerson): nil
        case (.keepsSecrets, BrokerChange.shred): nil
        case (.keepsOldSeals, VaultChange.replace): nil
        case (.keepsLogins, LoginChange.unlink): nil
        case (.keepsShares, SharingChange.unshare): nil
        case (.spendsTwice, ApprovalChange.step(_, .spend)): nil
        case (.forgetsCaps, ApprovalChange.park(let approval, _)): ApprovalChange.park(approval, AskCaps())
        case (.keepsLinks, BrowserChange.takeLink): nil
        case (.keepsServers, ServerChange.remove): nil
        case (.keepsCodes, OAuthChange.useCode): nil
        case (.losesClaims, TokenSetChange.claim): nil
        case (.keepsIssuers, ExchangeChange.removeIssuer): nil
        case (.widensTokens, OAuthChange.addToken(let token)):
            OAuthChange.addToken(
                OAuthToken(
                    hash: token.hash, kind: token.kind, grant: token.grant, expires: token.expires,
                    isUsed: token.isUsed))
        case (.keepsChoices, ChoiceChange.takeBack): nil
        case (.takesStepsTwice, ConnectChange.step): nil
        case (.keepsConnections, BrokerChange.revokeAll): nil
        case (.goesOnAfterTheEnd, TurnChange.move(let turn, from: _)) where turn.state != .ready: nil
        case (.clearsSummaries, TurnChange.summarize(let summary, let earlier)):
            TurnChange.summarize(
                Summary(
                    session: summary.session, conversation: summary.conversation, first: summary.first,
                    last: summary.last, lastTurn: summary.lastTurn, labels: .fresh, payload: summary.payload),
                replacing: earlier)
        case (.lendsTokens, TurnChange.reserve(let use, let tokens, _)): TurnChange.used(use, tokens: tokens)
        case (.keepsSenders, SenderChange.unlinkAll): nil
        case (.readsAgain, MailboxChange.move(let account, let before?, _)):
            MailboxChange.move(account, from: before, to: before)
        case (.forgetsNothing, ErasureChange.memory): nil
        case (.keepsSigns, SignChange.forget): nil
        case (.keepsWords, ErasureChange.sender): nil
        case (.keepsCards, ErasureChange.approvals): nil
        case (.keepsTalking, ChannelChange.pause(let id, true)): ChannelChange.pause(id, false)
        case (_, let change): change
        }
    }
}

extension FaultyStore: Commits {
    func commit(_ transaction: Transaction) async throws(CommitError) {
        if fault == .appliesPartly {
            for change in transaction.changes { try await inner.commit(Transaction(changes: [change])) }
        }
        try await inner.commit(spoiled(transaction))
    }

    func submit(_ transaction: Transaction) {
        if fault != .losesSubmissions { inner.submit(spoiled(transaction)) }
    }

    func epoch(of scope: EpochScope) -> Int64 { inner.epoch(of: scope) }
    func knownEpoch(of scope: EpochScope) -> Int64? { inner.knownEpoch(of: scope) }
}

extension FaultyStore: SessionStates, OpenCalls, Budgets, Payloads, LedgerStore {
    func state(of session: SessionKey) async throws -> SessionState? { try await inner.state(of: session) }
    func sessions(in organization: OrganizationID, limit: Int) async throws -> [StoredSession] {
        try await inner.sessions(in: organization, limit: limit)
    }
    func abandonedCalls() async throws -> [AbandonedCalls] { try await inner.abandonedCalls() }
    func openCalls() async throws -> [OpenCall] { try await inner.openCalls() }
    func ownCalls() async throws -> [OpenCall] { try await inner.ownCalls() }
    func openCall(_ id: CallID) async throws -> OpenCall? { try await inner.openCall(id) }
    func used(_ window: BudgetWindow) async throws -> Int { try await inner.used(window) }
    func payload(_ id: String) async throws -> Payload? { try await inner.payload(id) }
    func trees() async throws -> [TreeID] { try await inner.trees() }
    func hashes(of tree: TreeID, level: Int, from index: Int64, count: Int) async throws -> [Digest] {
        try await inner.hashes(of: tree, level: level, from: index, count: count)
    }

    func head(of tree: TreeID) async throws -> TreeHead { try await inner.head(of: tree) }
    func checkpoints(of tree: TreeID) async throws -> [String] { try await inner.checkpoints(of: tree) }
    func latestCheckpoints(of tree: TreeID, limit: Int) async throws -> [String] {
        try await inner.latestCheckpoints(of: tree, limit: limit)
    }

    func records(of tree: TreeID, from index: Int64, limit: Int) async throws -> [StoredRecord] {
        try await inner.records(of: tree, from: index, limit: limit)
    }

    func keep(checkpoint: String, size: Int64, of tree: TreeID) async throws {
        try await inner.keep(checkpoint: checkpoint, size: size, of: tree)
    }
}

extension FaultyStore: RegistryStore, ConnectionStore {
    func organization(_ id: OrganizationID) async throws -> OrganizationRecord? { try await inner.organization(id) }
    func organizations() async throws -> [OrganizationRecord] { try await inner.organizations() }
    func document(_ name: String, in organization: OrganizationID) async throws -> JSON? {
        try await inner.document(name, in: organization)
    }
    func person(at address: String, in organization: OrganizationID) async throws -> PersonRecord? {
        try await inner.person(at: address, in: organization)
    }
    func people(in organization: OrganizationID) async throws -> [PersonRecord] {
        try await inner.people(in: organization)
    }
    func agents(in organization: OrganizationID) async throws -> [AgentRecord] {
        try await inner.agents(in: organization)
    }
    func token(hash: Digest) async throws -> TokenRecord? { try await inner.token(hash: hash) }
    func token(_ id: ClientID) async throws -> TokenRecord? { try await inner.token(id) }
    func connection(_ id: ConnectionID) async throws -> ConnectionRecord? { try await inner.connection(id) }
    func tokens(in organization: OrganizationID) async throws -> [TokenRecord] {
        try await inner.tokens(in: organization)
    }
    func person(_ id: PersonID, in organization: OrganizationID) async throws -> PersonRecord? {
        try await inner.person(id, in: organization)
    }
    func agent(_ id: AgentID, in organization: OrganizationID) async throws -> AgentRecord? {
        try await inner.agent(id, in: organization)
    }
    func agreement(
        of person: PersonID, with agent: AgentID, in organization: OrganizationID
    ) async throws -> AgreementRecord? {
        try await inner.agreement(of: person, with: agent, in: organization)
    }

    func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [ConnectionRecord] {
        try await connections(in: organization, of: fault == .mixesOwners ? nil : owner).filter {
            $0.provider == provider
        }
    }

    func connections(in organization: OrganizationID, of owner: Owner?) async throws -> [ConnectionRecord] {
        try await inner.connections(in: organization, of: owner)
    }

    func connections(
        in organization: OrganizationID, after: ConnectionID?, limit: Int
    ) async throws -> [ConnectionRecord] {
        try await inner.connections(in: organization, after: after, limit: limit)
    }

    func choices(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> [AccountChoice] {
        try await inner.choices(of: owner, at: provider, in: organization)
    }

    func choices(in organization: OrganizationID) async throws -> [AccountChoice] {
        try await inner.choices(in: organization)
    }
}

extension FaultyStore: DepartureStore, LeavingStore {
    func departure(of person: PersonID, in organization: OrganizationID) async throws -> Departure? {
        try await inner.departure(of: person, in: organization)
    }
    func openDepartures(in organization: OrganizationID) async throws -> [Departure] {
        try await inner.openDepartures(in: organization)
    }
    func belongings(
        of person: PersonID, in organization: OrganizationID, at time: Timestamp
    ) async throws -> Belongings {
        try await inner.belongings(of: person, in: organization, at: time)
    }
    func connections(
        of person: PersonID, revoked: Bool, in organization: OrganizationID, limit: Int
    ) async throws -> [ConnectionRecord] {
        try await inner.connections(of: person, revoked: revoked, in: organization, limit: limit)
    }
    func connectionsHeld(
        for claim: PersonClaim, in organization: OrganizationID, limit: Int
    ) async throws -> [ConnectionRecord] {
        try await inner.connectionsHeld(for: claim, in: organization, limit: limit)
    }
    func connectionCounts(
        of person: PersonID, in organization: OrganizationID
    ) async throws -> [ProviderID: Int] {
        try await inner.connectionCounts(of: person, in: organization)
    }
    func openFlows(of person: PersonID, in organization: OrganizationID) async throws -> [ConnectFlow] {
        try await inner.openFlows(of: person, in: organization)
    }
    func revocations(for person: PersonID, in organization: OrganizationID) async throws -> [ProviderID: Int] {
        try await inner.revocations(for: person, in: organization)
    }
}

extension FaultyStore: RevocationStore {
    func revocationsDue(by time: Timestamp, limit: Int) async throws -> [PendingRevocation] {
        try await inner.revocationsDue(by: time, limit: limit)
    }
    func revocations(of connection: ConnectionID) async throws -> [PendingRevocation] {
        try await inner.revocations(of: connection)
    }
}

extension FaultyStore: SignStore {
    func signs(in tree: TreeID) async throws -> [GatewaySign] { try await inner.signs(in: tree) }
}

extension FaultyStore: UseStore {
    func toolUses(in organization: OrganizationID, since day: Int64) async throws -> [ToolUse] {
        try await inner.toolUses(in: organization, since: day)
    }
    func toolUsesKeptSince() async throws -> Timestamp { try await inner.toolUsesKeptSince() }
}

extension FaultyStore: HealthStore {
    func healthMarks(
        in organization: OrganizationID, about prefix: String, limit: Int
    ) async throws -> [HealthEvent] {
        try await inner.healthMarks(in: organization, about: prefix, limit: limit)
    }
    func rotation(of subject: HealthSubject, in organization: OrganizationID) async throws -> KeyRotation? {
        try await inner.rotation(of: subject, in: organization)
    }
    func rotations(in organization: OrganizationID) async throws -> [KeyRotation] {
        try await inner.rotations(in: organization)
    }
    func rotationsDue(by time: Timestamp, limit: Int) async throws -> [KeyRotation] {
        try await inner.rotationsDue(by: time, limit: limit)
    }
    func secretEnds(in organization: OrganizationID) async throws -> [SecretEnd] {
        try await inner.secretEnds(in: organization)
    }
    func secretEnd(of subject: HealthSubject, in organization: OrganizationID) async throws -> SecretEnd? {
        try await inner.secretEnd(of: subject, in: organization)
    }
    func healthMark(of subject: HealthSubject, in organization: OrganizationID) async throws -> HealthEvent? {
        try await inner.healthMark(of: subject, in: organization)
    }
    func healthEventsUntold(limit: Int) async throws -> [HealthEvent] {
        try await inner.healthEventsUntold(limit: limit)
    }
    func healthEventsUnsent(by time: Timestamp, limit: Int) async throws -> [UnsentEvent] {
        try await inner.healthEventsUnsent(by: time, limit: limit)
    }
    func renewalTroubles(at time: Timestamp, many: Int) async throws -> [RenewalTrouble] {
        try await inner.renewalTroubles(at: time, many: many)
    }
    func tokensEnding(by time: Timestamp, alsoTold: Bool, limit: Int) async throws -> [ConnectionID] {
        try await inner.tokensEnding(by: time, alsoTold: alsoTold, limit: limit)
    }
}

extension FaultyStore: AppStore, TokenSetStore {
    func app(
        at provider: ProviderID, of agent: AgentID?, in organization: OrganizationID
    ) async throws -> AppRecord? {
        try await inner.app(at: provider, of: agent, in: organization)
    }
    func apps(in organization: OrganizationID) async throws -> [AppRecord] { try await inner.apps(in: organization) }
    func tokens(of connection: ConnectionID) async throws -> TokenSet? { try await inner.tokens(of: connection) }
    func tokens(in organization: OrganizationID, of owner: Owner?) async throws -> [TokenSet] {
        try await inner.tokens(in: organization, of: owner)
    }
    func tokens(
        in organization: OrganizationID, after: ConnectionID?, through last: ConnectionID?
    ) async throws -> [TokenSet] {
        try await inner.tokens(in: organization, after: after, through: last)
    }
    func tokensDue(by time: Timestamp, limit: Int) async throws -> [ConnectionID] {
        try await inner.tokensDue(by: time, limit: limit)
    }
}

extension FaultyStore: ApprovalStore {
    func approval(_ id: ApprovalID) async throws -> Approval? { try await inner.approval(id) }
    func approval(asked: Digest) async throws -> Approval? { try await inner.approval(asked: asked) }
    func window(_ id: WindowID) async throws -> GrantWindow? { try await inner.window(id) }

    func claimApproved(limit: Int) async throws -> [Approval] { try await inner.claimApproved(limit: limit) }
    func approvals(in organization: OrganizationID?, pending: Bool, limit: Int) async throws -> [Approval] {
        try await inner.approvals(in: organization, pending: pending, limit: limit)
    }

    func windows(in organization: OrganizationID, open: Bool, limit: Int) async throws -> [GrantWindow] {
        try await inner.windows(in: organization, open: open, limit: limit)
    }
}

extension FaultyStore: BrowserStore {
    func loginLink(_ hash: Digest) async throws -> LoginLink? { try await inner.loginLink(hash) }
    func browserSession(_ hash: Digest) async throws -> BrowserSession? { try await inner.browserSession(hash) }

    func browserSessions(of person: PersonID, in organization: OrganizationID) async throws -> [BrowserSession] {
        try await inner.browserSessions(of: person, in: organization)
    }
}

extension FaultyStore: SenderStore {
    func senderLink(_ sender: SenderID, in organization: OrganizationID) async throws -> SenderLink? {
        try await inner.senderLink(sender, in: organization)
    }
    func words(of sender: SenderID, in organization: OrganizationID) async throws -> SenderWords {
        try await inner.words(of: sender, in: organization)
    }
    func senderLinks(in organization: OrganizationID) async throws -> [SenderLink] {
        try await inner.senderLinks(in: organization)
    }
    func isSevered(_ sender: SenderID, in organization: OrganizationID) async throws -> Bool {
        try await inner.isSevered(sender, in: organization)
    }
    func senderOffer(_ hash: Digest) async throws -> SenderOffer? { try await inner.senderOffer(hash) }
    func senderOffer(to sender: SenderID, in organization: OrganizationID) async throws -> SenderOffer? {
        try await inner.senderOffer(to: sender, in: organization)
    }
}

extension FaultyStore: ChannelAccountStore {
    func channelAccount(_ id: ChannelAccountID) async throws -> ChannelAccountRecord? {
        try await inner.channelAccount(id)
    }
    func channelAccounts(in organization: OrganizationID) async throws -> [ChannelAccountRecord] {
        try await inner.channelAccounts(in: organization)
    }
}

extension FaultyStore: MailboxStore {
    func mailboxMark(of account: ChannelAccountID) async throws -> MailboxMark? {
        try await inner.mailboxMark(of: account)
    }
    func mailCount(of account: ChannelAccountID, from writer: String, in hour: Int64) async throws -> Int {
        try await inner.mailCount(of: account, from: writer, in: hour)
    }
    func postponedMails(
        of account: ChannelAccountID, at now: Timestamp, limit: Int
    ) async throws -> [PostponedMail] {
        try await inner.postponedMails(of: account, at: now, limit: limit)
    }
    func postponedMails(of account: ChannelAccountID) async throws -> Int {
        try await inner.postponedMails(of: account)
    }
}

extension FaultyStore: SharingStore {
    func sharing(in organization: OrganizationID) async throws -> Sharing { try await inner.sharing(in: organization) }
    func sharing(of agent: AgentID, in organization: OrganizationID) async throws -> Sharing {
        try await inner.sharing(of: agent, in: organization)
    }
}

extension FaultyStore: NoticeStore {
    func sendsNotices() async throws -> Bool { try await inner.sendsNotices() }
    func openNotices() async throws -> [QueuedNotice] { try await inner.openNotices() }
    func notices(settledSince time: Timestamp) async throws -> [QueuedNotice] {
        try await inner.notices(settledSince: time)
    }
    func noticeCounts() async throws -> [NoticeState: Int] { try await inner.noticeCounts() }
    func noticeSettings() async throws -> [UInt8]? { try await inner.noticeSettings() }
}

extension FaultyStore: ServerStore {
    func servers(in organization: OrganizationID) async throws -> [RemoteServer] {
        try await inner.servers(in: organization)
    }

    func pinnedTools(of server: String, in organization: OrganizationID) async throws -> [PinnedTool] {
        try await inner.pinnedTools(of: server, in: organization)
    }

    func serverLooks(in organization: OrganizationID) async throws -> [ServerLook] {
        try await inner.serverLooks(in: organization)
    }
}

extension FaultyStore: OAuthStore, SigningKeyStore {
    func oauthClient(_ id: OAuthClientID, in organization: OrganizationID) async throws -> OAuthClient? {
        try await inner.oauthClient(id, in: organization)
    }

    func oauthClients(in organization: OrganizationID) async throws -> [OAuthClient] {
        try await inner.oauthClients(in: organization)
    }

    func oauthGrant(_ id: ClientID) async throws -> OAuthGrant? { try await inner.oauthGrant(id) }

    func oauthGrants(
        in organization: OrganizationID, of person: PersonID?, by client: OAuthClientID?
    ) async throws -> [OAuthGrant] {
        try await inner.oauthGrants(in: organization, of: person, by: client)
    }

    func oauthCode(_ hash: Digest) async throws -> OAuthCode? { try await inner.oauthCode(hash) }
    func oauthToken(_ hash: Digest) async throws -> OAuthToken? { try await inner.oauthToken(hash) }
    func signingKeys() async throws -> [UInt8]? { try await inner.signingKeys() }
}

extension FaultyStore: ExchangeStore {
    func tokenIssuers(in organization: OrganizationID) async throws -> [TokenIssuer] {
        try await inner.tokenIssuers(in: organization)
    }
    func exchangedGrants(of login: Login, in organization: OrganizationID) async throws -> [ExchangedGrant] {
        try await inner.exchangedGrants(of: login, in: organization)
    }
    func exchangedGrants(from issuer: String, in organization: OrganizationID) async throws -> [ExchangedGrant] {
        try await inner.exchangedGrants(from: issuer, in: organization)
    }
}

extension FaultyStore: SealedRows {
    func sealedCounts() async throws -> [[UInt8]: Int] { try await inner.sealedCounts() }

    func sealedRows(
        _ kind: SealedKind, notBy key: [UInt8], after: String, limit: Int
    ) async throws -> [SealedRow] {
        try await inner.sealedRows(kind, notBy: key, after: after, limit: limit)
    }
}

extension FaultyStore: LoginStore, SignInStore {
    func login(_ login: Login, in organization: OrganizationID) async throws -> LoginRecord? {
        try await inner.login(login, in: organization)
    }
    func logins(in organization: OrganizationID) async throws -> [LoginRecord] {
        try await inner.logins(in: organization)
    }
    func signInSettings() async throws -> [UInt8]? { try await inner.signInSettings() }
}

extension FaultyStore: ConnectFlowStore {
    func connectFlow(_ id: ConnectFlowID) async throws -> ConnectFlow? { try await inner.connectFlow(id) }
    func connectFlow(for aim: ConnectAim) async throws -> ConnectFlow? { try await inner.connectFlow(for: aim) }
    func connectFlow(state: Digest) async throws -> ConnectFlow? { try await inner.connectFlow(state: state) }
    func connectFlows(expiredAt now: Timestamp, most: Int) async throws -> [ConnectFlow] {
        try await inner.connectFlows(expiredAt: now, most: most)
    }
}

extension FaultyStore: InboxStore, TurnStore, OutboxStore, RetentionStore {
    func claimMessages(at now: Timestamp, limit: Int, each: Int) async throws -> [InboxEntry] {
        try await inner.claimMessages(at: now, limit: limit, each: each)
    }
    func inboxEntry(_ id: InboxID) async throws -> InboxEntry? { try await inner.inboxEntry(id) }
    func setAside(in organization: OrganizationID, limit: Int) async throws -> [InboxEntry] {
        try await inner.setAside(in: organization, limit: limit)
    }
    func keepsHouse(_ job: HouseJob) async throws -> Bool { try await inner.keepsHouse(job) }
    func claimedTurns() async throws -> Set<TurnID> { try await inner.claimedTurns() }
    func turn(_ id: TurnID) async throws -> Turn? { try await inner.turn(id) }
    func turn(sending call: CallID) async throws -> Turn? { try await inner.turn(sending: call) }
    func calls(sentBy turn: TurnID) async throws -> [CallID] { try await inner.calls(sentBy: turn) }
    func claimTurns(at now: Timestamp, limit: Int, each: Int) async throws -> [Turn] {
        try await inner.claimTurns(at: now, limit: limit, each: each)
    }
    func summary(of session: SessionKey, in conversation: ConversationID) async throws -> Summary? {
        try await inner.summary(of: session, in: conversation)
    }
    func answeredTurns(limit: Int) async throws -> [Turn] { try await inner.answeredTurns(limit: limit) }
    func parkedTurns(lookedBefore time: Timestamp, limit: Int) async throws -> [Turn] {
        try await inner.parkedTurns(lookedBefore: time, limit: limit)
    }
    func stuckTurns(in organization: OrganizationID, limit: Int) async throws -> [Turn] {
        try await inner.stuckTurns(in: organization, limit: limit)
    }
    func tokensUsed(_ use: TokenUse) async throws -> Int { try await inner.tokensUsed(use) }
    func turns(of session: SessionKey, limit: Int) async throws -> [Turn] {
        try await inner.turns(of: session, limit: limit)
    }
    func inboxEntry(event: String, of account: ChannelAccountID) async throws -> InboxEntry? {
        try await inner.inboxEntry(event: event, of: account)
    }
    func turns(of session: SessionKey, in conversation: ConversationID, limit: Int) async throws -> [Turn] {
        try await inner.turns(of: session, in: conversation, limit: limit)
    }
    func agentsWithTurns(in organization: OrganizationID) async throws -> [AgentID] {
        try await inner.agentsWithTurns(in: organization)
    }
    func agedTurns(
        of agent: AgentID, in organization: OrganizationID, before time: Timestamp, limit: Int
    ) async throws -> [Turn] {
        try await inner.agedTurns(of: agent, in: organization, before: time, limit: limit)
    }
    func agedMessages(
        in organization: OrganizationID, before time: Timestamp, limit: Int
    ) async throws -> [InboxEntry] {
        try await inner.agedMessages(in: organization, before: time, limit: limit)
    }
    func tokensUsedAlone(_ use: TokenUse) async throws -> Int { try await inner.tokensUsedAlone(use) }
    func outboxEntry(_ id: OutboxID) async throws -> OutboxEntry? { try await inner.outboxEntry(id) }
    func turn(with message: InboxID) async throws -> Turn? { try await inner.turn(with: message) }
    func turns(of person: PersonID, in organization: OrganizationID, limit: Int) async throws -> [Turn] {
        try await inner.turns(of: person, in: organization, limit: limit)
    }
    func place(of conversation: ConversationID, in organization: OrganizationID) async throws -> Place? {
        try await inner.place(of: conversation, in: organization)
    }
    func standingCard(_ account: ChannelAccountID, shown external: String) async throws -> OutboxEntry? {
        try await inner.standingCard(account, shown: external)
    }
    func standingCards(after card: OutboxEntry?, limit: Int) async throws -> [OutboxEntry] {
        try await inner.standingCards(after: card, limit: limit)
    }
    func decidedCards(limit: Int) async throws -> [OutboxEntry] { try await inner.decidedCards(limit: limit) }
    func claimOutbox(at now: Timestamp, limit: Int, each: Int) async throws -> [OutboxEntry] {
        try await inner.claimOutbox(at: now, limit: limit, each: each)
    }
    func outbox(of turn: TurnID) async throws -> [OutboxEntry] { try await inner.outbox(of: turn) }
    func undelivered(in organization: OrganizationID, limit: Int) async throws -> [OutboxEntry] {
        try await inner.undelivered(in: organization, limit: limit)
    }
}

extension FaultyStore: CardStore {
    func owedCards(limit: Int) async throws -> [OwedCard] { try await inner.owedCards(limit: limit) }
    /// With the fault: somebody else's.
    func settledCards(
        of person: PersonID, in organization: OrganizationID, since time: Timestamp
    ) async throws -> [SettledCard] {
        guard fault == .mixesCards else {
            return try await inner.settledCards(of: person, in: organization, since: time)
        }
        return try await inner.settledCards(of: PersonID("alice"), in: organization, since: time)
    }
    func unseenCards(waitingSince time: Timestamp, limit: Int) async throws -> [UnseenCard] {
        try await inner.unseenCards(waitingSince: time, limit: limit)
    }
    func reach(of approval: ApprovalID, to person: PersonID) async throws -> ApproverReach {
        try await inner.reach(of: approval, to: person)
    }
    func cardFigures() async throws -> CardFigures { try await inner.cardFigures() }
}

extension FaultyStore: ScheduleStore {
    func schedule(_ id: ScheduleID) async throws -> ScheduleRecord? { try await inner.schedule(id) }
    func schedules(in organization: OrganizationID) async throws -> [ScheduleRecord] {
        try await inner.schedules(in: organization)
    }
    func dueSchedules(at now: Timestamp, limit: Int) async throws -> [ScheduleRecord] {
        try await inner.dueSchedules(at: now, limit: limit)
    }
    /// With the fault: a run that waits for its turn is forgotten.
    func isUnderWay(_ schedule: ScheduleID) async throws -> Bool {
        if fault == .repeatsRuns { return false }
        return try await inner.isUnderWay(schedule)
    }
    func endedRuns(limit: Int) async throws -> [ScheduleRun] { try await inner.endedRuns(limit: limit) }
    func runs(of schedule: ScheduleID, limit: Int) async throws -> [ScheduleRun] {
        try await inner.runs(of: schedule, limit: limit)
    }
}

extension FaultyStore: Memories {
    /// With the fault: the partition of a person without the person.
    private func mixed(_ place: MemoryPlace) -> [MemoryPlace] {
        guard fault == .mixesMemories, place.person != nil else { return [place] }
        return ["alice", "bob"].map { MemoryPlace(.person(PersonID($0)), of: place.agent, in: place.organization) }
    }

    func hasMemory(at place: MemoryPlace) async throws -> Bool { try await inner.hasMemory(at: place) }
    func memoryCount(at place: MemoryPlace) async throws -> Int { try await inner.memoryCount(at: place) }
    func memories(at place: MemoryPlace, with words: Set<String>, limit: Int) async throws -> [MemoryEntry] {
        var found: [MemoryEntry] = []
        for place in mixed(place) { found += try await inner.memories(at: place, with: words, limit: limit) }
        return found
    }
    func memory(_ id: MemoryID, at place: MemoryPlace) async throws -> MemoryEntry? {
        try await inner.memory(id, at: place)
    }
    func memory(
        _ id: MemoryID, about person: PersonID, in organization: OrganizationID
    ) async throws -> MemoryEntry? {
        try await inner.memory(id, about: person, in: organization)
    }
    func memories(
        about person: PersonID, in organization: OrganizationID, limit: Int
    ) async throws -> [MemoryEntry] {
        try await inner.memories(about: person, in: organization, limit: limit)
    }
}

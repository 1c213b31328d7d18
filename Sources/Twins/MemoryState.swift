import Authority
import Broker
import Gate
import Ledger
import Registry
import Turns
import Wire

/// A whole store as one value: a transaction is applied to a copy, which is kept or thrown away.
struct MemoryState: Sendable {
    struct Tree: Sendable {
        var merkle = MerkleTree()
        var records: [StoredRecord] = []
        var lastTime: Int64 = 0
    }

    /// Whose budget, by the minute or by the day.
    struct Budget: Hashable {
        let organization: OrganizationID
        let agent: AgentID
        let length: BudgetWindow.Length

        init(_ window: BudgetWindow) {
            organization = window.organization
            agent = window.agent
            length = window.length
        }
    }

    var failure: String?
    /// How many commits succeed before they fail.
    var commitsLeft: Int?
    var gateways = GatewayState()
    /// Who writes the transaction that is applied, and when, by the store's own clock.
    var writer: Int64?
    var now = Timestamp(microseconds: 0)
    var commits = 0
    var epochs: [EpochScope: Int64] = [:]
    /// The newest window of each, and how much of it is used.
    var budgets: [Budget: (number: Int64, used: Int)] = [:]
    var sessions: [SessionKey: SessionState] = [:]
    var calls: [CallID: OpenCall] = [:]
    var payloads: [String: Payload] = [:]
    var approvals: [ApprovalID: Approval] = [:]
    var windows: [WindowID: GrantWindow] = [:]
    var spent: [Digest: Timestamp] = [:]
    var trees: [TreeID: Tree] = [:]
    var checkpoints: [TreeID: [Int64: String]] = [:]
    var organizations: [OrganizationID: OrganizationRecord] = [:]
    var people: [OrganizationID: [PersonID: PersonRecord]] = [:]
    var agents: [OrganizationID: [AgentID: AgentRecord]] = [:]
    var tokens: [ClientID: TokenRecord] = [:]
    var agreements: [AgreementRecord] = []
    var documents: [OrganizationID: [String: JSON]] = [:]
    var servers: [OrganizationID: [String: RemoteServer]] = [:]
    var pinnedTools: [OrganizationID: [String: [String: PinnedTool]]] = [:]
    var serverLooks: [OrganizationID: [String: ServerLook]] = [:]
    var loginLinks: [Digest: LoginLink] = [:]
    var browserSessions: [BrowserSessionID: BrowserSession] = [:]
    var oauth = OAuthState()
    var exchange = ExchangeState()
    var groups: [OrganizationID: [GroupID: GroupRecord]] = [:]
    var shares: [OrganizationID: [ShareRecord]] = [:]
    var connections: [ConnectionID: ConnectionRecord] = [:]
    var apps: [String: AppRecord] = [:]
    var tokenSets: [ConnectionID: TokenSet] = [:]
    var choices: [AccountChoice] = []
    var connectFlows: [ConnectFlowID: ConnectFlow] = [:]
    var departures: [OrganizationID: [PersonID: Departure]] = [:]
    var revocations: [String: PendingRevocation] = [:]
    var rotations: [String: KeyRotation] = [:]
    var health = HealthState()
    var toolUses: [ToolUse] = []
    var signs: [GatewaySign] = []
    var notices: [NoticeID: QueuedNotice] = [:]
    var noticeSettings: [UInt8]?
    var signInSettings: [UInt8]?
    var logins: [LoginRecord] = []
    var signingKeys: [UInt8]?
    var talk = TurnsState()
    var cards = CardsState()
    var schedules = SchedulesState()
    var remembered = MemoriesState()
    var channelAccounts: [ChannelAccountRecord] = []
    var mailboxes = MailboxesState()
    var senderLinks: [SenderLink] = []
    var severedSenders: Set<MemberSender> = []
    var senderOffers: [SenderOffer] = []

    mutating func apply(_ transaction: Transaction) throws(CommitError) {
        for reading in transaction.requires where epochs[reading.scope] ?? 0 != reading.value {
            throw .moved(reading.scope)
        }
        for spend in transaction.spends {
            try apply(spend)
        }
        for change in transaction.changes {
            switch change {
            case let change as GateChange: try apply(gate: change)
            case let change as ApprovalChange: try apply(approval: change)
            case let change as RegistryChange: try apply(registry: change)
            case let change as ServerChange: apply(server: change)
            case let change as BrowserChange: try apply(browser: change)
            case let change as OAuthChange: try oauth.apply(change)
            case let change as SharingChange: try apply(sharing: change)
            case let change as BrokerChange: try apply(broker: change)
            case let change as AppChange: apply(app: change)
            case let change as TokenSetChange: try apply(token: change)
            case let change as ChoiceChange: apply(choice: change)
            case let change as ConnectChange: try apply(connect: change)
            case let change as RevocationChange: try apply(revocation: change)
            case let change as RotationChange: try apply(rotation: change)
            case let change as VaultChange: apply(vault: change)
            case SigningKeyChange.keep(let sealed): signingKeys = sealed
            case UseChange.used(let use): note(use)
            case let change as SignChange: apply(sign: change)
            case let change as HealthChange: try health.apply(change)
            case let change as NoticeChange: try apply(notice: change)
            case let change as LoginChange: try apply(login: change)
            case let change as SignInChange: apply(signIn: change)
            case let change as ExchangeChange: try exchange.apply(change)
            case let change as DepartureChange: try apply(departure: change)
            case let change as TurnChange:
                if case .prune(let time) = change {
                    for payload in talk.pruned(before: time) { payloads[payload] = nil }
                }
                if case .begin(let turn) = change, let session = sessions[turn.session], session.began > turn.began {
                    throw .exists(turn.message.raw)
                }
                try talk.apply(change, by: writer ?? 0)
            case let change as CardChange: try cards.apply(change)
            case let change as ScheduleChange: try schedules.apply(change)
            case let change as RetentionChange:
                if case .forgetTurn(let id) = change, let turn = talk.turns[id], case .ended = turn.state,
                    let payload = talk.forgetSummary(over: turn)
                {
                    payloads[payload] = nil
                }
                talk.apply(change)
            case let change as ChannelChange: try apply(channel: change)
            case let change as MailboxChange: try mailboxes.apply(change)
            case let change as SenderChange: try apply(sender: change)
            case let change as MemoryChange: try apply(memory: change)
            case let change as ErasureChange: try apply(erasure: change)
            default: throw .unavailable("a change of an unknown kind")
            }
        }
        for scope in transaction.bumps { epochs[scope, default: 0] += 1 }
        for placed in transaction.leaves { append(placed) }
    }

    func used(_ window: BudgetWindow) -> Int {
        guard let newest = budgets[Budget(window)], newest.number == window.number else { return 0 }
        return newest.used
    }

    /// A call of the window before, late at the turn of the minute, counts in the new one.
    private mutating func apply(_ spend: BudgetSpend) throws(CommitError) {
        let window = spend.window
        var newest = budgets[Budget(window)] ?? (window.number, 0)
        if newest.number < window.number { newest = (window.number, 0) }
        guard newest.used < spend.limit else { throw .budgetSpent(window) }
        budgets[Budget(window)] = (newest.number, newest.used + 1)
    }

    private mutating func append(_ placed: PlacedLeaf) {
        var tree = trees[placed.tree] ?? Tree()
        let bytes = placed.leaf.bytes(
            at: tree.merkle.size, previous: tree.records.last?.hash ?? .none, notBefore: tree.lastTime)
        let hash = MerkleTree.leafHash(of: bytes)
        tree.records.append(StoredRecord(index: tree.merkle.size, bytes: bytes, hash: hash))
        placed.slot?.fill(LeafPlace(tree: placed.tree, index: tree.merkle.size, hash: hash))
        tree.merkle.append(leafHash: hash)
        tree.lastTime = max(tree.lastTime, placed.leaf.time)
        trees[placed.tree] = tree
    }

    private mutating func apply(gate change: GateChange) throws(CommitError) {
        switch change {
        case .open(let call):
            if let identity = call.identity, let other = calls.values.first(where: { $0.identity == identity }) {
                throw .identicalCall(other.id, other.state)
            }
            if calls[call.id] != nil { throw .exists(call.id.raw) }
            calls[call.id] = call
            gateways.calls[call.id] = writer
        case .noneOpen(let identity):
            if let other = calls.values.first(where: { $0.identity == identity }) {
                throw .identicalCall(other.id, other.state)
            }
        case .close(let id):
            if calls[id]?.state != .open { throw .exists(id.raw) }
            calls[id] = nil
            gateways.calls[id] = nil
        case .markUnknown(let id):
            guard let call = calls[id], call.state == .open else { throw .exists(id.raw) }
            calls[id] = call.unknown
        case .settle(let id):
            guard calls[id]?.state == .unknown else { throw .exists(id.raw) }
            calls[id] = nil
        case .keep(let payload): payloads[payload.id] = payload
        case .saw(let key, let labels, let time):
            sessions[key] = SessionState.seeing(labels, at: time, after: sessions[key])
        case .spendOnce(let digest, let until):
            if spent.updateValue(until, forKey: digest) != nil { throw .exists(digest.hex) }
        case .clearSessions(let organization, let agent, let person):
            sessions = sessions.filter { key, _ in
                key.organization != organization || key.agent != agent || key.requester.person != person
            }
        case .clearSession(let key): sessions[key] = nil
        case .endGateway(let gateway): try end(gateway: gateway)
        }
    }
}

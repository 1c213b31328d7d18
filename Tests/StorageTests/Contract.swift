import Broker
import Gate
import Registry
import Turns
import Twins

typealias WholeStore = Commits & SessionStates & OpenCalls & Budgets & Payloads & LedgerStore & RegistryStore
    & ConnectionStore & SealedRows & ApprovalStore & BrowserStore & SharingStore & NoticeStore & ServerStore
    & LoginStore & SignInStore & OAuthStore & SigningKeyStore & AppStore & TokenSetStore & ExchangeStore
    & ConnectFlowStore & RevocationStore & HealthStore & UseStore & DepartureStore & LeavingStore
    & InboxStore & TurnStore & OutboxStore & ChannelAccountStore & SenderStore & RetentionStore
    & MailboxStore & Memories & SignStore & CardStore & ScheduleStore

/// The conformance checks, by name.
enum Contract: CaseIterable {
    case commits, sessions, calls, budgets, payloads, ledger, registry, connections, approvals, browsers, sharing
    case notices, servers, sealedRows, logins, oauth, tokens, exchange, choices
    case connecting, revocations, health, uses, departures, turns, channelAccounts, senders, retention
    case mailboxes, memories, signs, senderWords, cards, rotations, schedules

    func check(_ makeStore: () async throws -> any WholeStore) async throws {
        switch self {
        case .commits: try await checkCommits { try await makeStore() }
        case .sessions: try await checkSessionStates { try await makeStore() }
        case .calls: try await checkOpenCalls { try await makeStore() }
        case .budgets: try await checkBudgets { try await makeStore() }
        case .payloads: try await checkPayloads { try await makeStore() }
        case .ledger: try await checkLedgerStore { try await makeStore() }
        case .registry: try await checkRegistryStore { try await makeStore() }
        case .connections: try await checkConnectionStore { try await makeStore() }
        case .sharing: try await checkSharing { try await makeStore() }
        case .approvals: try await checkApprovals { try await makeStore() }
        case .browsers: try await checkBrowsers { try await makeStore() }
        case .notices: try await checkNotices { try await makeStore() }
        case .sealedRows: try await checkSealedRows { try await makeStore() }
        case .logins: try await checkLogins { try await makeStore() }
        case .servers: try await checkServers { try await makeStore() }
        case .choices: try await checkChoices { try await makeStore() }
        case .connecting: try await checkConnectFlows { try await makeStore() }
        case .oauth: try await checkOAuth { try await makeStore() }
        case .revocations: try await checkRevocations { try await makeStore() }
        case .rotations: try await checkRotations { try await makeStore() }
        case .uses: try await checkUses { try await makeStore() }
        case .health: try await checkHealth { try await makeStore() }
        case .departures: try await checkDepartures { try await makeStore() }
        case .tokens: try await checkTokenStores { try await makeStore() }
        case .turns: try await checkTurns { try await makeStore() }
        case .retention: try await checkRetention { try await makeStore() }
        case .channelAccounts: try await checkChannelAccounts { try await makeStore() }
        case .mailboxes: try await checkMailboxes { try await makeStore() }
        case .senders: try await checkSenders { try await makeStore() }
        case .memories: try await checkMemories { try await makeStore() }
        case .cards: try await checkCards { try await makeStore() }
        case .schedules: try await checkSchedules { try await makeStore() }
        case .signs: try await checkSigns { try await makeStore() }
        case .senderWords: try await checkSenderWords { try await makeStore() }
        case .exchange: try await checkExchange { try await makeStore() }
        }
    }
}

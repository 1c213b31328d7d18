public import Authority
public import Broker
import Console
public import Gate
import HTTPTypes
public import Hummingbird
public import Logging
public import OpenID
public import Registry
public import Turns
import Wire

/// Pages for people. Looking changes nothing; what changes something is a POST with the session's own form token, from a
/// page of ours, by the person whose session it is.
public struct PageServer: Sendable {
    let desks: PageDesks
    let settings: PageSettings
    let pages: Pages
    let log: Logger
    /// Links that don't sign in, by where they are tried from.
    let loginTries = Attempts(burst: 20, perSecond: 1 / 6)
    /// Ways to a provider that were begun, and answers of providers that nobody waits for, by where they come from.
    let departures = Attempts(burst: 200, perSecond: 10)
    /// One way there and back may be tried a few times.
    let ticketTries = Tries<Digest>(burst: 5, perSecond: 1 / 60)
    /// Logouts of providers that weren't believed, by where they come from.
    let logoutTries = Attempts(burst: 200, perSecond: 1)
    /// Visits to what is another person's, by who tried: beyond these they are refused and leave no leaf.
    let strangers = Tries<Visitor>(burst: 20, perSecond: 1 / 60)
    /// Conversations that people watch.
    let watches = Watches<Visitor>(most: 32)
    /// Messages to agents, by person: before anything of one is stored.
    let messages = Tries<Visitor>(burst: 60, perSecond: 5)
    let files = FileAllowance()
    /// Forms with files, by person.
    let bodies = IncomingBodies<Visitor>(mostOfOne: 8 << 20, most: 64 << 20)
    /// Pages, by person.
    let visits = Tries<Visitor>(burst: 200, perSecond: 10)
    /// Bytes of a form that is read before it is known who sent it.
    static let longestOfStrangers = 16 << 10

    /// - Throws: when a template is broken.
    public init(desks: PageDesks, settings: PageSettings, log: Logger) throws {
        self.desks = desks
        self.settings = settings
        self.log = log
        pages = try Pages()
    }

    public func addRoutes(to router: Router<GatewayContext>) {
        router.get("/style.css") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "max-age=3600"],
                body: .init(byteBuffer: .init(bytes: Pages.stylesheet)))
        }
        router.get("/") { _, _ in redirect(to: "/approvals") }
        get("/approvals", router, approvals)
        get("/approvals/:id", router, approval)
        post("/approvals/:id/approve", router, approve)
        post("/approvals/:id/deny", router, deny)
        post("/approvals/:id/edit", router, edit)
        post("/calls/:id", router, settle)
        post("/windows/:id", router, closeWindow)
        get("/connections", router, connections)
        post("/connections", router, connect)
        post("/connections/:id", router, disconnect)
        post("/connections/:id/tools", router, lookAtTools)
        get("/accounts/:id", router, account)
        post("/accounts/:id", router, chooseAccount)
        get("/agreements", router, agreements)
        post("/agreements/:id", router, agree)
        get("/tools", router, tools)
        get("/tools/:id", router, tool)
        post("/tools/:id", router, releaseTool)
        get("/payloads", router, payloads)
        post("/payloads", router, readPayloads)
        get("/tokens", router, tokens)
        post("/tokens", router, takeUp)
        post("/tokens/:id", router, revokeToken)
        get("/week", router, week)
        get("/browsers", router, browsers)
        post("/browsers/:id", router, endBrowser)
        post("/logins", router, linkLogin)
        post("/logins/unlink", router, unlinkLogin)
        post("/logout", router, signOut)
        post("/logout/everywhere", router, signOutEverywhere)
        get("/clients", router, clients)
        post("/clients/narrow", router, narrowClient)
        post("/clients/sign-out", router, signOutClient)
        get("/session", router, session)
        addAgents(to: router)
        addChats(to: router)
        addSenders(to: router)
        addShares(to: router)
        addSchedules(to: router)
        addMemory(to: router)
        addConsent(to: router)
        addConnecting(to: router)
        addLogin(to: router)
        addSignIn(to: router)
        // Whoever asks: what isn't a page isn't there, and says nothing of who is signed in.
        router.get("/**") { _, _ in safe(refused(.notFound)) }
    }
}

/// Where pages take what they show and do from.
public struct PageDesks: Sendable {
    let approvals: ApprovalDesk
    let unknown: UnknownCallDesk
    let browsers: BrowserDesk
    let agreements: AgreementDesk
    let connections: ConnectionDesk
    let administration: Administration
    let servers: ServerDesk
    let payloads: PayloadDesk
    let ledger: any LedgerStore
    let signIn: SignInDesk
    let logins: LoginDesk
    let failures: FailedSignIns
    let oauth: OAuthDesk
    let guide: ConnectGuide
    let talk: TalkDesk
    /// Whether a person may use an agent at all; nil when that can't be told just now.
    let mayUse: @Sendable (AgentID, PersonID, OrganizationID) async -> Bool?
    let senders: SenderDesk
    let workspaces: Workspaces
    let memory: MemoryDesk
    let schedules: ScheduleDesk

    public init(
        approvals: ApprovalDesk, unknown: UnknownCallDesk, browsers: BrowserDesk, agreements: AgreementDesk,
        connections: ConnectionDesk,
        administration: Administration, servers: ServerDesk, payloads: PayloadDesk, ledger: any LedgerStore,
        signIn: SignInDesk, logins: LoginDesk, failures: FailedSignIns, oauth: OAuthDesk, guide: ConnectGuide,
        talk: TalkDesk, mayUse: @escaping @Sendable (AgentID, PersonID, OrganizationID) async -> Bool?,
        senders: SenderDesk, workspaces: Workspaces, memory: MemoryDesk, schedules: ScheduleDesk
    ) {
        self.approvals = approvals
        self.unknown = unknown
        self.browsers = browsers
        self.agreements = agreements
        self.connections = connections
        self.administration = administration
        self.servers = servers
        self.payloads = payloads
        self.ledger = ledger
        self.signIn = signIn
        self.logins = logins
        self.failures = failures
        self.oauth = oauth
        self.guide = guide
        self.talk = talk
        self.mayUse = mayUse
        self.senders = senders
        self.workspaces = workspaces
        self.memory = memory
        self.schedules = schedules
    }
}

/// What the pages are told at start.
public struct PageSettings: Sendable {
    /// Scheme, host and port by which the world names us.
    public var publicURL: @Sendable () -> String
    /// The services that a person can connect with a key.
    public var providers: @Sendable () async -> [ProviderID]
    public var now: @Sendable () -> Timestamp
    /// Whom a channel's platform calls the person whom it signed in. None for a provider that is no channel's platform.
    public var vouched: @Sendable (IDToken) async throws -> [SenderID]
    /// Counts files that weren't taken.
    public var refusedFile: @Sendable (FileRefusal) -> Void

    public init(
        publicURL: @escaping @Sendable () -> String, providers: @escaping @Sendable () async -> [ProviderID],
        now: @escaping @Sendable () -> Timestamp,
        vouched: @escaping @Sendable (IDToken) async throws -> [SenderID] = { _ in [] },
        refusedFile: @escaping @Sendable (FileRefusal) -> Void = { _ in }
    ) {
        self.publicURL = publicURL
        self.providers = providers
        self.now = now
        self.vouched = vouched
        self.refusedFile = refusedFile
    }
}

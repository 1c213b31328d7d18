public import Authority
public import Broker
import Definition
public import Gate
public import Registry
public import Turns
public import Wire

/// The `/v1` routes of an administrator: over the socket of a running gateway, or in a command that holds the home.
public struct AdministrationAPI: Sendable {
    let administration: Administration
    let channels: ChannelDesk
    let sockets: SocketStandings
    let census: CensusDesk
    let senders: SenderDesk
    let cards: CardKeeper
    let troubles: TroubleDesk
    let sessions: SessionDesk
    let schedules: ScheduleDesk
    let browsers: BrowserDesk
    let servers: ServerDesk
    let signIn: SignInDesks
    let desk: ConnectionDesk
    let apps: AppDesk
    let guide: ConnectGuide
    let health: HealthDesk
    let uses: any UseStore
    let openCalls: any OpenCalls
    let grants: GrantDesk
    let revocations: RevocationDesk
    let offboarding: OffboardingDesk
    let keys: KeyDesk
    let audit: VaultAudit
    let notices: NoticeDesks
    let workspaces: Workspaces
    let gate: ActionGate
    let shelves: LiveShelf
    let commits: any Commits
    let ledger: LedgerDesk
    let organization: OrganizationID
    let administrator: Administrator
    let oauth: OAuthDesk
    /// Signs ID tokens with a new key from now on; told who wants it. Gives the key's id.
    let rotateSigningKeys: @Sendable (String) async throws -> String
    let doctor: @Sendable () async -> [DoctorFinding]
    /// The home's health and figures now.
    let status: @Sendable () async -> JSON
    /// Copies the home into the file of this path; told who wants it.
    let backup: @Sendable (String, String) async throws -> JSON
    let world: World
    /// How the world names the running gateway; nil when none runs.
    let publicURL: @Sendable () -> String?
    /// How clients reach it, whether or not it runs now; nil when nobody has said.
    let address: @Sendable () -> String?

    public init(
        administration: Administration, channels: ChannelDesk, sockets: SocketStandings, census: CensusDesk,
        senders: SenderDesk, cards: CardKeeper,
        troubles: TroubleDesk, sessions: SessionDesk, schedules: ScheduleDesk, browsers: BrowserDesk,
        servers: ServerDesk,
        signIn: SignInDesks,
        desk: ConnectionDesk, apps: AppDesk, guide: ConnectGuide, health: HealthDesk, uses: any UseStore,
        openCalls: any OpenCalls,
        grants: GrantDesk,
        revocations: RevocationDesk, offboarding: OffboardingDesk,
        keys: KeyDesk, audit: VaultAudit, notices: NoticeDesks, workspaces: Workspaces, gate: ActionGate,
        shelf: LiveShelf,
        commits: any Commits, ledger: LedgerDesk, organization: OrganizationID, administrator: Administrator,
        world: World, publicURL: @escaping @Sendable () -> String?,
        address: @escaping @Sendable () -> String?, oauth: OAuthDesk,
        rotateSigningKeys: @escaping @Sendable (String) async throws -> String,
        doctor: @escaping @Sendable () async -> [DoctorFinding],
        status: @escaping @Sendable () async -> JSON,
        backup: @escaping @Sendable (String, String) async throws -> JSON
    ) {
        self.administration = administration
        self.channels = channels
        self.senders = senders
        self.cards = cards
        self.sockets = sockets
        self.census = census
        self.troubles = troubles
        self.sessions = sessions
        self.schedules = schedules
        self.browsers = browsers
        self.servers = servers
        self.signIn = signIn
        self.desk = desk
        self.apps = apps
        self.guide = guide
        self.health = health
        self.uses = uses
        self.openCalls = openCalls
        self.grants = grants
        self.revocations = revocations
        self.offboarding = offboarding
        self.keys = keys
        self.audit = audit
        self.notices = notices
        self.workspaces = workspaces
        self.gate = gate
        shelves = shelf
        self.commits = commits
        self.ledger = ledger
        self.organization = organization
        self.administrator = administrator
        self.world = world
        self.publicURL = publicURL
        self.address = address
        self.oauth = oauth
        self.rotateSigningKeys = rotateSigningKeys
        self.doctor = doctor
        self.status = status
        self.backup = backup
    }

    var shelf: ToolShelf { shelves.current }

    public func handle(_ request: AdministrationRequest) async -> AdministrationResponse {
        do {
            guard let body = try await route(request) else {
                return .refusal(
                    404, "unknown", "there is no route \(request.method) /v1/\(request.path.joined(separator: "/"))")
            }
            return AdministrationResponse(status: 200, body: body)
        } catch let error as BodyError {
            return .refusal(422, "invalid", error.message, hint: error.hint)
        } catch let error as SourceProblems {
            return .refusal(422, "invalid", error.description)
        } catch let error as RegistryError {
            return .refusal(error.status, error.code.rawValue, error.message, hint: error.hint)
        } catch let error as BrokerError {
            return .refusal(error.status, error.code.rawValue, error.message, hint: error.hint)
        } catch let error as TurnsError {
            return .refusal(error.status, error.code.rawValue, error.message, hint: error.hint)
        } catch let error as LedgerDeskError {
            return .refusal(error.status, error.code, error.message, hint: error.hint)
        } catch {
            return .refusal(500, "unavailable", "the gateway can't do this now", hint: "see `deputy doctor`")
        }
    }

    private func route(_ request: AdministrationRequest) async throws -> JSON? {
        let path = request.path
        switch (request.method, path.first ?? "", path.count) {
        case ("GET", "organization", 1): return try await showOrganization()
        case ("POST", "stop", 1): return try await setStopped(true)
        case ("POST", "resume", 1): return try await setStopped(false)
        case ("GET", "people", 1): return try await listPeople()
        case ("POST", "people", 1): return try await addPerson(request.body)
        case ("GET", "people", 2): return try await showPerson(PersonID(path[1]))
        case ("POST", "people", 3) where path[2] == "suspend": return try await suspendPerson(PersonID(path[1]))
        case ("POST", "people", 3) where path[2] == "resume": return try await resumePerson(PersonID(path[1]))
        case ("POST", "people", 3) where path[2] == "erase": return try await erasePerson(PersonID(path[1]))
        case ("POST", "people", 4) where path[2] == "roles":
            return try await setRole(path[3], of: PersonID(path[1]), true)
        case ("DELETE", "people", 4) where path[2] == "roles":
            return try await setRole(path[3], of: PersonID(path[1]), false)
        case ("POST", "people", 3) where path[2] == "offboard":
            return try await offboardPerson(PersonID(path[1]), request.body)
        case ("GET", "models", 1): return try await listModels()
        case ("POST", "models", 1): return try await putModel(request.body)
        case ("DELETE", "models", 2): return try await removeModel(path[1], of: nil)
        case ("DELETE", "models", 3): return try await removeModel(path[2], of: AgentID(path[1]))
        case (_, "messages", 1...3): return try await routeMessages(request.method, Array(path.dropFirst()))
        case ("GET", "groups", 1): return try await listGroups()
        case ("POST", "groups", 1): return try await addGroup(request.body)
        case ("GET", "groups", 2): return try await showGroup(GroupID(path[1]))
        case ("DELETE", "groups", 2): return try await removeGroup(GroupID(path[1]))
        case ("POST", "groups", 4) where path[2] == "members":
            return try await addMember(PersonID(path[3]), to: GroupID(path[1]))
        case ("DELETE", "groups", 4) where path[2] == "members":
            return try await removeMember(PersonID(path[3]), from: GroupID(path[1]))
        case ("POST", "agents", 3) where path[2] == "edit":
            return try await editAgent(AgentID(path[1]), request.body)
        case ("GET", "agents", 3) where path[2] == "shares": return try await listShares(of: AgentID(path[1]))
        case ("POST", "agents", 3) where path[2] == "shares": return try await share(AgentID(path[1]), request.body)
        case ("POST", "agents", 3) where path[2] == "unshare":
            return try await unshare(AgentID(path[1]), request.body)
        case ("GET", "agents", 1): return try await listAgents()
        case ("POST", "agents", 1): return try await addAgent(request.body)
        case ("GET", "agents", 2): return try await showAgent(AgentID(path[1]))
        case ("POST", "agents", 3) where path[2] == "identity":
            return try await setIdentity(of: AgentID(path[1]), request.body)
        case ("GET", "tokens", 1): return try await listTokens()
        case ("POST", "tokens", 1): return try await createToken(request.body)
        case ("POST", "tokens", 2) where path[1] == "take-up": return try await takeUp(request.body)
        case ("DELETE", "tokens", 2): return try await revokeToken(ClientID(path[1]))
        case (_, "clients", 1...2):
            return try await routeClients(request.method, path.dropFirst().first, request.body)
        case ("GET", "connections", 1): return try await listConnections()
        case ("GET", "connections", 2) where path[1] == "attention": return try await showAttention()
        case ("GET", "connections", 2) where path[1] == "unused-scopes":
            return try await showUnusedScopes(request.query)
        case ("POST", "connections", 1): return try await addConnection(request.body)
        case ("POST", "connections", 2) where path[1] == "connect": return try await connectByPage(request.body)
        case ("POST", "connections", 2) where path[1] == "client-credentials":
            return try await connectOurselves(request.body)
        case ("POST", "connections", 2) where path[1] == "assertion":
            return try await connectAsserted(request.body)
        case ("POST", "connections", 2) where path[1] == "service-account":
            return try await connectServiceAccount(request.body)
        case ("POST", "connections", 2) where path[1] == "device": return try await beginDevice(request.body)
        case ("POST", "connections", 3) where path[1] == "device" && path[2] == "answer":
            return try await askDevice(request.body)
        case ("POST", "connections", 3) where path[1] == "device" && path[2] == "keep":
            return try await keepDevice(request.body)
        case ("POST", "connections", 3) where path[1] == "device" && path[2] == "drop":
            return try await dropDevice(request.body)
        case ("POST", "connections", 3) where path[2] == "rotate":
            return try await rotateConnection(ConnectionID(path[1]), request.body)
        case ("POST", "connections", 3) where path[2] == "widen":
            return try await widenConnection(ConnectionID(path[1]))
        case ("DELETE", "connections", 2): return try await revokeConnection(ConnectionID(path[1]))
        case ("GET", "choices", 1): return try await listChoices()
        case ("POST", "choices", 1): return try await chooseAccount(request.body)
        case ("POST", "choices", 2) where path[1] == "take-back": return try await takeBackChoice(request.body)
        case ("GET", "sessions", 1): return try await listSessions()
        case ("GET", "sessions", 2) where path[1] == "retention":
            return try await showKeeping()
        case ("POST", "sessions", 2) where path[1] == "retention": return try await keepTranscripts(request.body)
        case ("GET", "sessions", 2): return try await showSession(path[1])
        case ("POST", "sessions", 2) where path[1] == "clear": return try await clearSessions(request.body)
        case ("POST", "sessions", 2) where path[1] == "reset": return try await resetSession(request.body)
        case ("GET", "orders", 2): return try await showOrders(of: AgentID(path[1]))
        case ("POST", "orders", 3) where path[2] == "take": return try await takeOrders(of: AgentID(path[1]))
        case (_, "schedules", 1...4):
            return try await routeSchedules(request.method, path, request.query, request.body)
        case ("GET", "servers", 1): return try await listServers()
        case ("POST", "servers", 1): return try await addServer(request.body)
        case ("POST", "servers", 3) where path[2] == "refresh":
            return try await refreshServer(path[1], request.body)
        case ("POST", "servers", 3) where path[2] == "authorize":
            return try await authorizeServer(path[1], request.body)
        case ("DELETE", "servers", 2): return try await removeServer(path[1])
        case ("GET", "tools", 1): return try await listTools()
        case ("GET", "tools", 2): return try await showTool(path[1])
        case ("POST", "tools", 3) where path[2] == "release": return try await releaseTool(path[1], request.body)
        case ("POST", "plan", 1): return try await plan(request.body)
        case ("POST", "apply", 1): return try await apply(request.body)
        case ("GET", "senders", 1): return try await listSenders()
        case ("POST", "senders", 1): return try await linkSender(request.body)
        case ("POST", "senders", 2) where path[1] == "unlink": return try await unlinkSender(request.body)
        case ("POST", "senders", 2) where path[1] == "erase": return try await eraseSender(request.body)
        case (_, "channels", 1...4): return try await routeChannels(request.method, path, request.body)
        case ("GET", "bindings", 1): return try await listBindings()
        case ("POST", "bindings", 2) where path[1] == "explain": return try await explainBindings(request.body)
        case ("GET", "drift", 1): return try await showDrift()
        case ("GET", "export", 1): return try await administration.export(organization)
        case ("POST", "agents", 3) where path[2] == "workspace":
            return try await writeWorkspace(AgentID(path[1]), request.body)
        case ("POST", "agents", 3) where path[2] == "clone": return try await clone(AgentID(path[1]), request.body)
        case ("POST", "agents", 3) where path[2] == "suspend":
            return try await setStanding(AgentID(path[1]), .suspended)
        case ("POST", "agents", 3) where path[2] == "resume": return try await setStanding(AgentID(path[1]), .active)
        case ("POST", "logins", 1): return try await makeLogin(request.body)
        case ("GET", "issuers", 1): return try await listIssuers()
        case ("POST", "issuers", 1): return try await addIssuer(request.body)
        case ("DELETE", "issuers", 2): return try await removeIssuer(path[1])
        case ("GET", "apps", 1): return try await listApps()
        case ("POST", "apps", 1): return try await addApp(request.body)
        case ("POST", "apps", 3) where path[2] == "rotate":
            return try await rotateApp(ProviderID(path[1]), request.body)
        case ("DELETE", "apps", 2): return try await removeApp(path[1], of: nil)
        case ("DELETE", "apps", 3): return try await removeApp(path[1], of: path[2])
        case ("GET", "sign-in", 1): return try await showSignIn()
        case ("POST", "sign-in", 1): return try await addSignInProvider(request.body)
        case ("DELETE", "sign-in", 2): return try await removeSignInProvider(path[1])
        case ("POST", "sign-in", 2) where path[1] == "links": return try await allowLinks(request.body)
        case ("POST", "sign-in", 2) where path[1] == "logins": return try await linkLogin(request.body)
        case ("POST", "sign-in", 3) where path[1] == "logins" && path[2] == "unlink":
            return try await unlinkLogin(request.body)
        case ("GET", "approvals", 1): return try await listApprovals(request.query)
        case ("GET", "approvals", 2): return try await showApproval(ApprovalID(path[1]))
        case ("GET", "notices", 1): return try await showNotices()
        case ("POST", "notices", 2) where path[1] == "mail": return try await setNoticeMail(request.body)
        case ("POST", "notices", 2) where path[1] == "webhook": return try await setNoticeWebhook(request.body)
        case ("POST", "notices", 2) where path[1] == "test": return try await testNotices(request.body)
        case ("DELETE", "notices", 2): return try await removeNoticeRoute(path[1])
        case ("GET", "keys", 1): return try await listKeys()
        case ("POST", "keys", 2) where path[1] == "add": return try await addKey()
        case ("POST", "keys", 2) where path[1] == "rotate": return try await rotateKeys()
        case ("POST", "keys", 2) where path[1] == "reseal": return try await resealRows()
        case ("POST", "keys", 2) where path[1] == "verify": return try await verifyVault()
        case ("DELETE", "keys", 2): return try await retireKey(path[1])
        case ("POST", "backup", 1): return try await backUp(request.body)
        case ("POST", "explain", 1): return try await explain(request.body)
        case ("GET", "status", 1): return await status()
        case ("GET", "doctor", 1): return ["findings": .array(await doctor().map(\.json))]
        case ("GET", "ledger", 1): return try await ledger.trees()
        case ("GET", "calls", 2) where path[1] == "unknown": return try await listUnknownCalls()
        case ("POST", "calls", 3) where path[2] == "settle": return try await settleCall(path[1], request.body)
        case ("GET", "calls", 2): return try await showCall(path[1])
        case ("GET", "ledger", 3) where path[2] == "find": return try await ledger.find(in: path[1], request.query)
        case ("GET", "ledger", 3) where path[2] == "proof": return try await ledger.proof(in: path[1], request.query)
        case ("GET", "ledger", 3) where path[2] == "growth": return try await ledger.growth(of: path[1], request.query)
        case ("GET", "ledger", 3) where path[2] == "checkpoints": return try await ledger.checkpoints(of: path[1])
        case ("GET", "ledger", 2): return try await ledger.records(of: path[1], request.query)
        case ("POST", "ledger", 2) where path[1] == "verify": return try await ledger.verify()
        default: return nil
        }
    }
}

extension RegistryError {
    fileprivate var status: Int {
        switch code {
        case .unknown: 404
        case .exists: 409
        case .invalid: 422
        case .refused: 403
        case .unavailable: 503
        }
    }
}

extension TurnsError {
    fileprivate var status: Int {
        switch code {
        case .unknown: 404
        case .exists: 409
        case .invalid: 422
        case .refused: 403
        case .unavailable: 503
        }
    }
}

extension BrokerError {
    fileprivate var status: Int {
        switch code {
        case .unknown: 404
        case .invalid: 422
        case .refused: 403
        case .unavailable: 503
        }
    }
}

/// One thing that `doctor` found.
public struct DoctorFinding: Sendable, Hashable {
    public enum Grade: String, Sendable, CaseIterable {
        case good, warning, bad
    }

    public let grade: Grade
    public let message: String
    public let hint: String?

    public init(_ grade: Grade, _ message: String, hint: String? = nil) {
        self.grade = grade
        self.message = message
        self.hint = hint
    }

    var json: JSON {
        var object: JSONObject = ["grade": .string(grade.rawValue), "message": .string(message)]
        object["hint"] = hint.map { .string($0) }
        return .object(object)
    }
}

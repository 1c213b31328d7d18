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
}

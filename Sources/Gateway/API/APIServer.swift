public import Authority
public import Gate
import HTTPTypes
public import Hummingbird
public import Logging
public import Registry
public import Telemetry
public import Turns
import Wire

/// Talking to agents from programs, below `/v1/agents/<agent>`: an agent acts for exactly the person whose token the program
/// holds, and no further than the token goes. Nothing here agrees to anything or connects anything: links lead to pages.
public struct APIServer: Sendable {
    let gate: ActionGate
    let tokens: any TokenAuthentication
    let talk: TalkDesk
    let settings: APISettings
    let refusals: Counter
    let log: Logger
    let traffic: Traffic
    /// Messages, by token: before anything of one is stored.
    let messages: Tries<ClientID>
    let files = FileAllowance()
    /// Turns that programs watch, by token.
    let watches: Watches<ClientID>
    /// The same by person, whatever tokens they have.
    let people: Watches<Visitor>

    /// - Parameters:
    ///   - refusals: what starts nothing, by channel and reason.
    ///   - now: the clock of rates.
    public init(
        gate: ActionGate, tokens: any TokenAuthentication, talk: TalkDesk, settings: APISettings, refusals: Counter,
        log: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.gate = gate
        self.tokens = tokens
        self.talk = talk
        self.settings = settings
        self.refusals = refusals
        self.log = log
        traffic = Traffic(limits: settings.limits, now: now)
        messages = Tries(burst: settings.messages.burst, perSecond: settings.messages.perSecond, now: now)
        watches = Watches(most: settings.mostWatches)
        people = Watches(most: settings.mostWatchesOfPerson)
    }

    public func addRoutes(to router: Router<GatewayContext>) {
        for agent in ["/v1/agents/:agent", "/org/:org/v1/agents/:agent"] { add(agent, to: router) }
    }

    private func add(_ agent: String, to router: Router<GatewayContext>) {
        let talk = agent + "/conversations/:conversation"
        add(.get, agent, router, describe)
        add(.get, agent + "/conversations", router, list)
        add(.get, talk, router, read)
        add(.post, talk + "/messages", router, write)
        add(.get, talk + "/messages/:message", router, show)
        add(.get, talk + "/messages/:message/events", router, watch)
        add(.get, talk + "/files/:file", router, file)
        add(.post, talk + "/stop", router, stop)
        router.on("\(ResourceMetadata.prefix)\(agent)", method: .get) { request, context in
            Response.json(ResourceMetadata.document(of: resource(in: context), under: publicURL))
        }
    }

    private func add(
        _ method: HTTPRequest.Method, _ path: String, _ router: Router<GatewayContext>,
        _ body: @escaping @Sendable (APICall) async throws -> Response
    ) {
        router.on("\(path)", method: method) { request, context in await answer(request, context, body) }
    }

    private func answer(
        _ request: Request, _ context: GatewayContext, _ body: @Sendable (APICall) async throws -> Response
    ) async -> Response {
        do {
            let call = try await verify(request, context)
            defer { traffic.leave(call.client.client, of: Visitor(call.client)) }
            try await requireAgent(call)
            return try await body(call)
        } catch let refusal as APIRefusal {
            log.debug("request refused", metadata: ["status": "\(refusal.status)"])
            count(refusal.counted)
            return refusal.response
        } catch {
            log.error("a conversation can't be answered", metadata: ["error": "\(error)"])
            return APIRefusal.unavailable.response
        }
    }

    func count(_ reason: String) { refusals.add(1, [ChannelKind.api.rawValue, reason]) }

    var publicURL: String {
        let url = settings.publicURL()
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    func resource(in context: GatewayContext) -> AgentResource? {
        guard let agent = context.parameters.get("agent").flatMap(PercentEncoding.decode) else { return nil }
        guard let organization = context.parameters.get("org") else {
            return AgentResource(
                organization: settings.organization, isDefault: true, agent: AgentID(agent), surface: .api)
        }
        return PercentEncoding.decode(organization).map {
            AgentResource(organization: OrganizationID($0), isDefault: false, agent: AgentID(agent), surface: .api)
        }
    }
}

/// What the API is told at start.
public struct APISettings: Sendable {
    public struct Pace: Sendable {
        public let burst: Int
        public let perSecond: Double

        public init(burst: Int, perSecond: Double) {
            self.burst = burst
            self.perSecond = perSecond
        }
    }

    /// Never taken from a request.
    public let publicURL: @Sendable () -> String
    public let organization: OrganizationID
    public let now: @Sendable () -> Timestamp
    public var limits = MCPLimits()
    /// Of one token: a message is stored and starts a turn.
    public var messages = Pace(burst: 60, perSecond: 5)
    /// Streams of one token at once. Who opens one too many has their oldest ended.
    public var mostWatches = 64
    /// The same of all tokens of one person together.
    public var mostWatchesOfPerson = 256
    /// Messages of one token that no turn has begun with yet.
    public var mostWaiting = 200
    /// Seconds after which a program asks whether there is room again.
    public var waitForRoom = 10
    /// The same of messages with files, whose bytes are kept here.
    public var mostWaitingWithFiles = 20
    /// Bytes of one body, files among them.
    public var bodyBytes = InboundFile.longestTogether / 3 * 4 + 512 << 10
    /// Between two looks at a turn that another gateway may be at.
    public var lookAgain = Duration.seconds(2)
    /// How long a stream goes on at the most for somebody who lost the agent, or whose token ended.
    public var lookAtPerson = Duration.seconds(1)
    /// Looks of one stream; then the program asks anew.
    public var mostLooks = 150

    public init(
        publicURL: @escaping @Sendable () -> String, organization: OrganizationID,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.publicURL = publicURL
        self.organization = organization
        self.now = now
    }
}

/// One request of a program whose token is good for this agent.
struct APICall {
    let client: AuthenticatedClient
    let agent: AgentID
    let bearer: String
    let request: Request
    let context: GatewayContext

    func parameter(_ name: String) -> String? { context.parameters.get(name).flatMap(PercentEncoding.decode) }
}

import Authority
public import Gate
import HTTPTypes
public import Hummingbird
public import Logging
public import Registry
public import Telemetry
import Wire

/// Agents as MCP servers, at `/mcp/<agent>` and `/org/<org>/mcp/<agent>`: protocol 2025-11-25 and 2026-07-28 on one
/// endpoint, every request on its own, no sessions, JSON answers.
///
/// It decides nothing about a call: it finds out who speaks, hands the call to the gate, and says what the gate said.
public struct MCPServer: Sendable {
    let gate: ActionGate
    let tokens: any TokenAuthentication
    let settings: MCPSettings
    let info: MCPServerInfo
    let log: Logger
    let tracer: SpanTracer?
    let traffic: Traffic
    let waiting = WaitingCalls()
    let connections = ConnectionWatch()
    let patience = Patience()

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - tracer: nil where nothing is traced.
    ///   - now: the clock of rates.
    public init(
        gate: ActionGate, tokens: any TokenAuthentication, settings: MCPSettings, log: Logger,
        tracer: SpanTracer? = nil, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.gate = gate
        self.tokens = tokens
        self.settings = settings
        self.log = log
        self.tracer = tracer
        info = MCPServerInfo(name: "deputy", title: "Deputy", version: settings.serverVersion)
        traffic = Traffic(limits: settings.limits, now: now)
    }

    /// Adds the endpoints and their metadata, and the headers that every answer of this router bears from here on.
    public func addRoutes(to router: Router<GatewayContext>) {
        router.add(middleware: SafeHeaders())
        for path in ["/mcp/:agent", "/org/:org/mcp/:agent"] {
            router.on("\(path)", method: .post) { request, context in
                await post(request, context)
            }
            router.on("\(path)", method: .options) { request, _ in
                settings.origins.preflight(request, methods: "POST") ?? MCPRefusal.methodNotAllowed.response
            }
            for method in [HTTPRequest.Method.get, .head, .put, .patch, .delete] {
                router.on("\(path)", method: method) { _, _ in
                    MCPRefusal.methodNotAllowed.response
                }
            }
            router.on("\(ResourceMetadata.prefix)\(path)", method: .get) { request, context in
                metadata(of: resource(in: context), for: request)
            }
            router.answerPreflights(at: ResourceMetadata.prefix + path, methods: "GET", of: settings.origins)
        }
        router.on("\(ResourceMetadata.prefix)", method: .get) { request, _ in
            metadata(of: nil, for: request)
        }
        router.answerPreflights(at: ResourceMetadata.prefix, methods: "GET", of: settings.origins)
    }

    /// How the world calls us, without a slash at its end.
    var publicURL: String {
        let url = settings.publicURL()
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    var legacy: LegacySessions { LegacySessions(gate: gate) }

    /// Where people do what a call waits for.
    var links: PageLinks { PageLinks(publicURL: publicURL) }

    /// The endpoint that a request names. Names that aren't percent-encoded UTF-8 are nobody's.
    func resource(in context: GatewayContext) -> MCPResource? {
        guard let agent = context.parameters.get("agent").flatMap(PercentEncoding.decode) else { return nil }
        guard let organization = context.parameters.get("org") else {
            return MCPResource(
                organization: settings.defaultOrganization, isDefault: true, agent: AgentID(agent))
        }
        return PercentEncoding.decode(organization).map {
            MCPResource(organization: OrganizationID($0), isDefault: false, agent: AgentID(agent))
        }
    }
}

/// One agent's endpoint: a protected resource of its own.
typealias MCPResource = AgentResource

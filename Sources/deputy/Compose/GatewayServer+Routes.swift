import Broker
import Gate
import Gateway
import Hummingbird
import Turns

/// What is answered on the public face.
extension GatewayServer {
    private var limits: MCPLimits {
        var limits = MCPLimits()
        limits.requestsPerSecond = requestsPerSecond == 0 ? nil : Double(requestsPerSecond)
        limits.burst = max(requestsPerSecond * 2, 1)
        return limits
    }

    func mcp(knownAs url: PublicName) -> MCPServer {
        var settings = MCPSettings(
            publicURL: { url.value }, defaultOrganization: composition.home.organization, serverVersion: Version.text,
            origins: served.origins, limits: limits)
        settings.connectWay = { [guide = composition.connecting.guide] in
            await guide.way(to: $0, for: $1, by: $2, in: $3)
        }
        return MCPServer(
            gate: composition.gate, tokens: composition.registered.tokens, settings: settings, log: composition.log,
            tracer: composition.instruments.tracer)
    }

    func router(knownAs url: PublicName, _ mcp: MCPServer) throws -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ObservedRequests(composition.instruments.http))
        served.face.add(to: router)
        mcp.addRoutes(to: router)
        var talking = APISettings(
            publicURL: { url.value }, organization: composition.home.organization, now: composition.world.now)
        talking.limits = limits
        APIServer(
            gate: composition.gate, tokens: composition.registered.tokens, talk: composition.talk.desk,
            settings: talking, refusals: composition.instruments.channels, log: composition.log
        ).addRoutes(to: router)
        HealthRoutes(composition.readiness).addRoutes(to: router)
        TakeUpRoute(api: composition.api).addRoutes(to: router)
        AuthorizationServer(desk: composition.signingIn.oauth, origins: served.origins, log: composition.log) {
            [keys = composition.signingIn.tokenKeys] in
            try await keys.published()
        }.addRoutes(to: router)
        ClientDocumentRoute { url.value }.addRoutes(to: router)
        composition.talk.hooks.addRoutes(to: router)
        try composition.pages().addRoutes(to: router)
        return router
    }
}

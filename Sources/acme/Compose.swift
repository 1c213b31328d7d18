import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import UnixSignals

/// Builds the whole program: world, tokens, a front per service, the control port, and the announcement.
func compose(_ settings: Settings) throws -> ServiceGroup {
    let world = World()
    var accounts =
        SlackRules.accounts + NotionRules.accounts + RipplingRules.accounts + GmailService.accounts
        + CalendarService.accounts + TicketsService.accounts + AnthropicRules.accounts + OpenAIRules.accounts
    if settings.bench { accounts += EchoService.accounts }
    let clock = AcmeClock()
    let tokens = TokenStore(accounts, kept: try settings.tokens.map(TokenFile.read) ?? [:], clock: clock)
    let oauth = OAuthSetup(tokens: tokens, clock: clock)
    if let file = settings.oauthSetup { try oauth.read(file) }
    let knobs = StrictKnobs()
    var services: [any Service] = [
        SlackService(
            world: world.slack, isOutsideMarketplace: settings.slackNonMarketplace, desk: oauth.slack,
            sockets: world.slackSockets),
        NotionService(desk: oauth.notion),
        RipplingService(), GmailService(world: world.gmail, desk: oauth.google), CalendarService(world: world.calendar),
        TicketsService(world: world.tickets), AnthropicService(world: world.models),
        OpenAIService(world: world.models),
    ]
    if settings.bench { services.append(EchoService()) }
    if settings.oauth {
        services += [
            StrictService(desk: oauth.strict, knobs: knobs), GoogleService(desk: oauth.google, domain: oauth.domain),
            MicrosoftService(desk: oauth.microsoft, world: world.graph),
        ]
    }
    let shared = Shared(
        tokens: tokens, journal: Journal(file: try settings.journal.map(LineFile.init(path:))), faults: Faults(),
        limits: settings.noRateLimits ? nil : RateLimits())
    let control = Control(
        tokens: shared.tokens, journal: shared.journal, faults: shared.faults, world: world, oauth: oauth,
        knobs: knobs, clock: clock)

    let logger = quietLogger()
    let announcement = Announcement(
        expecting: services.count + 2, tokens: shared.tokens, ids: world.ids, file: settings.ready)
    var running: [any ServiceLifecycle.Service] = [announcement]
    for service in services {
        let offset = service.name.portOffset
        running.append(
            listener(Front(service, shared: shared), service.name.rawValue, offset, settings, announcement, logger))
    }
    running.append(
        SlackSocketServer(
            sockets: world.slackSockets, port: settings.port == 0 ? 0 : settings.port + SlackSocketServer.offset,
            announcement: announcement))
    running.append(listener(control, "control", ServiceName.controlOffset, settings, announcement, logger))
    return ServiceGroup(
        configuration: .init(services: running, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
}

private func listener<Responder: HTTPResponder>(
    _ responder: Responder, _ name: String, _ offset: Int, _ settings: Settings, _ announcement: Announcement,
    _ logger: Logger
) -> Application<Responder> where Responder.Context == Peer {
    Application(
        responder: responder,
        configuration: .init(
            address: .hostname("127.0.0.1", port: settings.port == 0 ? 0 : settings.port + offset), backlog: 1024),
        onServerRunning: { channel in
            announcement.heard(name, on: channel.localAddress?.port ?? 0)
        }, logger: logger)
}

func quietLogger() -> Logger {
    var logger = Logger(label: "acme") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .critical
    return logger
}

extension ServiceName {
    static let controlOffset = 5

    /// Where the service listens, counted from the first port: control lies between the services and the bench.
    fileprivate var portOffset: Int {
        switch self {
        case .slack: 0
        case .notion: 1
        case .rippling: 2
        case .gmail: 3
        case .calendar: 4
        case .bench: 6
        case .tickets: 7
        case .strict: 8
        case .google: 9
        case .microsoft: 10
        case .anthropic: 11
        case .openai: 12
        }
    }
}

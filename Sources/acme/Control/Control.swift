import HTTPTypes
import Hummingbird

/// What tests ask of acme itself: what was seen, and what shall go wrong.
struct Control: HTTPResponder {
    typealias Context = Peer
    typealias Handler = @Sendable (Call) async throws(Answer) -> Answer

    let tokens: TokenStore
    let journal: Journal
    let faults: Faults
    let world: World
    let oauth: OAuthSetup
    let knobs: StrictKnobs
    let clock: AcmeClock

    private var table: RouteTable<Handler> {
        RouteTable(routes: [
            Route(.get, "/journal", readJournal),
            Route(.delete, "/journal", clearJournal),
            Route(.get, "/counts", readCounts),
            Route(.get, "/sent", readSent),
            Route(.post, "/revoke", revoke),
            Route(.post, "/reissue", reissue),
            Route(.post, "/delay", delay),
            Route(.post, "/faults", plant),
            Route(.post, "/tickets", describeTickets),
            Route(.post, "/hooks", takeHook),
            Route(.get, "/hooks", readHooks),
            Route(.post, "/slack/apps", putSlackApp),
            Route(.post, "/slack/people", putSlackPerson),
            Route(.post, "/slack/channels", putSlackChannel),
            Route(.get, "/slack/messages", readSlackMessages),
            Route(.get, "/slack/told", readSlackTold),
            Route(.post, "/slack/say", sayInSlack),
            Route(.post, "/slack/edit", editInSlack),
            Route(.post, "/slack/delete", deleteInSlack),
            Route(.post, "/slack/press", pressInSlack),
            Route(.post, "/slack/event", tellInSlack),
            Route(.post, "/slack/release", releaseInSlack),
            Route(.get, "/slack/sockets", readSlackSockets),
            Route(.post, "/slack/sockets", changeSlackSockets),
            Route(.get, "/models", readModels),
            Route(.post, "/models/replies", planReply),
            Route(.post, "/models/pace", setPace),
            Route(.post, "/oauth/clients", putClient),
            Route(.post, "/oauth/accounts", putAccount),
            Route(.post, "/oauth/origins", putOrigin),
            Route(.get, "/oauth/families", readFamilies),
            Route(.post, "/oauth/end", endFamilies),
            Route(.post, "/oauth/narrow", narrowScopes),
            Route(.post, "/google/keys", makeKey), Route(.post, "/google/key-admins", letManageKeys),
            Route(.post, "/google/delegations", delegate),
            Route(.post, "/strict", setStrict),
            Route(.post, "/clock", setClock),
        ])
    }

    func respond(to request: Request, context: Peer) async throws -> Response {
        var call = Call(
            method: request.method, path: request.uri.path, queryText: request.uri.query ?? "",
            headers: request.headers, body: try await request.body.collect(upTo: 1 << 20), connection: context.port)
        switch table.match(call.method, call.path) {
        case .found(let handler, let parameters):
            call.parameters = parameters
            do {
                return try await handler(call).response
            } catch {
                return error.response
            }
        case .otherMethod: return Self.no(405, "method not allowed").response
        case .nothing: return Self.no(404, "no such endpoint").response
        }
    }

    static func no(_ status: Int, _ message: String) -> Answer {
        Answer(status, ["error": .string(message)], error: message)
    }
}

import Hummingbird
import NIOCore
import ServiceLifecycle

/// What every service does with a request: who calls, may they, how often, then the operation, the journal, the answer.
struct Front: HTTPResponder {
    typealias Context = Peer

    private static let largestBody = 36_700_160

    let service: any Service
    let table: RouteTable<Operation>
    let tokens: TokenStore
    let journal: Journal
    let faults: Faults
    /// Nil when limits are switched off.
    let limits: RateLimits?

    init(_ service: any Service, shared: Shared) {
        self.service = service
        table = RouteTable(routes: service.routes)
        tokens = shared.tokens
        journal = shared.journal
        faults = shared.faults
        limits = shared.limits
    }

    func respond(to request: Request, context: Peer) async throws -> Response {
        var call = Call(
            method: request.method, path: request.uri.path, queryText: request.uri.query ?? "",
            headers: request.headers, authority: request.head.authority,
            body: try await request.body.collect(upTo: Self.largestBody),
            connection: context.port)
        let match = table.match(call.method, call.path)
        var operation: Operation?
        if case .found(let found, let parameters) = match {
            operation = found
            call.parameters = parameters
        }
        let standing =
            operation?.isOpen == true ? .absent : tokens.standing(of: service.secret(in: call), at: service.name)
        let party = party(of: call, operation) ?? standing.party
        let fault = faults.take(service.name, operation?.name)
        if fault == .dropBefore {
            note(call, operation, party, Answer(0, nil, error: "dropped before"))
            await context.hangUp()
            return Response(status: .internalServerError)
        }
        let answer = fault.flatMap(faulty) ?? answer(call, match, standing)
        note(call, operation, party, answer)
        if let delay = faults.delay(service.name, operation?.name) {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
        }
        if fault == .dropAfter {
            await context.hangUp()
        }
        return fault == .pageAfter ? Self.page.response : answer.response
    }

    /// What a proxy between the two sides may put in an answer's place.
    private static let page = Answer(
        page: 200, "<!doctype html><title>Welcome</title><p>Please sign in to the network.")

    private func party(of call: Call, _ operation: Operation?) -> Party? {
        switch operation?.work {
        case .open(let about, _): about(call)
        case .asOwner, nil: nil
        }
    }

    private func faulty(_ fault: Fault) -> Answer? {
        switch fault {
        case .status(let status, let retryAfter):
            retryAfter.map { service.refuse(.fault(status: status)).adding("Retry-After", String($0)) }
                ?? service.refuse(.fault(status: status))
        case .pageBefore: Self.page
        case .dropBefore, .dropAfter, .pageAfter: nil
        }
    }

    private func answer(_ call: Call, _ match: RouteTable<Operation>.Match, _ standing: Standing) -> Answer {
        let operation: Operation
        switch match {
        case .found(let found, _): operation = found
        case .otherMethod: return service.refuse(.otherMethod(call))
        case .nothing: return service.refuse(.noSuchOperation(call))
        }
        let run: @Sendable (Call, Token) throws(Answer) -> Answer
        switch operation.work {
        case .open(_, let run):
            do {
                return try run(call)
            } catch {
                return error
            }
        case .asOwner(let asOwner): run = asOwner
        }
        let token: Token
        switch standing {
        case .absent: return service.refuse(.noToken)
        case .unknown: return service.refuse(.unknownToken)
        case .revoked: return service.refuse(.revokedToken)
        case .expired: return service.refuse(.expiredToken)
        case .good(let good): token = good
        }
        return service.finish(permitted(call, operation, token, run), for: operation, token: token)
    }

    private func permitted(
        _ call: Call, _ operation: Operation, _ token: Token,
        _ run: @Sendable (Call, Token) throws(Answer) -> Answer
    ) -> Answer {
        if let refusal = service.screen(call) { return refusal }
        if !operation.scopes.isEmpty, token.scopes.isDisjoint(with: operation.scopes) {
            return service.refuse(.missingScope(operation, token))
        }
        if let limit = operation.limit, let limits {
            let key = [service.name.rawValue, token.owner, limit.shared ?? operation.name, limit.subject(call)]
            if let seconds = limits.take(limit, key: key.joined(separator: "\n")) {
                return service.refuse(.rateLimited(seconds: seconds))
            }
        }
        do {
            return try run(call, token)
        } catch {
            return error
        }
    }

    private func note(_ call: Call, _ operation: Operation?, _ party: Party, _ answer: Answer) {
        journal.note(
            Entry(
                service: service.name, party: party, operation: operation?.name,
                method: call.method.rawValue, path: tokens.masked(call.path), status: answer.status,
                error: answer.error, connection: call.connection))
    }
}

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
            headers: request.headers, body: try await request.body.collect(upTo: Self.largestBody),
            connection: context.port)
        let match = table.match(call.method, call.path)
        var operation: Operation?
        if case .found(let found, let parameters) = match {
            operation = found
            call.parameters = parameters
        }
        let standing = tokens.standing(of: service.secret(in: call), at: service.name)
        let fault = faults.take(service.name, operation?.name)
        if fault == .dropBefore {
            note(call, operation, standing, Answer(0, nil, error: "dropped before"))
            await context.hangUp()
            return Response(status: .internalServerError)
        }
        let answer = fault.flatMap(faulty) ?? answer(call, match, standing)
        note(call, operation, standing, answer)
        if let delay = faults.delay(service.name, operation?.name) {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
        }
        if fault == .dropAfter {
            await context.hangUp()
        }
        return answer.response
    }

    private func faulty(_ fault: Fault) -> Answer? {
        switch fault {
        case .status(let status): service.refuse(.fault(status: status))
        case .dropBefore, .dropAfter: nil
        }
    }

    private func answer(_ call: Call, _ match: RouteTable<Operation>.Match, _ standing: Standing) -> Answer {
        let operation: Operation
        switch match {
        case .found(let found, _): operation = found
        case .otherMethod: return service.refuse(.otherMethod(call))
        case .nothing: return service.refuse(.noSuchOperation(call))
        }
        let token: Token
        switch standing {
        case .absent: return service.refuse(.noToken)
        case .unknown: return service.refuse(.unknownToken)
        case .revoked: return service.refuse(.revokedToken)
        case .good(let good): token = good
        }
        return service.finish(permitted(call, operation, token), for: operation, token: token)
    }

    private func permitted(_ call: Call, _ operation: Operation, _ token: Token) -> Answer {
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
            return try operation.run(call, token)
        } catch {
            return error
        }
    }

    private func note(_ call: Call, _ operation: Operation?, _ standing: Standing, _ answer: Answer) {
        journal.note(
            Entry(
                service: service.name, owner: standing.owner, operation: operation?.name,
                method: call.method.rawValue, path: tokens.masked(call.path), status: answer.status,
                error: answer.error, connection: call.connection))
    }
}

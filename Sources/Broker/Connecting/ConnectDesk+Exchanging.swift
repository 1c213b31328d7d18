import Authority
import Gate
public import OAuth
import Wire

/// Providers whose tokens are for us, and become the API's own by an exchange.
extension ConnectDesk {
    /// What is asked of the person, and what the provider's manifest asks for always.
    ///
    /// - Parameter needed: what the agent's tools need. At a provider that exchanges tokens the API is asked for that later,
    ///   and the person isn't.
    public static func asked(of server: AuthorizationServer, needing needed: Set<String>) -> Set<String> {
        server.exchange == nil ? needed.union(server.scopes) : Set(server.scopes)
    }

    /// The token that shows whose account it is: an exchanged one, where tokens are.
    ///
    /// - Returns: with the scopes that the API gave.
    func shown(
        _ answer: TokenAnswer, _ flow: ConnectFlow, _ service: ConnectService
    ) async throws(ConnectProblem) -> TokenAnswer {
        guard let rule = service.server.exchange else { return answer }
        let asking = ExchangeAsking(rule: rule, server: service.server, app: service.app, apps: apps, errands: tokens)
        let allowed = rule.scopes.isEmpty ? service.manifest.allScopes : Set(rule.scopes)
        do throws(ConnectError) {
            try await tell(
                flow, "connect.exchange-asked", ["scopes": .array(allowed.sorted().map { .string($0) })])
        } catch {
            throw ConnectProblem(.unreachable, "the ledger can't be written")
        }
        do throws(AskingProblem) {
            let exchanged = try await asking.ask(answer.access, for: flow.aim.agent, allowed: allowed)
            guard exchanged.scopes == nil else { return exchanged }
            // RFC 6749 section 5.1: an answer that names none granted those that were asked for.
            return TokenAnswer(
                access: exchanged.access, refresh: nil, scopes: allowed, lifetime: exchanged.lifetime,
                about: exchanged.about)
        } catch {
            switch error {
            case .fault(let fault): throw ConnectProblem(.code, fault.message, hint: fault.hint)
            case .token(.answered(let failure)): throw ConnectProblem(failure)
            case .token(.notSent(let reason)), .token(.lost(let reason)): throw ConnectProblem(.unreachable, reason)
            }
        }
    }

    /// What the provider wants of the person's next sign-in, since it refused the tokens of this connection, or the last
    /// try to make one.
    func claims(of connection: ConnectionID?, after flow: ConnectFlow) async throws(ConnectError) -> String? {
        if case .ended(let problem) = flow.stage, let claims = problem.claims { return claims }
        guard let connection else { return nil }
        return try await read { try await connections.tokens.tokens(of: connection)?.failure?.claims }
    }
}

extension ConnectProblem {
    /// A token endpoint that gave nothing for what a browser brought.
    init(_ failure: TokenFailure) {
        switch failure.kind {
        case .needsUser(let claims):
            self.init(
                .code, failure.code, hint: "begin again: it wants more of your sign-in, and will ask you for it",
                claims: claims)
        case .registration:
            self.init(
                .code, failure.code,
                hint: "whoever administers Deputy has to look at what the service knows it by: `deputy apps list`")
        case .policy:
            self.init(
                .code, failure.code,
                hint: "ask whoever administers your organization's accounts there, then begin again")
        case .transient, .dead, .scope: self.init(.code, failure.code)
        }
    }
}

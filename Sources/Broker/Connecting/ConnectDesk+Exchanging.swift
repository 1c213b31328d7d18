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
        let asking = ExchangeAsking(rule: rule, server: service.server, app: service.app, errands: tokens)
        let allowed = rule.scopes.isEmpty ? service.manifest.allScopes : Set(rule.scopes)
        do throws(ConnectError) {
            try await tell(
                flow, "connect.exchange-asked", ["scopes": .array(allowed.sorted().map { .string($0) })])
        } catch {
            throw ConnectProblem(.unreachable, "the ledger can't be written")
        }
        do throws(ExchangeAsking.Problem) {
            let exchanged = try await asking.ask(answer.access, for: flow.aim.agent, allowed: allowed)
            guard exchanged.scopes == nil else { return exchanged }
            // RFC 6749 section 5.1: an answer that names none granted those that were asked for.
            return TokenAnswer(
                access: exchanged.access, refresh: nil, scopes: allowed, lifetime: exchanged.lifetime,
                about: exchanged.about)
        } catch {
            switch error {
            case .fault(let fault): throw ConnectProblem(.code, fault.message, hint: fault.hint)
            case .token(.answered(let failure)): throw ConnectProblem(.code, failure.code)
            case .token(.notSent(let reason)), .token(.lost(let reason)): throw ConnectProblem(.unreachable, reason)
            }
        }
    }

    /// What the provider wants of the person's next sign-in, since it refused the tokens of this connection.
    func claims(of connection: ConnectionID?) async throws(ConnectError) -> String? {
        guard let connection else { return nil }
        return try await read { try await connections.tokens.tokens(of: connection)?.failure?.claims }
    }
}

import Authority
import OAuth

/// One exchange at one server: a token that somebody gave us for one that the provider's API takes.
struct ExchangeAsking {
    let rule: ExchangeRule
    let server: AuthorizationServer
    let app: ProviderApp
    let errands: any TokenErrands

    enum Problem: Error {
        case fault(GrantFault)
        case token(TokenProblem)
    }

    /// - Parameters:
    ///   - agent: who acts; nil while nobody does yet.
    ///   - allowed: what is asked for where the rule doesn't say.
    func ask(_ subject: TokenText, for agent: AgentID?, allowed: some Sequence<String>) async throws(Problem)
        -> TokenAnswer
    {
        let request: TokenRequest
        do throws(GrantFault) {
            let actor = rule.namesActor ? try app.signing().actor(agent?.raw) : nil
            request = try rule.request(subject, clientID: app.clientID, actor: actor, allowed: allowed.sorted())
        } catch {
            throw .fault(error)
        }
        let answer: TokenAnswer
        do throws(TokenProblem) {
            answer = try await errands.ask(request, at: server.token, as: app, in: server.dialect)
        } catch {
            throw .token(error)
        }
        do throws(GrantFault) {
            try rule.check(answer, of: subject)
        } catch {
            throw .fault(error)
        }
        return answer
    }
}

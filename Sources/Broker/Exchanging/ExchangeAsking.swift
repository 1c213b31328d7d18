import Authority
import OAuth

/// One exchange at one server: a token that somebody gave us for one that the provider's API takes.
struct ExchangeAsking {
    let rule: ExchangeRule
    let server: AuthorizationServer
    let app: ProviderApp
    let apps: AppDesk
    let errands: any TokenErrands

    /// - Parameters:
    ///   - agent: who acts; nil while nobody does yet.
    ///   - allowed: what is asked for where the rule doesn't say.
    func ask(_ subject: TokenText, for agent: AgentID?, allowed: some Sequence<String>) async throws(AskingProblem)
        -> TokenAnswer
    {
        let scopes = allowed.sorted()
        let asked = try await apps.asking(as: app) { app throws(AskingProblem) in
            let request: TokenRequest
            do throws(GrantFault) {
                let actor = rule.namesActor ? try app.signing().actor(agent?.raw) : nil
                request = try rule.request(subject, clientID: app.clientID, actor: actor, allowed: scopes)
            } catch {
                throw .fault(error)
            }
            do throws(TokenProblem) {
                return try await errands.ask(request, at: server.token, as: app, in: server.dialect.ofAnyKind)
            } catch {
                throw .token(error)
            }
        }
        await apps.prove(asked.app)
        do throws(GrantFault) {
            try rule.check(asked.answer, of: subject)
        } catch {
            throw .fault(error)
        }
        return asked.answer
    }
}

import Authority
import OAuth

extension BrokerError {
    init(_ subject: String, _ refusal: DelegatedSubject.Refusal) {
        switch refusal {
        case .malformed:
            self.init(.invalid, "`\(subject)` isn't a mail address", hint: "write it as `assistant@example.com`")
        case .notAllowed:
            self.init(
                .refused, "this agent may not be `\(subject)`",
                hint: "whom it may be is in its definition: `deputy agents edit AGENT --subject \(subject)`")
        case .person:
            self.init(
                .refused, "`\(subject)` is a person's: an agent never acts as a person",
                hint: "give the agent an account of its own in the directory, and name that")
        }
    }

    /// A token endpoint that gave nothing, while a connection is made.
    init(_ problem: TokenProblem, of grant: OwnGrant? = nil, at provider: ProviderID) {
        switch problem {
        case .notSent(let reason), .lost(let reason):
            self.init(
                .unavailable, "`\(provider)` can't be asked for tokens: \(reason)", hint: "nothing was kept; try again")
        case .answered(let failure):
            let code = failure.code ?? "HTTP \(failure.status)"
            switch failure.kind {
            case .transient:
                self.init(
                    .unavailable, "`\(provider)` gives no tokens now: \(code)", hint: "nothing was kept; try again")
            case .dead, .needsUser, .registration, .scope, .policy:
                self.init(.refused, "`\(provider)` gives no tokens: \(code)", hint: BrokerError.wayOut(failure, grant))
            }
        }
    }

    private static func wayOut(_ failure: TokenFailure, _ grant: OwnGrant?) -> String {
        switch (grant, failure.code) {
        case (.account(let account, as: _, _), "unauthorized_client"),
            (.account(let account, as: _, _), "access_denied"):
            "allow `\(account.email)` these scopes in the Admin console, under domain-wide delegation"
        case (.account, "invalid_grant"):
            "check that the account and its key live, the subject exists, and this machine's clock is right"
        case (_, "invalid_client"), (_, "unauthorized_client"):
            "check the app with `deputy apps list`, and what the provider lets it do"
        case (_, "invalid_scope"): "name the scopes that the provider has with `--scope`"
        case (_, _): "the provider's own words for this code say what to do"
        }
    }
}

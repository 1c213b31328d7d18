/// One stand-in: its operations, and how it says no.
protocol Service: Sendable {
    var name: ServiceName { get }
    var routes: [Route<Operation>] { get }

    /// The credential as this service takes it.
    func secret(in call: Call) -> String?
    /// A rule that every call must meet after its token was found good; nil when met.
    func screen(_ call: Call) -> Answer?
    /// The service's own words for a refusal that every service knows.
    func refuse(_ refusal: Refusal) -> Answer
    /// Adds what this service sends with each answer to a known token.
    func finish(_ answer: Answer, for operation: Operation, token: Token) -> Answer
}

extension Service {
    func secret(in call: Call) -> String? {
        call.bearer
    }

    func screen(_ call: Call) -> Answer? {
        nil
    }

    func finish(_ answer: Answer, for operation: Operation, token: Token) -> Answer {
        answer
    }
}

/// One operation of a service.
struct Operation: Sendable {
    let name: String
    /// A token needs one of these; none means any token will do.
    var scopes: [String] = []
    var limit: Limit?
    let run: @Sendable (Call, Token) throws(Answer) -> Answer
}

enum Refusal: Sendable {
    case noToken
    case unknownToken
    case revokedToken
    case missingScope(Operation, Token)
    case rateLimited(seconds: Int)
    case noSuchOperation(Call)
    case otherMethod(Call)
    case badBody
    case fault(status: Int)
}

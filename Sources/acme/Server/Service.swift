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
    let work: Work

    enum Work: Sendable {
        case asOwner(@Sendable (Call, Token) throws(Answer) -> Answer)
        /// Needs no token of ours: what an authorization server does. `about` tells the journal whose call it is; it
        /// runs once per call and before any fault.
        case open(about: @Sendable (Call) -> Party, run: @Sendable (Call) throws(Answer) -> Answer)
    }

    init(
        name: String, scopes: [String] = [], limit: Limit? = nil,
        run: @escaping @Sendable (Call, Token) throws(Answer) -> Answer
    ) {
        self.name = name
        self.scopes = scopes
        self.limit = limit
        work = .asOwner(run)
    }

    /// An operation without a token.
    init(
        open name: String, about: @escaping @Sendable (Call) -> Party = { _ in Party() },
        run: @escaping @Sendable (Call) throws(Answer) -> Answer
    ) {
        self.name = name
        work = .open(about: about, run: run)
    }

    var isOpen: Bool {
        switch work {
        case .open: true
        case .asOwner: false
        }
    }
}

/// Whose call it is, for the journal.
struct Party: Sendable {
    /// The account's owner; nil when nobody's.
    var owner: String?
    /// The app that calls, by its client id.
    var client: String?
    /// What the app presents at a token endpoint, such as `refresh_token`.
    var grant: String?
    /// The number of the authorization from which its tokens come.
    var family: Int?
    /// Who acts on the owner's behalf, where the token says so.
    var actor: String?
}

enum Refusal: Sendable {
    case noToken
    case unknownToken
    case revokedToken
    case expiredToken
    case missingScope(Operation, Token)
    case rateLimited(seconds: Int)
    case noSuchOperation(Call)
    case otherMethod(Call)
    case badBody
    case fault(status: Int)
}

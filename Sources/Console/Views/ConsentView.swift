/// What a person is asked before a client may reach an agent in their name.
public struct ConsentView: PageView {
    public static let template = "consent"

    public struct Line: Sendable {
        /// The effect's word, as the form sends it.
        public let effect: String
        public let sentence: String
        public let capabilities: [String]
        public let isChosen: Bool

        public init(effect: String, sentence: String, capabilities: [String], isChosen: Bool) {
            self.effect = effect
            self.sentence = sentence
            self.capabilities = capabilities
            self.isChosen = isChosen
        }
    }

    public let title: String
    public let client: String
    /// Who vouches for the client's name, in words.
    public let vouching: String
    public let isVouched: Bool
    public let id: String
    public let redirect: String
    /// What to know of that place; nil for a site.
    public let warning: String?
    public let agent: String
    /// The assistant's yes that goes with it.
    public let isAssistant: Bool
    public let lines: [Line]
    /// When exactly this was allowed before.
    public let remembered: String?
    public let tellsWho: Bool
    /// The request that the form carries on, and the digest of what is shown.
    public let request: String
    public let shown: String

    public init(
        title: String, client: String, vouching: String, isVouched: Bool, id: String, redirect: String,
        warning: String?, agent: String, isAssistant: Bool, lines: [Line], remembered: String?, tellsWho: Bool,
        request: String, shown: String
    ) {
        self.title = title
        self.client = client
        self.vouching = vouching
        self.isVouched = isVouched
        self.id = id
        self.redirect = redirect
        self.warning = warning
        self.agent = agent
        self.isAssistant = isAssistant
        self.lines = lines
        self.remembered = remembered
        self.tellsWho = tellsWho
        self.request = request
        self.shown = shown
    }
}

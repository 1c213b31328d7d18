/// What waits for a person, and what they decided lately.
public struct ApprovalsView: PageView {
    public static let template = "approvals"

    public struct Row: Sendable {
        public let path: String
        public let title: String
        /// Nil when it goes nowhere.
        public let destinations: String?
        public let isOutside: Bool
        public let agent: String
        public let requester: String
        public let state: String
        public let time: String

        public init(
            path: String, title: String, destinations: String?, isOutside: Bool, agent: String, requester: String,
            state: String, time: String
        ) {
            self.path = path
            self.title = title
            self.destinations = destinations
            self.isOutside = isOutside
            self.agent = agent
            self.requester = requester
            self.state = state
            self.time = time
        }
    }

    public struct Window: Sendable {
        public let path: String
        public let text: String

        public init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    public let title = "Approvals"
    public let waiting: [Row]
    public let decided: [Row]
    public let windows: [Window]

    public init(waiting: [Row], decided: [Row], windows: [Window]) {
        self.waiting = waiting
        self.decided = decided
        self.windows = windows
    }
}

/// One call, as an approver sees it.
public struct ApprovalView: PageView {
    public static let template = "approval"

    public struct Destination: Sendable {
        public let text: String
        public let isOutside: Bool

        public init(text: String, isOutside: Bool) {
            self.text = text
            self.isOutside = isOutside
        }
    }

    public struct Argument: Sendable {
        public let name: String
        public let role: String
        public let value: String

        public init(name: String, role: String, value: String) {
            self.name = name
            self.role = role
            self.value = value
        }
    }

    public let title: String
    public let path: String
    public let shown: String
    public let effect: String
    public let destinations: [Destination]
    public let account: String
    public let agent: String
    public let requester: String
    public let behalf: String?
    public let arguments: [Argument]
    public let json: String
    public let findings: [String]
    public let seen: String?
    /// Others that have to agree as well.
    public let others: String?
    public let expires: String
    public let canAnswer: Bool
    public let allowsWindow: Bool
    public let hasDestinations: Bool
    public let state: String

    public init(
        title: String, path: String, shown: String, effect: String, destinations: [Destination], account: String,
        agent: String, requester: String, behalf: String?, arguments: [Argument], json: String, findings: [String],
        seen: String?, others: String?, expires: String, canAnswer: Bool, allowsWindow: Bool, state: String
    ) {
        self.title = title
        self.path = path
        self.shown = shown
        self.effect = effect
        self.destinations = destinations
        self.account = account
        self.agent = agent
        self.requester = requester
        self.behalf = behalf
        self.arguments = arguments
        self.json = json
        self.findings = findings
        self.seen = seen
        self.others = others
        self.expires = expires
        self.canAnswer = canAnswer
        self.allowsWindow = allowsWindow
        hasDestinations = !destinations.isEmpty
        self.state = state
    }
}

/// A person's own connections.
public struct ConnectionsView: PageView {
    public static let template = "connections"

    public struct Row: Sendable {
        public let path: String
        public let provider: String
        public let account: String
        public let health: String
        public let isRevoked: Bool

        public init(path: String, provider: String, account: String, health: String, isRevoked: Bool) {
            self.path = path
            self.provider = provider
            self.account = account
            self.health = health
            self.isRevoked = isRevoked
        }
    }

    public struct Provider: Sendable {
        public let id: String
        public let isChosen: Bool

        public init(id: String, isChosen: Bool) {
            self.id = id
            self.isChosen = isChosen
        }
    }

    public let title = "Connections"
    public let rows: [Row]
    public let providers: [Provider]

    public init(rows: [Row], providers: [Provider]) {
        self.rows = rows
        self.providers = providers
    }
}

/// What a person agreed to that assistants do with their accounts, and what is new.
public struct AgreementsView: PageView {
    public static let template = "agreements"

    public struct Row: Sendable {
        public let agent: String
        public let path: String
        public let agreed: [String]
        public let new: [String]
        public let shown: String
        public let isOpen: Bool

        public init(agent: String, path: String, agreed: [String], new: [String], shown: String) {
            self.agent = agent
            self.path = path
            self.agreed = agreed
            self.new = new
            self.shown = shown
            isOpen = !new.isEmpty
        }
    }

    public let title = "Assistants"
    public let rows: [Row]

    public init(rows: [Row]) {
        self.rows = rows
    }
}

/// A person's own tokens.
public struct TokensView: PageView {
    public static let template = "tokens"

    public struct Row: Sendable {
        public let path: String
        public let id: String
        public let label: String?
        public let agents: String
        public let state: String
        public let expires: String
        public let isActive: Bool

        public init(
            path: String, id: String, label: String?, agents: String, state: String, expires: String, isActive: Bool
        ) {
            self.path = path
            self.id = id
            self.label = label
            self.agents = agents
            self.state = state
            self.expires = expires
            self.isActive = isActive
        }
    }

    public let title = "Tokens"
    public let rows: [Row]
    /// A token that was taken up just now. Shown once.
    public let new: String?

    public init(rows: [Row], new: String? = nil) {
        self.rows = rows
        self.new = new
    }
}

/// What agents did as a person, or for them.
public struct WeekView: PageView {
    public static let template = "week"

    public struct Row: Sendable {
        public let time: String
        public let agent: String
        public let tool: String
        public let account: String
        public let requester: String
        public let outcome: String

        public init(time: String, agent: String, tool: String, account: String, requester: String, outcome: String) {
            self.time = time
            self.agent = agent
            self.tool = tool
            self.account = account
            self.requester = requester
            self.outcome = outcome
        }
    }

    public let title = "What agents did as me this week"
    public let rows: [Row]

    public init(rows: [Row]) {
        self.rows = rows
    }
}

/// A person's browser sessions.
public struct BrowsersView: PageView {
    public static let template = "browsers"

    public struct Row: Sendable {
        public let browser: String
        public let since: String
        public let seen: String
        public let isThis: Bool

        public init(browser: String, since: String, seen: String, isThis: Bool) {
            self.browser = browser
            self.since = since
            self.seen = seen
            self.isThis = isThis
        }
    }

    public let title = "Browsers"
    public let rows: [Row]

    public init(rows: [Row]) {
        self.rows = rows
    }
}

/// The page behind a one-time link. Opening it signs nobody in; its button does.
public struct LoginView: PageView {
    public static let template = "login"

    public let title = "Sign in"
    public let name: String
    public let email: String
    public let code: String

    public init(name: String, email: String, code: String) {
        self.name = name
        self.email = email
        self.code = code
    }
}

/// Something to say, with the way out.
public struct MessageView: PageView {
    public static let template = "message"

    public let title: String
    public let text: String
    public let wayOut: String?
    public let link: String?

    public init(title: String, text: String, wayOut: String? = nil, link: String? = nil) {
        self.title = title
        self.text = text
        self.wayOut = wayOut
        self.link = link
    }
}

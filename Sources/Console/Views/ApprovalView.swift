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
    /// Why it can't be approved now, though it can be denied.
    public let obstacle: String?
    public let canApprove: Bool
    public let allowsWindow: Bool
    public let hasDestinations: Bool
    public let state: String
    /// Why what this person wrote, which is `json` then, wasn't taken.
    public let problem: String?
    public let isEditing: Bool

    public init(
        title: String, path: String, shown: String, effect: String, destinations: [Destination], account: String,
        agent: String, requester: String, behalf: String?, arguments: [Argument], json: String, findings: [String],
        seen: String?, others: String?, expires: String, canAnswer: Bool, obstacle: String?,
        allowsWindow: Bool, state: String,
        problem: String? = nil
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
        self.obstacle = canAnswer ? obstacle : nil
        canApprove = canAnswer && obstacle == nil
        self.allowsWindow = allowsWindow
        hasDestinations = !destinations.isEmpty
        self.state = state
        self.problem = problem
        isEditing = problem != nil
    }
}

/// One conversation with an agent.
public struct ChatView: PageView {
    public static let template = "chat"

    /// One question, and what was said to it.
    public struct Turn: Sendable {
        public let question: String
        public let time: String
        /// Names of files, with their sizes.
        public let attached: [String]
        public let said: [Said]
        /// What it does or waits for now; nil once it has ended with words.
        public let state: String?

        public init(question: String, time: String, attached: [String] = [], said: [Said], state: String?) {
            self.question = question
            self.time = time
            self.attached = attached
            self.said = said
            self.state = state
        }
    }

    /// What goes with an answer.
    public struct File: Sendable {
        public let name: String
        /// In words.
        public let size: String
        public let path: String

        public init(name: String, size: String, path: String) {
            self.name = name
            self.size = size
            self.path = path
        }
    }

    public struct Said: Sendable {
        public let text: String
        /// Of Deputy itself, and not of a model.
        public let isOurs: Bool
        public let lines: [String]
        public let link: String?
        public let linkName: String
        public let files: [File]

        public init(
            text: String, isOurs: Bool, lines: [String] = [], link: String? = nil, linkName: String = "Go on",
            files: [File] = []
        ) {
            self.text = text
            self.isOurs = isOurs
            self.lines = lines
            self.link = link
            self.linkName = linkName
            self.files = files
        }
    }

    public let title: String
    public let path: String
    public let turns: [Turn]
    public let isEmpty: Bool
    /// Tells a message that is sent twice from a second one.
    public let event: String

    public init(title: String, path: String, turns: [Turn], event: String) {
        self.title = title
        self.path = path
        self.turns = turns
        isEmpty = turns.isEmpty
        self.event = event
    }
}

/// The agents that a person can talk to, and the conversations that there were.
public struct ChatsView: PageView {
    public static let template = "chats"

    public struct Agent: Sendable {
        public let name: String
        public let kind: String
        public let path: String

        public init(name: String, kind: String, path: String) {
            self.name = name
            self.kind = kind
            self.path = path
        }
    }

    public struct Conversation: Sendable {
        public let agent: String
        public let path: String
        public let time: String
        public let state: String

        public init(agent: String, path: String, time: String, state: String) {
            self.agent = agent
            self.path = path
            self.time = time
            self.state = state
        }
    }

    public let title = "Talk to an agent"
    public let agents: [Agent]
    public let conversations: [Conversation]
    public let hasConversations: Bool

    public init(agents: [Agent], conversations: [Conversation]) {
        self.agents = agents
        self.conversations = conversations
        hasConversations = !conversations.isEmpty
    }
}

/// With whom a person shares their agents, and in which places alone.
public struct SharesView: PageView {
    public static let template = "shares"

    public struct Place: Sendable {
        public let name: String
        /// As it is sent back.
        public let channel: String

        public init(name: String, channel: String) {
            self.name = name
            self.channel = channel
        }
    }

    public struct Share: Sendable {
        public let grantee: String
        /// As it is sent back.
        public let with: String
        public let rights: String
        public let since: String
        /// The only places where it may be used; empty for everywhere.
        public let places: [Place]
        public let isLimited: Bool

        public init(grantee: String, with: String, rights: String, since: String, places: [Place]) {
            self.grantee = grantee
            self.with = with
            self.rights = rights
            self.since = since
            self.places = places
            isLimited = !places.isEmpty
        }
    }

    public struct Agent: Sendable {
        public let name: String
        /// As it is sent back.
        public let agent: String
        public let shares: [Share]

        public init(name: String, agent: String, shares: [Share]) {
            self.name = name
            self.agent = agent
            self.shares = shares
        }
    }

    public let title = "Shared agents"
    public let agents: [Agent]

    public init(agents: [Agent]) {
        self.agents = agents
    }
}

public import Authority

/// Tells a person that something waits for them. A notice carries a link and no authority, no arguments and no words of a
/// model.
public protocol Notifier: Sendable {
    func notify(_ notice: Notice) async throws(NoticeFailure)

    /// Whether this way leads to the person at all, and is for what they are told. What no way is for waits.
    func leads(to notice: QueuedNotice) async throws -> Bool
}

extension Notifier {
    /// Everybody has an address, and a webhook is for everything.
    public func leads(to notice: QueuedNotice) async throws -> Bool { true }
}

public enum NoticeKind {}
public typealias NoticeID = ID<NoticeKind>

/// One message to one person.
public struct Notice: Sendable, Hashable {
    /// Equal for each attempt at the same message, so that a receiver can tell a repeat.
    public let id: NoticeID
    public let organization: OrganizationID
    public let person: PersonID
    /// Mail, verified.
    public let address: String
    public let matter: NoticeMatter
    /// The agents that it is about, by name.
    public let agents: [AgentID]
    /// Where the person signs in and looks. Gives nobody anything.
    public let link: String
    public let created: Timestamp

    public init(
        id: NoticeID, organization: OrganizationID, person: PersonID, address: String, matter: NoticeMatter,
        agents: [AgentID], link: String, created: Timestamp
    ) {
        self.id = id
        self.organization = organization
        self.person = person
        self.address = address
        self.matter = matter
        self.agents = agents
        self.link = link
        self.created = created
    }
}

/// What waits.
public enum NoticeMatter: Sendable, Hashable {
    case approvals(waiting: Int)
    case connectionNeeded
    case agreementNeeded
    /// So many connections that the person has to mend.
    case connectionsInTrouble(Int)
    /// Tools of remote servers are new, or aren't what somebody released any more, so that nobody may call them.
    case toolsChanged
    /// So many schedules that stopped by themselves.
    case schedulesStopped(Int)
    /// Nothing does: an administrator tries the way out.
    case test
}

/// Why a person wasn't told, in words that hold no secret.
public enum NoticeFailure: Error, Sendable, Hashable {
    /// Certainly not delivered; it may be tried again.
    case notSent(String)
    /// Never delivered this way.
    case refused(String)
    /// It may have arrived.
    case unknown(String)
}

/// The ways out of an organization, in the order in which they are tried.
public enum NoticeRoute: String, Sendable, CaseIterable {
    case channel, mail, webhook

    /// Whether a message may be sent again when nobody knows whether it arrived. A webhook's receiver knows a repeat by
    /// its id; a mailbox and a channel don't.
    public var mayRepeat: Bool { self == .webhook }
}

/// The ways that are set up now.
public protocol NoticeRoutes: Sendable {
    func routes() async throws -> [(route: NoticeRoute, notifier: any Notifier)]
}

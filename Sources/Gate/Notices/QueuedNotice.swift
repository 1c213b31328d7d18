public import Authority

/// One thing that one person is to be told, in the outbox. Several become one message.
public struct QueuedNotice: Sendable, Hashable {
    public let id: NoticeID
    public let organization: OrganizationID
    public let person: PersonID
    public let subject: NoticeSubject
    public let agent: AgentID
    /// Who asks through what: notices of one source are capped together.
    public let source: String
    public let created: Timestamp
    public var state: NoticeState
    /// The message that it was last part of.
    public var message: NoticeID?
    /// The way that its message took last.
    public var route: NoticeRoute?
    /// The ways that are closed to it.
    public var closed: Set<NoticeRoute>
    /// How often the way was tried that it is on.
    public var attempts: Int
    public var notBefore: Timestamp
    public var settled: Timestamp?
    /// Why it wasn't delivered.
    public var reason: String?

    public init(
        id: NoticeID, organization: OrganizationID, person: PersonID, subject: NoticeSubject, agent: AgentID,
        source: String, created: Timestamp
    ) {
        self.id = id
        self.organization = organization
        self.person = person
        self.subject = subject
        self.agent = agent
        self.source = source
        self.created = created
        state = .waiting
        message = nil
        route = nil
        closed = []
        attempts = 0
        notBefore = created
        settled = nil
        reason = nil
    }
}

/// What a queued notice is about.
public enum NoticeSubject: Sendable, Hashable {
    case approval(ApprovalID)
    case connection(ProviderID)
    case agreement
    /// A connection that there is, and that its owner has to mend.
    case trouble(ConnectionID)
    /// Tools of a remote server that are new or have changed, so that nobody may call them.
    case tools(ProviderID)
    /// A schedule that stopped by itself, so that nobody is asked any more.
    case schedule(ScheduleID)
}

/// Where a queued notice stands.
public enum NoticeState: String, Sendable, CaseIterable {
    case waiting
    /// Being sent: whether it arrives is known to nobody yet.
    case sending
    case delivered
    /// What it was about is settled, so nobody has to be told any more.
    case needless
    /// It may have arrived, and can't be sent again without telling twice.
    case unknown
    /// Every way failed for good.
    case failed

    /// Whether something can still happen to it.
    public var isOpen: Bool {
        switch self {
        case .waiting, .sending: true
        case .delivered, .needless, .unknown, .failed: false
        }
    }
}

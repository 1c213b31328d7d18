public import Authority

extension QueuedNotice {
    /// What is settled is kept this long: for the caps of a day, and for whoever asks what was sent.
    static let keptSeconds: Int64 = 30 * 86_400

    /// What tells everybody who may answer an approval. Committed in the transaction that parks it.
    public static func changes(for approval: Approval) -> [any StoredChange] {
        approval.approvers.subtracting(approval.yes).sorted().map { person in
            NoticeChange.add(
                QueuedNotice(
                    id: NoticeID("ntc_\(approval.id)_\(person)"), organization: approval.call.organization,
                    person: person, subject: .approval(approval.id), agent: approval.call.agent,
                    source: approval.source, created: approval.created))
        } + [pruning(at: approval.created)]
    }

    /// What tells a person that a connection needs them: once a day for each connection, however often it is asked for.
    public static func changes(for need: ConnectionNeed) -> [any StoredChange] {
        let day = need.at.microseconds / 86_400_000_000
        let name = "\(need.organization)_\(need.owner.text)_\(need.provider)_\(need.person)_\(day)"
        return [
            NoticeChange.tell(
                QueuedNotice(
                    id: NoticeID("ntc_connect_\(name)"), organization: need.organization, person: need.person,
                    subject: .connection(need.provider), agent: need.agent,
                    source: "\(connecting)\(need.owner.text)/\(need.provider)", created: need.at)),
            pruning(at: need.at),
        ]
    }

    private static let connecting = "connect/"

    /// Whether it is about an agent's own connection, which is shown to nobody in the conversation that lacked it.
    public var isOfAgentsAccount: Bool { source.hasPrefix(QueuedNotice.connecting + Owner.agent(agent).text + "/") }

    /// What tells whoever answers for a schedule that it stopped by itself. Committed with its stop.
    public static func changes(
        forStopped schedule: ScheduleRecord, telling person: PersonID, at now: Timestamp
    ) -> [any StoredChange] {
        [
            NoticeChange.tell(
                QueuedNotice(
                    id: NoticeID("ntc_\(schedule.id)_\(schedule.revision)"), organization: schedule.organization,
                    person: person, subject: .schedule(schedule.id), agent: schedule.agent,
                    source: "schedule/\(schedule.id)", created: now)),
            pruning(at: now),
        ]
    }

    /// What tells whoever takes over an agent that this schedule of it rests. Committed with what makes them its owner.
    public static func changes(
        forInherited schedule: ScheduleRecord, telling person: PersonID, at now: Timestamp
    ) -> [any StoredChange] {
        [
            NoticeChange.tell(
                QueuedNotice(
                    id: NoticeID("ntc_\(schedule.id)_\(schedule.revision)_\(person)"),
                    organization: schedule.organization, person: person, subject: .schedule(schedule.id),
                    agent: schedule.agent, source: "schedule/\(schedule.id)", created: now)),
            pruning(at: now),
        ]
    }

    private static func pruning(at now: Timestamp) -> NoticeChange {
        .prune(settledBefore: now.adding(seconds: -keptSeconds))
    }
}

/// A connection that a call couldn't go through, and the one person who can mend it.
public struct ConnectionNeed: Sendable, Hashable {
    public let organization: OrganizationID
    public let person: PersonID
    /// Whose connection it is, or would be.
    public let owner: Owner
    public let provider: ProviderID
    /// The agent whose call it was.
    public let agent: AgentID
    public let at: Timestamp
}

extension Owner {
    fileprivate var text: String {
        switch self {
        case .person(let person): "person:\(person)"
        case .agent(let agent): "agent:\(agent)"
        case .organization: "organization"
        }
    }
}

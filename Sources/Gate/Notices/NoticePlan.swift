import Authority

/// What one person waits to be told, and when that may be.
struct NoticePlan: Sendable {
    struct Key: Hashable, Comparable {
        let organization: OrganizationID
        let person: PersonID
        let matter: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.organization, left.person, left.matter) < (right.organization, right.person, right.matter)
        }
    }

    let notices: [QueuedNotice]
    let due: Timestamp

    /// One plan for each person and matter, in an order that doesn't vary.
    ///
    /// - Parameter delivered: what was delivered within the last day.
    static func plans(_ waiting: [QueuedNotice], delivered: [QueuedNotice], _ caps: NoticeCaps) -> [NoticePlan] {
        Dictionary(grouping: waiting, by: \.planKey).sorted { $0.key < $1.key }.map { key, notices in
            let told = delivered.filter { $0.organization == key.organization && $0.person == key.person }
            let ready = notices.map { notice in
                max(
                    notice.created.adding(seconds: caps.togetherSeconds),
                    caps.earliest(afterSource: times(told.filter { $0.source == notice.source })))
            }
            let later = max(notices.map(\.notBefore).max() ?? .first, caps.earliest(afterPerson: times(told)))
            return NoticePlan(notices: notices, due: max(ready.min() ?? .first, later))
        }
    }

    /// Messages, not what they were about: one that told of several counts once.
    private static func times(_ told: [QueuedNotice]) -> [Timestamp] {
        let byMessage = Dictionary(grouping: told, by: \.message)
        return byMessage.values.compactMap { $0.compactMap(\.settled).min() }
    }

    /// What the message says. `message` is that of an attempt before, while it is about the same.
    var matter: NoticeMatter {
        switch notices.first?.subject {
        case .approval, nil: .approvals(waiting: notices.count)
        case .connection: .connectionNeeded
        case .agreement: .agreementNeeded
        case .trouble: .connectionsInTrouble(notices.count)
        case .tools: .toolsChanged
        case .schedule: .schedulesStopped(Set(notices.map(\.subject)).count)
        }
    }

    var agents: [AgentID] { Set(notices.map(\.agent)).filter { !$0.raw.isEmpty }.sorted() }

    /// The id of the attempt before, if it was about exactly these.
    var message: NoticeID? {
        let messages = Set(notices.map(\.message))
        return messages.count == 1 ? messages.first.flatMap { $0 } : nil
    }
}

extension Timestamp {
    fileprivate static var first: Timestamp { Timestamp(microseconds: 0) }
}

extension QueuedNotice {
    fileprivate var planKey: NoticePlan.Key {
        let matter =
            switch subject {
            case .approval: 0
            case .connection: 1
            case .agreement: 2
            case .trouble: 3
            case .tools: 4
            case .schedule: 5
            }
        return NoticePlan.Key(organization: organization, person: person, matter: matter)
    }
}

import Authority
import Broker
import Gate

/// What is kept of the health of connections.
struct HealthState: Sendable {
    struct Place: Hashable {
        let organization: OrganizationID
        let subject: HealthSubject
    }

    struct Waiting: Sendable {
        let event: HealthEvent
        var isUntold = true
        var isUnsent = true
        var message: String?
        var attempts: Int64 = 0
        var due: Timestamp
    }

    var marks: [Place: HealthEvent] = [:]
    var events: [String: Waiting] = [:]
    var ends: [Place: SecretEnd] = [:]

    mutating func apply(_ change: HealthChange) throws(CommitError) {
        switch change {
        case .turn(let event): turn(event)
        case .turnOnce(let event):
            let before = marks[Place(organization: event.organization, subject: event.subject)]?.standing
            let (old, new) = (before, event.standing)
            guard old?.state != new.state || old?.cause != new.cause || (old?.code ?? "") != (new.code ?? "") else {
                throw .exists(event.subject.text)
            }
            turn(event)
        case .told(let ids): for id in ids { events[id]?.isUntold = false }
        case .sending(let ids, let message, let due):
            for id in ids {
                events[id]?.message = message
                events[id]?.attempts += 1
                events[id]?.due = due
            }
        case .sent(let ids): for id in ids { events[id]?.isUnsent = false }
        case .ends(let end): ends[Place(organization: end.organization, subject: end.subject)] = end
        case .endless(let subject, let organization):
            ends[Place(organization: organization, subject: subject)] = nil
        case .prune(let time): events = events.filter { $1.event.at >= time || $1.isUntold || $1.isUnsent }
        }
    }

    /// How a connection stood, and when its key ends.
    mutating func forget(_ id: ConnectionID, in organization: OrganizationID) {
        marks[Place(organization: organization, subject: .connection(id))] = nil
        ends[Place(organization: organization, subject: .key(id))] = nil
    }

    private mutating func turn(_ event: HealthEvent) {
        marks[Place(organization: event.organization, subject: event.subject)] = event
        events[event.id] = Waiting(event: event, due: event.at)
    }
}

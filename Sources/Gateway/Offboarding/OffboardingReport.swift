import Authority
import Broker
import Gate
import Registry
public import Wire

/// What an offboarding did, line by line, and what remains for somebody to do.
public struct OffboardingReport: Sendable {
    enum State: String {
        /// Nothing was changed: this is what would be.
        case planned
        case offboarded
        /// They were cut off before, and what was left of their secrets is destroyed now.
        case finished
        /// They had been offboarded before, and nothing was left to do.
        case already
    }

    struct Line: Sendable {
        let what: String
        let count: Int
        let text: String

        var json: JSON { ["what": .string(what), "count": .number(JSONNumber(count)), "text": .string(text)] }
    }

    private let state: State
    private let departure: Departure
    private var ended: [Line] = []
    private var agents: [Offboarding.Agent] = []
    private var remains: [Line] = []

    /// - Parameters:
    ///   - cut: what this run commits; nil where an earlier one did.
    ///   - told: what providers answered it.
    ///   - pending: how many tokens each provider is still to be told to end.
    init(
        _ departure: Departure, _ state: State, _ cut: PreparedCut? = nil, _ told: [ProviderID: ToldProvider] = [:],
        pending: [ProviderID: Int] = [:]
    ) {
        self.state = state
        self.departure = departure
        agents = cut?.agents ?? []
        if state != .already { end(told.values.reduce(0) { $0 + $1.ended }) }
        for account in cut?.accounts ?? [] { remain(account) }
        for schedule in cut?.resting ?? [] { remain(schedule) }
        remain(untold: departure.ended.untold)
        remain(refused: told)
        remain(pending: pending)
        remains.append(
            Line(
                what: "payloads", count: 0,
                text: "what their calls were given and what came back, sealed: "
                    + "`deputy people erase \(departure.person)` destroys it"))
    }

    private mutating func end(_ upstream: Int) {
        ended = Belongings.Kind.allCases.map {
            let count = departure.belongings[$0]
            return Line(what: $0.rawValue, count: count, text: $0.text(count))
        }
        let (own, held) = (departure.ended.own, departure.ended.held)
        ended += [
            Line(
                what: "connections", count: own,
                text: counted(own, "connection") + " of their own, credentials destroyed"),
            Line(
                what: "held_by_agents", count: held,
                text: counted(held, "connection") + " of agents to accounts of theirs, credentials destroyed"),
            Line(
                what: "revoked_upstream", count: upstream,
                text: counted(upstream, "token") + " ended at their providers, which confirmed it"),
        ]
        ended.removeAll { $0.count == 0 }
    }

    private mutating func remain(_ account: ConnectionRecord) {
        guard case .agent(let agent) = account.owner else { return }
        remains.append(
            Line(
                what: "agent_account", count: 1,
                text: "`\(agent)` keeps `\(account.email ?? account.accountName)` at \(account.provider): "
                    + "`\(departure.person)` may know a way into it"))
    }

    private mutating func remain(_ schedule: ScheduleRecord) {
        remains.append(
            Line(
                what: "schedule", count: 1,
                text: "`\(schedule.name)` of `\(schedule.agent)` rests until its new owner resumes it, who is told"))
    }

    private mutating func remain(refused told: [ProviderID: ToldProvider]) {
        for (provider, told) in told.sorted(by: { $0.key < $1.key }) where told.refused > 0 {
            let (they, live) = told.refused == 1 ? ("it", "lives") : ("they", "live")
            remains.append(
                Line(
                    what: "refused", count: told.refused,
                    text: "\(counted(told.refused, "token")) at \(provider) that \(provider) doesn't end for us: "
                        + "\(they) \(live) there until \(they) expire\(told.refused == 1 ? "s" : "")"))
        }
    }

    private mutating func remain(pending: [ProviderID: Int]) {
        for (provider, count) in pending.sorted(by: { $0.key < $1.key }) {
            remains.append(
                Line(
                    what: "unconfirmed", count: count,
                    text: "\(counted(count, "revocation")) at \(provider) not confirmed yet"))
        }
    }

    private mutating func remain(untold: [ProviderID: Int]) {
        for (provider, count) in untold.sorted(by: { $0.key < $1.key }) {
            remains.append(
                Line(
                    what: "untold", count: count,
                    text: "\(counted(count, "credential")) at \(provider), which can't be told: "
                        + "end \(count == 1 ? "it" : "them") there"))
        }
    }

    public var json: JSON {
        [
            "id": .string(departure.person.raw), "state": .string(state.rawValue), "by": .string(departure.by),
            "at": .number(JSONNumber(departure.at.microseconds)), "ended": .array(ended.map(\.json)),
            "agents": .array(agents.map(\.json)), "remains": .array(remains.map(\.json)),
        ]
    }
}

func counted(_ count: Int, _ thing: String, _ things: String? = nil) -> String {
    "\(count) \(count == 1 ? thing : things ?? thing + "s")"
}

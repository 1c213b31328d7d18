import Authority
import Definition
import Gate
import Wire

/// What applies have written so far, for telling it from what was changed by other means. Kept with the organization.
struct Baseline: Equatable {
    struct Entry: Equatable {
        let at: Timestamp
        let state: JSON
    }

    /// Agents and people that a file has named, as the last apply of them left them.
    var agents: [AgentID: Entry] = [:]
    var people: [PersonID: Entry] = [:]
    /// What a file said of the organization and is told from other changes.
    var organization: Entry?
    /// Agents that an apply has added.
    var made: Set<AgentID> = []

    static let document = "applied"

    /// Takes the state of an agent after an apply; nothing, when it is as the last one left it.
    mutating func keep(_ agent: AgentID, _ state: JSON, at time: Timestamp) {
        if agents[agent]?.state.digest != state.digest { agents[agent] = Entry(at: time, state: state) }
    }

    mutating func keep(_ person: PersonRecord, at time: Timestamp) {
        if people[person.id]?.state.digest != person.applied.digest {
            people[person.id] = Entry(at: time, state: person.applied)
        }
    }
}

extension Baseline {
    mutating func keep(_ models: [ModelSlot], at time: Timestamp) {
        let state = Baseline.state(models)
        if organization?.state.digest != state.digest { organization = Entry(at: time, state: state) }
    }

    static func state(_ models: [ModelSlot]) -> JSON { [ModelSlot.listKey: ModelSlot.json(models)] }
}

extension PersonRecord {
    /// What a file can say of a person.
    var applied: JSON {
        [
            "name": .string(name), "email": .string(email),
            "subjects": .object(
                JSONObject(subjects.sorted { $0.key < $1.key }.map { ($0.key.raw, .string($0.value)) })),
        ]
    }
}

extension Baseline {
    var json: JSON {
        var object: JSONObject = [
            "agents": .object(JSONObject(agents.sorted { $0.key < $1.key }.map { ($0.key.raw, $0.value.json) })),
            "people": .object(JSONObject(people.sorted { $0.key < $1.key }.map { ($0.key.raw, $0.value.json) })),
            "made": .array(made.sorted().map { .string($0.raw) }),
        ]
        object["organization"] = organization?.json
        return .object(object)
    }

    /// Nil when it isn't what `json` gives.
    init?(json: JSON) {
        guard let agents = json["agents"]?.objectValue, let people = json["people"]?.objectValue,
            let made = json["made"]?.arrayValue
        else { return nil }
        for (id, value) in agents.members {
            guard let entry = Entry(value) else { return nil }
            self.agents[AgentID(id)] = entry
        }
        for (id, value) in people.members {
            guard let entry = Entry(value) else { return nil }
            self.people[PersonID(id)] = entry
        }
        if let value = json["organization"] {
            guard let entry = Entry(value) else { return nil }
            organization = entry
        }
        self.made = Set(made.compactMap { $0.stringValue.map { AgentID($0) } })
    }
}

extension Baseline.Entry {
    fileprivate var json: JSON { ["at": .number(JSONNumber(at.microseconds)), "state": state] }

    fileprivate init?(_ json: JSON) {
        guard let at = json["at"]?.integerValue, let state = json["state"] else { return nil }
        self.init(at: Timestamp(microseconds: at), state: state)
    }
}

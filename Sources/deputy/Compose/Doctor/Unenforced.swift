import Authority
import Definition
import Gateway
import Registry
import Wire

/// What definitions say that nothing enforces yet: told from the registry of keys and names, so that none is forgotten.
struct Unenforced {
    private let agents: [AgentView]
    private let routes: Routes

    init(_ agents: [AgentView], _ routes: Routes) {
        self.agents = agents
        self.routes = routes
    }

    var findings: [DoctorFinding] { names + keys + channels }

    private var names: [DoctorFinding] {
        agents.compactMap { agent in
            let about = agent.record.definition[AgentDefinition.aboutKey]
            let tools = (about?["unavailable"]?.objectValue?.members ?? []).flatMap { $0.value.arrayValue ?? [] }
                .compactMap(\.stringValue)
            guard !tools.isEmpty else { return nil }
            return DoctorFinding(
                .warning, "`\(agent.record.id)` names tools that aren't served yet: \(tools.joined(separator: ", "))",
                hint: "they are kept and grant nothing")
        }
    }

    private var channels: [DoctorFinding] {
        let unserved = Set(routes.bindings.map(\.match.channel)).subtracting(KnownNames.servedChannels)
        guard !unserved.isEmpty else { return [] }
        return [
            DoctorFinding(
                .warning, "bindings name channels that aren't served yet: \(unserved.sorted().joined(separator: ", "))",
                hint: "they are kept, and no message takes them")
        ]
    }

    private var keys: [DoctorFinding] {
        var holders: [DefinitionKeys.Key: [String]] = [:]
        for agent in agents {
            let about = agent.record.definition[AgentDefinition.aboutKey] ?? [:]
            for key in DefinitionKeys.unenforced(in: about, at: .agent) {
                holders[key, default: []].append("`\(agent.record.id)`")
            }
        }
        return DefinitionKeys.all.compactMap { key in
            guard let agents = holders[key], case .kept(let reason) = key.standing else { return nil }
            let of = agents.isEmpty ? "" : " (of \(agents.joined(separator: ", ")))"
            return DoctorFinding(
                .warning, "`\(key.path)`\(of) is kept and not enforced yet: \(reason)",
                hint: "it grants nothing, and nothing relies on it")
        }
    }
}

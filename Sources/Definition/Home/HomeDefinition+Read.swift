import Authority
import Wire

/// One file as it was given.
public struct DefinitionFile: Sendable {
    public let name: String
    public let text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

extension HomeDefinition {
    /// Reads files that together define a home.
    ///
    /// - Parameter asAgent: each file is one agent's object alone.
    /// - Throws: `SourceProblems`, with everything that is wrong in all of them.
    public init(reading files: [DefinitionFile], asAgent: Bool = false) throws(SourceProblems) {
        var problems: [SourceProblem] = []
        for file in files {
            let reader = SourceReader(file: file.name)
            do throws(JSON5Error) {
                let node = try JSON5.parse(file.text)
                if asAgent { read(agent: node, reader) } else { read(node, reader) }
            } catch {
                reader.problem(error.message, at: error.position, hint: error.hint)
            }
            problems += reader.problems
        }
        problems += repetitions + contested + defaults
        guard problems.isEmpty else { throw SourceProblems(problems) }
    }

    private mutating func read(_ node: JSON5Node, _ reader: SourceReader) {
        if node["id"] != nil, node["agents"] == nil {
            return reader.problem(
                "this is one agent's object, not a definition", at: node.position, hint: "apply it with `--as-agent`")
        }
        guard
            let object = reader.object(node, .definition, what: "the definition")
        else { return }
        if let node = object["organization"] { read(organization: node, reader) }
        for item in object.items("people") { read(person: item, reader) }
        if let node = object["agents"], let agents = reader.object(node, .agents, what: "`agents`") {
            for item in agents.items("list") { read(agent: item, reader) }
        }
        if object["bindings"] != nil {
            bindings = (bindings ?? []) + object.items("bindings").compactMap { reader.route($0) }
        }
    }

    private mutating func read(organization node: JSON5Node, _ reader: SourceReader) {
        guard let object = reader.object(node, .organization, what: "`organization`") else { return }
        if organization != nil { reader.problem("`organization` stands in two files", at: node.position) }
        organization = Organization(
            name: object.text("name"), domains: object["domains"] == nil ? nil : object.texts("domains"),
            transcriptDays: object["transcripts"].flatMap {
                TranscriptDays.days(in: reader.transcripts($0, .organizationTranscripts))
            }, models: object[ModelSlot.listKey].flatMap { reader.models($0) })
    }

    private mutating func read(person node: JSON5Node, _ reader: SourceReader) {
        guard let object = reader.object(node, .person, what: "a person"),
            let id = object.requiredText("id")
        else { return }
        var subjects: [ProviderID: String] = [:]
        for entry in object.entries("subjects") {
            subjects[ProviderID(entry.key)] = reader.text(entry.node, what: "the id at `\(entry.key)`")
        }
        people.append(
            Person(
                id: PersonID(id), name: object.text("name"), email: object.text("email"), subjects: subjects,
                place: reader.place(node.position)))
    }

    private mutating func read(agent node: JSON5Node, _ reader: SourceReader) {
        if let agent = reader.agent(node) { agents.append(agent) }
    }

    /// What stands twice: an agent, a person, a state path.
    private var repetitions: [SourceProblem] {
        var problems: [SourceProblem] = []
        var seen: [String: SourceProblem.Place] = [:]
        func note(_ key: String, _ what: String, _ place: SourceProblem.Place, hint: String? = nil) {
            if let first = seen[key] {
                problems.append(SourceProblem(place, "\(what) stands at \(first) already", hint: hint))
            }
            seen[key] = seen[key] ?? place
        }
        for agent in agents {
            note("agent \(agent.id)", "the agent `\(agent.id)`", agent.place)
            for key in ["workspace", "agentDir"] {
                guard let path = agent.about[key]?.stringValue else { continue }
                note(
                    "path \(path)", "the state path `\(path)`", agent.places[key] ?? agent.place,
                    hint: "agents never share state: give each its own")
            }
        }
        for person in people { note("person \(person.id)", "the person `\(person.id)`", person.place) }
        return problems
    }
}

extension SourceReader {
    func place(_ position: SourcePosition) -> SourceProblem.Place {
        SourceProblem.Place(file: file, position: position)
    }
}

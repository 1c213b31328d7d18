import Authority
import Console
import Registry
import Wire

/// One tool as its page shows it, with what a person has said of it.
struct ToolPage {
    private let found: ReleasableTool
    private let arguments: [(name: String, schema: JSON)]
    private(set) var effect: Effect?
    private(set) var roles: [String: Role]
    var problem: String?

    /// Begins with what was said of it when it was last released.
    init(_ found: ReleasableTool) {
        self.found = found
        let properties = found.tool.definition["inputSchema"]?["properties"]?.objectValue?.members ?? []
        // By name, so that the fields of a form mean the same arguments wherever the digest is the same.
        arguments = properties.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
        effect = found.tool.release?.effect
        roles = found.tool.release?.roles.filter { role in properties.contains { $0.key == role.key } } ?? [:]
    }

    var shown: Digest { found.tool.digest }

    /// Takes what a form says.
    mutating func choose(_ form: [String: String]) {
        effect = form["effect"].flatMap(Effect.init(rawValue:))
        roles = [:]
        for (place, argument) in arguments.enumerated() {
            roles[argument.name] = form[field(place)].flatMap(Role.init(rawValue:))
        }
    }

    var view: ToolView {
        let (tool, definition) = (found.tool, found.tool.definition)
        let required = Set(definition["inputSchema"]?["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        return ToolView(
            title: Inert.text(found.name), path: found.path, shown: shown.hex, state: Inert.text(state),
            server: Inert.text(found.server.origin + found.server.path),
            agents: found.agents.map(\.raw).joined(separator: ", "),
            calledTitle: definition["title"]?.stringValue.map { Inert.text($0) },
            description: Inert.text(definition["description"]?.stringValue ?? "Nothing.", keepsLines: true),
            output: definition["outputSchema"].map { Inert.json($0.pretty()) },
            hints: (definition["annotations"]?.objectValue?.members ?? []).map {
                "\(Inert.text($0.key)): \(Inert.json($0.value.text))"
            },
            rest: rest(of: definition), changes: DefinitionChange.all(in: tool),
            arguments: arguments.enumerated().map { place, argument in
                ToolView.Argument(
                    field: field(place), name: Inert.text(argument.name), schema: Inert.json(short(argument.schema)),
                    isRequired: required.contains(argument.name),
                    roles: Role.allCases.map { role in
                        ToolView.Choice(
                            word: role.rawValue, meaning: role.meaning, isChosen: roles[argument.name] == role)
                    })
            },
            effects: Effect.allCases.map { effect in
                ToolView.Choice(word: effect.rawValue, meaning: effect.meaning, isChosen: self.effect == effect)
            }, canRelease: !tool.isWithdrawn && tool.obstacle == nil, problem: problem.map { Inert.text($0) })
    }

    /// What else the server says. It is pinned, and nothing here reads it.
    private func rest(of definition: JSON) -> [ToolView.Part] {
        let shown = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"]
        return (definition.objectValue?.members ?? []).filter { !shown.contains($0.key) }.sorted { $0.key < $1.key }.map
        {
            ToolView.Part(name: Inert.text($0.key), text: DefinitionChange.shown($0.value))
        }
    }

    private var state: String {
        let tool = found.tool
        if let obstacle = tool.obstacle, !tool.isWithdrawn { return "It can't be released: \(obstacle)." }
        return switch tool.state {
        case .withdrawn: "Its server doesn't list it any more."
        case .released: "It is released, as \(tool.release?.by ?? "somebody") said."
        case .quarantined where tool.release == nil: "It is new, and no agent can call it."
        case .quarantined: "It has changed since it was released, and no agent can call it."
        }
    }

    /// On one line where it fits on a telephone.
    private func short(_ schema: JSON) -> String {
        let line = schema.text
        return line.count <= 40 ? line : schema.pretty()
    }

    private func field(_ place: Int) -> String { "role-\(place)" }
}

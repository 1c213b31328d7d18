import Authority
import Gate
import Wire

/// Commands that show what a plan newly allows, one case each.
struct Replay {
    let shelf: ToolShelf
    /// The address of somebody inside.
    let insider: String

    func commands(_ widened: [Widening], _ agent: AgentID) -> [String] {
        widened.prefix(Replay.most).compactMap { widening in
            let reach = widening.reach
            guard let (_, tool) = shelf.find(reach.tool.name) else { return nil }
            let arguments = JSON.object(self.arguments(of: tool, reach.destinations)).text
                .replacing("'", with: "'\\''")
            return "deputy explain \(agent) \(reach.tool.name) --as \(widening.person) --arguments '\(arguments)'"
        }
    }

    private static let most = 20

    /// Values that fit the tool's schema, with a destination of the class where the tool has one.
    private func arguments(of tool: CallableTool, _ destinations: DestinationClass) -> JSONObject {
        let source = tool.schema.source
        let required = (source["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        var arguments: JSONObject = [:]
        for (name, schema) in source["properties"]?.objectValue?.members ?? [] {
            let isDestination = tool.roles[name] == .destination
            guard required.contains(name) || isDestination && destinations != .nobody else { continue }
            arguments[name] = value(schema, isDestination ? address(destinations) : "example")
        }
        return arguments
    }

    private func address(_ destinations: DestinationClass) -> String {
        switch destinations {
        case .nobody, .insiders: insider
        case .outsiders: "somebody@outside.example"
        }
    }

    private func value(_ schema: JSON, _ text: String) -> JSON {
        if let first = schema["enum"]?.arrayValue?.first { return first }
        switch schema["type"]?.stringValue {
        case "array": return .array([value(schema["items"] ?? [:], text)])
        case "integer", "number": return 1
        case "boolean": return true
        case "object": return [:]
        default: break
        }
        return switch schema["format"]?.stringValue {
        case "date-time": "2026-01-05T09:00:00Z"
        case "date": "2026-01-05"
        default: .string(text)
        }
    }
}

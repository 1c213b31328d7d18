public import Authority
import Gate
public import Wire

/// A call that shows what a plan newly allows.
public struct PlannedCall: Sendable, Hashable {
    public let agent: AgentID
    public let person: PersonID
    public let tool: String
    public let arguments: JSONObject

    public init(agent: AgentID, person: PersonID, tool: String, arguments: JSONObject) {
        self.agent = agent
        self.person = person
        self.tool = tool
        self.arguments = arguments
    }

    /// What shows it in a terminal.
    public var command: String {
        let arguments = JSON.object(arguments).text.replacing("'", with: "'\\''")
        return "deputy explain \(agent) \(tool) --as \(person) --arguments '\(arguments)'"
    }
}

/// Calls that show what a plan newly allows, one case each.
struct Replay {
    let shelf: ToolShelf
    /// The address of somebody inside.
    let insider: String

    func calls(_ widened: [Widening], _ agent: AgentID) -> [PlannedCall] {
        var calls: [PlannedCall] = []
        for widening in widened where calls.count < Replay.most {
            guard let (_, tool) = shelf.find(widening.reach.tool.name),
                let arguments = arguments(of: tool, widening.reach.destinations)
            else { continue }
            calls.append(
                PlannedCall(agent: agent, person: widening.person, tool: tool.spec.name, arguments: arguments))
        }
        return calls
    }

    private static let most = 20

    /// Values that fit the tool's schema, with a destination of the class where the tool has one. Nil where no call goes to
    /// nobody.
    private func arguments(of tool: CallableTool, _ destinations: DestinationClass) -> JSONObject? {
        let source = tool.schema.source
        let required = (source["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        var arguments: JSONObject = [:]
        for (name, schema) in source["properties"]?.objectValue?.members ?? [] {
            let isDestination = tool.roles[name] == .destination
            if isDestination, destinations == .nobody, tool.spec.effect.isSink, required.contains(name) { return nil }
            // Left out, it is the principal's own.
            if tool.spec.isCompanyWide, tool.roles[name] == .subject { continue }
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

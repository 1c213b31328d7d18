public import Authority
public import Gate
import Wire

/// The tools by which agents remember. An agent has those that its definition names.
public enum MemoryTools {
    public static let provider = ProviderID("memory")
    public static let group = "group:memory"
    static let search = "memory.search"

    /// In the order of their names.
    public static func all(_ desk: MemoryDesk) -> [CallableTool] {
        MemoryTool.allCases.map { $0.callable(desk) }.sorted { $0.spec.name < $1.spec.name }
    }
}

/// What can be done with a memory in a turn.
enum MemoryTool: String, CaseIterable, Sendable {
    case search = "memory.search"
    case remember = "memory.remember"
    case forget = "memory.forget"
    /// Makes something the agent's own memory.
    case teach = "memory.teach"

    var effect: Effect {
        switch self {
        case .search: .read
        case .remember: .create
        case .forget: .delete
        case .teach: .share
        }
    }

    var title: String {
        switch self {
        case .search: "Search memory"
        case .remember: "Remember"
        case .forget: "Forget"
        case .teach: "Teach the agent"
        }
    }

    private var text: String {
        switch self {
        case .search:
            "Finds what you remember: about whoever you talk with, about this conversation, and what you were taught for "
                + "everybody. Finds whole words; an empty query gives what is newest."
        case .remember:
            "Keeps something for later conversations with the same person, or for this conversation alone. Nobody else is "
                + "told."
        case .forget: "Forgets one entry, by the id that a search gave."
        case .teach:
            "Keeps something that everybody who uses you is told from then on. People are asked first, with the exact words."
        }
    }

    private var properties: [(name: String, schema: JSON, role: Role, isRequired: Bool)] {
        switch self {
        case .search:
            [
                ("query", ["type": "string", "maxLength": 500], .selector, true),
                ("limit", ["type": "integer", "minimum": 1, "maximum": 50, "default": 10], .count, false),
            ]
        case .remember:
            [
                (
                    "text", ["type": "string", "minLength": 1, "maxLength": .number(JSONNumber(MemoryDesk.longest))],
                    .content, true
                ),
                (
                    "for", ["type": "string", "enum": ["person", "conversation"], "default": "person"], .selector, false
                ),
            ]
        case .forget: [("id", ["type": "string", "maxLength": 100], .selector, true)]
        case .teach:
            [
                (
                    "text", ["type": "string", "minLength": 1, "maxLength": .number(JSONNumber(MemoryDesk.longest))],
                    .content, true
                )
            ]
        }
    }

    fileprivate func callable(_ desk: MemoryDesk) -> CallableTool {
        let schema: JSON = [
            "type": "object", "additionalProperties": false,
            "properties": .object(JSONObject(properties.map { ($0.name, $0.schema) })),
            "required": .array(properties.filter(\.isRequired).map { .string($0.name) }),
        ]
        guard let checked = try? JSONSchema(schema) else { preconditionFailure("the schema of a memory's tool is one") }
        return CallableTool(
            spec: ToolSpec(
                name: rawValue, provider: MemoryTools.provider, effect: effect, host: "memory", needsConnection: false,
                changesAgent: self == .teach),
            title: title, text: text, schema: checked,
            roles: Dictionary(uniqueKeysWithValues: properties.map { ($0.name, $0.role) }),
            planner: MemoryPlanner(tool: self), executor: MemoryExecutor(tool: self, desk: desk))
    }
}

/// A memory's tools send nothing: the plan names what is done, for the ledger.
private struct MemoryPlanner: RequestPlanner {
    let tool: MemoryTool

    func plan(_ arguments: JSONObject, call: CallID) throws(PlanError) -> RequestPlan {
        RequestPlan(effect: Step(kind: .effect, method: "MEMORY", path: "/" + tool.rawValue, query: ""))
    }
}

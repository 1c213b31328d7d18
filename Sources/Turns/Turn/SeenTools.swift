import Authority
import Gate
import Wire

/// The tools that a requester may see, as a model is shown them.
struct SeenTools: Sendable {
    private let tools: [String: CallableTool]
    let listed: [ModelTool]

    init(_ callable: [CallableTool]) {
        tools = Dictionary(callable.map { ($0.spec.name, $0) }) { first, _ in first }
        listed = callable.map { ModelTool(name: $0.spec.name, description: $0.text, schema: $0.schema.source) }
    }

    func tool(_ name: String) -> CallableTool? { tools[name] }
}

import Authority
import Gate
import Registry
import Synchronization
import Wire

/// A remote server that a test changes, and that remembers with whose connection it was asked.
final class WildServer: Sendable {
    private struct State {
        var tools: [JSON]
        var failure: RegistryError?
        var asked: [LentConnection?] = []
    }

    private let state = Mutex(
        State(tools: [
            [
                "name": "search", "title": "Search", "description": "Finds tickets.",
                "inputSchema": ["type": "object", "properties": ["query": ["type": "string"]]],
            ]
        ]))

    var asked: [LentConnection?] { state.withLock(\.asked) }

    func change(_ body: (inout [JSON]) -> Void) { state.withLock { body(&$0.tools) } }

    /// Sets a part of the first tool's definition.
    func set(_ part: String, to value: JSON) {
        state.withLock { state in
            var definition = state.tools[0].objectValue ?? [:]
            definition[part] = value
            state.tools[0] = .object(definition)
        }
    }

    func fail(_ failure: RegistryError?) { state.withLock { $0.failure = failure } }

    func list(_ lent: LentConnection?) throws(RegistryError) -> DiscoveredTools {
        let (tools, failure) = state.withLock { state in
            state.asked.append(lent)
            return (state.tools, state.failure)
        }
        if let failure { throw failure }
        return DiscoveredTools(tools: tools, isModern: true)
    }
}

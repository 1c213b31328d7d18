public import Authority
import Synchronization

/// The tools of a home as they are now. Remote servers' tools come and go; each change is a new shelf with a version of its
/// own, and a mandate is only ever used with the shelf that it was compiled with.
public final class LiveShelf: Sendable {
    private let state: Mutex<ToolShelf>

    public init(_ shelf: ToolShelf) {
        state = Mutex(shelf)
    }

    public var current: ToolShelf { state.withLock { $0 } }

    /// Puts other tools on it. Bump the organization's epoch afterwards, so that what was judged before is judged again.
    public func replace(_ tools: [CallableTool], groups: [String: [String]], remote: Set<ProviderID>) {
        state.withLock { shelf in
            shelf = ToolShelf(tools, groups: groups, version: shelf.catalogue.version + 1, remote: remote)
        }
    }
}

public import Authority
import Synchronization
public import Wire

/// The tools of a home as they are now. Remote servers' tools come and go; each change is a new shelf with a version of its
/// own, and a mandate is only ever used with the shelf that it was compiled with.
public final class LiveShelf: Sendable {
    private struct State {
        var shelf: ToolShelf
        /// Of what the shelf was made from.
        var fingerprint: Digest?
        /// The organization's epoch when the shelf was last known to be what the store holds.
        var read: [OrganizationID: Int64] = [:]
        var reload: (@Sendable (OrganizationID) async throws -> Void)?
    }

    private let state: Mutex<State>

    public init(_ shelf: ToolShelf) {
        state = Mutex(State(shelf: shelf))
    }

    public var current: ToolShelf { state.withLock { $0.shelf } }

    /// Puts other tools on it. Bump the organization's epoch afterwards, so that what was judged before is judged again.
    ///
    /// - Parameter fingerprint: of what they were made from. The same as before changes nothing, and costs no mandate.
    public func replace(
        _ tools: [CallableTool], groups: [String: [String]], remote: Set<ProviderID>, fingerprint: Digest
    ) {
        state.withLock { state in
            guard state.fingerprint != fingerprint else { return }
            state.fingerprint = fingerprint
            state.shelf = ToolShelf(
                tools, groups: groups, version: state.shelf.catalogue.version + 1, remote: remote)
        }
    }

    /// How the shelf is read anew when the organization has changed.
    public func reload(by reload: @escaping @Sendable (OrganizationID) async throws -> Void) {
        state.withLock { $0.reload = reload }
    }

    /// Reads the tools anew if the organization's epoch has moved: another gateway may have released one, or taken one
    /// away. Before any decision under that epoch.
    public func catchUp(_ organization: OrganizationID, to epoch: Int64) async throws {
        let reload = state.withLock { $0.read[organization] == epoch ? nil : $0.reload }
        guard let reload else { return }
        try await reload(organization)
        state.withLock { $0.read[organization] = max(epoch, $0.read[organization] ?? 0) }
    }
}

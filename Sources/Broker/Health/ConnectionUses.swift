public import Authority
public import Gate
import Synchronization

/// That a connection was used for a tool on a day, by a call that was permitted.
public struct ToolUse: Sendable, Hashable {
    public let connection: ConnectionID
    public let tool: String
    /// The last one, in days since 1970, UTC.
    public let day: Int64

    public init(connection: ConnectionID, tool: String, day: Int64) {
        self.connection = connection
        self.tool = tool
        self.day = day
    }
}

public protocol UseStore: Sendable {
    /// What connections of the organization were used for on this day or later.
    func toolUses(in organization: OrganizationID, since day: Int64) async throws -> [ToolUse]
    /// Since when it is written down.
    func toolUsesKeptSince() async throws -> Timestamp
}

public enum UseChange: StoredChange {
    case used(ToolUse)
}

/// Writes down the last day on which each connection was used for each tool: in the commit of the first such call of a day,
/// and in no other of this process.
public final class ConnectionUses: UseRecorder {
    private struct Key: Hashable {
        let connection: ConnectionID
        let tool: String
    }

    private let world: World
    private let days = Mutex<[Key: Int64]>([:])
    private static let bound = 100_000

    public init(world: World) {
        self.world = world
    }

    public func changes(for call: JudgedCall) -> [any StoredChange] {
        guard let connection = call.connection?.facts.id else { return [] }
        let (key, today) = (Key(connection: connection, tool: call.tool), world.now().day)
        guard days.withLock({ $0[key] != today }) else { return [] }
        return [UseChange.used(ToolUse(connection: connection, tool: call.tool, day: today))]
    }

    public func kept(_ call: JudgedCall) {
        guard let connection = call.connection?.facts.id else { return }
        let (key, today) = (Key(connection: connection, tool: call.tool), world.now().day)
        days.withLock {
            if $0.count >= ConnectionUses.bound { $0.removeAll(keepingCapacity: true) }
            $0[key] = today
        }
    }
}

extension Timestamp {
    /// Since 1970, UTC.
    var day: Int64 { microseconds / 86_400_000_000 }
}
